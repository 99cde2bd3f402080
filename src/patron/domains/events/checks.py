"""What must hold of stored events, whoever wrote them."""

import sqlalchemy as sa

from patron.db.checks import PROJECT, check
from patron.domains.customers import owner_of
from patron.domains.customers.model import MERGED_CUSTOMERS
from patron.domains.events.model import EVENT_COUNTS, EVENTS

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

_COUNTER = sa.exists().where(
    _counts.project_id == PROJECT,
    _counts.customer_id == owner_of(_events.customer_id),
    _counts.type == _events.type,
)

CHECKS = (
    check(
        "customer_event_counts.n",
        "Every counter of events is the number of events.",
        sa.select(_counts.customer_id, _counts.n, _COUNTED_ANEW).where(
            _counts.project_id == PROJECT, _counts.n != _COUNTED_ANEW
        ),
    ),
    check(
        "events.uncounted",
        "Every event is counted.",
        sa.select(_events.id, sa.null(), sa.literal("a counter")).where(_events.project_id == PROJECT, ~_COUNTER),
    ),
)
