"""What goes with time: reports, actions, and what was left to do of work that failed for good."""

from patron.domains.async_actions.model import (
    ASYNC_ACTIONS,
    CHUNKS,
    KEEP_ACTIONS_MS,
    KEEP_CHUNKS_MS,
    PURGE_REPORTS_MS,
    REPORT_PARTS,
)
from patron.queue.purge import purging
from patron.queue.schedule import Scheduled

SCHEDULES = (
    Scheduled("async_actions.purge", "37 3 * * *", "UTC", purging(ASYNC_ACTIONS, KEEP_ACTIONS_MS)),
    Scheduled("async_action_chunks.purge", "41 3 * * *", "UTC", purging(CHUNKS, KEEP_CHUNKS_MS)),
    Scheduled("async_action_reports.purge", "47 * * * *", "UTC", purging(REPORT_PARTS, PURGE_REPORTS_MS)),
)
