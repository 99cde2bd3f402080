"""What must hold of what the edge stores."""

import sqlalchemy as sa

from patron.db.checks import PROJECT, check
from patron.http.idempotency import IDEMPOTENCY_KEYS

_keys = IDEMPOTENCY_KEYS.c

CHECKS = (
    check(
        "idempotency_keys.without_answer",
        "Every Idempotency-Key that is kept has its answer.",
        sa.select(_keys.key, sa.cast(sa.null(), sa.Text()), sa.literal("an answer")).where(
            _keys.project_id == PROJECT, sa.or_(_keys.fingerprint == "", _keys.status == 0)
        ),
        advice="Nothing need be done: the key is purged when it is a day old.",
    ),
)
