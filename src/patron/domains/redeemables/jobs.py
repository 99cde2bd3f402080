"""What goes by itself: sessions that ended hold nothing, and their rows go some time later."""

from patron.domains.redeemables.model import SESSION_LOCKS
from patron.queue.purge import purging
from patron.queue.schedule import Scheduled

KEEP_ENDED_MS = 3_600_000

SCHEDULES = (
    Scheduled("session_locks.purge", "37 * * * *", "UTC", purging(SESSION_LOCKS, KEEP_ENDED_MS, by="expires_at")),
)
