"""What must hold of stored rules and their assignments, whoever wrote them."""

import sqlalchemy as sa

from patron.db.checks import PROJECT, check
from patron.domains.validation_rules.model import (
    RULE_ASSIGNMENTS,
    RULE_VERSIONS,
    VALIDATION_RULES,
    VOUCHER_RULES,
)

_rules, _versions, _assigned, _vouchers = (
    VALIDATION_RULES.c,
    RULE_VERSIONS.c,
    RULE_ASSIGNMENTS.c,
    VOUCHER_RULES.c,
)
_NOTHING = sa.null()


def _is_live(rule_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    return sa.exists().where(_rules.project_id == PROJECT, _rules.id == rule_id, _rules.deleted_at.is_(None))


CHECKS = (
    check(
        "validation_rules.versions",
        "Every rule's newest version is kept.",
        sa.select(_rules.id, _NOTHING, _rules.n).where(
            _rules.project_id == PROJECT,
            _rules.deleted_at.is_(None),
            ~sa.exists().where(
                _versions.project_id == PROJECT, _versions.rule_id == _rules.id, _versions.n == _rules.n
            ),
        ),
    ),
    check(
        "voucher_validation_rules.of_nothing",
        "Every rule that a voucher is under is there.",
        sa.select(_vouchers.code, _vouchers.rule_id, _NOTHING).where(
            _vouchers.project_id == PROJECT, ~_is_live(_vouchers.rule_id)
        ),
    ),
    check(
        "validation_rule_assignments.of_nothing",
        "Every rule that a campaign or promotion tier is under is there.",
        sa.select(_assigned.related_object_id, _assigned.rule_id, _NOTHING).where(
            _assigned.project_id == PROJECT, _assigned.deleted_at.is_(None), ~_is_live(_assigned.rule_id)
        ),
    ),
)
