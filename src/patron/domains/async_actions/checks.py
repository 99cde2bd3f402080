"""What must hold of stored async actions, whoever wrote them."""

import sqlalchemy as sa

from patron.db.checks import PROJECT, check
from patron.domains.async_actions.model import ASYNC_ACTIONS

_actions = ASYNC_ACTIONS.c
_ENDED = sa.or_(_actions.status == "DONE", _actions.status == "FAILED")

CHECKS = (
    check(
        "async_actions.state",
        "An action has its result when it has ended, and not before.",
        sa.select(_actions.id, _actions.status, sa.case((_ENDED, "a result"), else_="no result")).where(
            _actions.project_id == PROJECT, _actions.result.is_not(None) != _ENDED
        ),
    ),
)
