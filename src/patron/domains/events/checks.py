"""What must hold of stored events, whoever wrote them."""

import sqlalchemy as sa

from patron.db.checks import PROJECT, check
from patron.domains.events.model import EVENT_COUNTS, EVENTS

_counts, _events = EVENT_COUNTS.c, EVENTS.c

_COUNTED_ANEW = (
    sa.select(sa.func.count())
    .select_from(EVENTS.sa)
    .where(_events.project_id == PROJECT, _events.customer_id == _counts.customer_id, _events.type == _counts.type)
    .correlate(EVENT_COUNTS.sa)
    .scalar_subquery()
)
_COUNTER = sa.exists().where(
    _counts.project_id == PROJECT, _counts.customer_id == _events.customer_id, _counts.type == _events.type
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
