"""What must hold of stored events, whoever wrote them."""

import sqlalchemy as sa

from patron.db.checks import PROJECT, absent_check, column_check
from patron.domains.customers import owner_of
from patron.domains.customers.model import MERGED_CUSTOMERS
from patron.domains.events.model import EVENT_COUNTS, EVENTS, EventCount

_counts, _events, _merged = EVENT_COUNTS.c, EVENTS.c, MERGED_CUSTOMERS.c

_OF_COUNTER = (_events.project_id == PROJECT, _events.type == _counts.type)
_COUNTED_ANEW = (
    sa.select(sa.func.count())
    .select_from(EVENTS.sa)
    .where(*_OF_COUNTER, _events.customer_id == _counts.customer_id)
    .correlate(EVENT_COUNTS.sa)
    .scalar_subquery()
) + (
    sa.select(sa.func.count())
    .select_from(MERGED_CUSTOMERS.sa.join(EVENTS.sa, _events.customer_id == _merged.id))
    .where(*_OF_COUNTER, _merged.project_id == PROJECT, _merged.into_id == _counts.customer_id)
    .correlate(EVENT_COUNTS.sa)
    .scalar_subquery()
)
"""Events of customers who were merged into this one stand under their own ids for a while."""

CHECKS = (
    absent_check(
        "events.uncounted",
        "Every event is counted.",
        EVENTS,
        EVENT_COUNTS,
        [owner_of(_events.customer_id), _events.type],
        lambda event, customer_id: EventCount(event.project_id, customer_id, event.type, 0, event.created_at),
    ),
    column_check(
        "customer_event_counts.n", "Every counter of events is the number of events.", EVENT_COUNTS, "n", _COUNTED_ANEW
    ),
)
