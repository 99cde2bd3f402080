"""What this domain keeps of one customer: it is told to whoever asks, and goes with the customer."""

import msgspec
import sqlalchemy as sa

from patron.db.traces import Trace
from patron.domains.events.model import ACTIVITY, EVENT_COUNTS, EVENTS, EventCount
from patron.domains.events.wire.event import StoredEvent
from patron.domains.events.wire.feed import ActivityOut
from patron.kernel.clock import to_iso

_OF_ORDERS = sa.and_(ACTIVITY.c.type > "customer.order.", ACTIVITY.c.type < "customer.order/")


def _both(mine: EventCount, theirs: EventCount) -> EventCount:
    return msgspec.structs.replace(mine, n=mine.n + theirs.n, last_at=max(mine.last_at, theirs.last_at))


TRACES = (
    Trace(ACTIVITY, by="customer_id", then="id", counted_as="order_events", among=_OF_ORDERS),
    Trace(
        ACTIVITY,
        by="customer_id",
        then="id",
        told_as="activity",
        tell=ActivityOut.of,
        counted_as="customer_events",
    ),
    Trace(EVENTS, by="customer_id", then="id", told_as="events", tell=StoredEvent.of, counted_as="events"),
    Trace(
        EVENT_COUNTS,
        by="customer_id",
        then="type",
        told_as="event_counts",
        tell=lambda count: {"type": count.type, "count": count.n, "last_at": to_iso(count.last_at)},
        counted_as="daily_events",
        fold=_both,
    ),
)
