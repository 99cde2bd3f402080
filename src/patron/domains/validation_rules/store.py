"""What is asked of stored rules and assignments."""

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from patron.db.dialect import TEXT, JsonText, has_part, is_among
from patron.db.statements import Statement
from patron.domains.validation_rules.model import (
    RULE_ASSIGNMENTS,
    RULE_COUNTERS,
    RULE_VERSIONS,
    VALIDATION_RULES,
    VOUCHER_RULES,
    RuleAssignment,
    RuleCounter,
    RuleVersion,
    ValidationRule,
    VoucherRule,
)

_PROJECT: ColumnElement[str] = sa.bindparam("project_id")
_RULE: ColumnElement[str] = sa.bindparam("rule_id")
_ID: ColumnElement[str] = sa.bindparam("id")
_rules, _assigned, _vouchers = VALIDATION_RULES.c, RULE_ASSIGNMENTS.c, VOUCHER_RULES.c
_counters = RULE_COUNTERS.c

_LIVE = sa.select(VALIDATION_RULES.sa).where(_rules.project_id == _PROJECT, _rules.deleted_at.is_(None))

LIVE = Statement(_LIVE, ValidationRule)
"""The rules of a project."""

BY_ID = Statement(_LIVE.where(_rules.id == _ID), ValidationRule)
"""The rule with this id."""

COUNT_LIVE = Statement(
    sa.select(sa.func.count()).where(_rules.project_id == _PROJECT, _rules.deleted_at.is_(None)), int
)
"""How many rules there are."""

_THING = sa.bindparam("thing", type_=TEXT)
NAMING = Statement(
    sa.select(_rules.id)
    .where(
        _rules.project_id == _PROJECT,
        _rules.deleted_at.is_(None),
        sa.or_(
            *(
                has_part(sa.cast(text, TEXT), _THING)
                for text in (_rules.rules, _rules.applicable_to, _rules.bundle_rules)
            )
        ),
    )
    .order_by(_rules.id)
    .limit(1),
    str,
)
"""A rule that names the product collection or segment with the id `thing`."""

VERSIONS = Statement(
    sa.select(RULE_VERSIONS.sa)
    .where(RULE_VERSIONS.c.project_id == _PROJECT, RULE_VERSIONS.c.rule_id == _RULE)
    .order_by(RULE_VERSIONS.c.n.desc())
    .limit(sa.bindparam("limit")),
    RuleVersion,
)
"""The newest versions of a rule."""

VERSION = Statement(
    sa.select(RULE_VERSIONS.sa).where(
        RULE_VERSIONS.c.project_id == _PROJECT, RULE_VERSIONS.c.rule_id == _RULE, RULE_VERSIONS.c.n == sa.bindparam("n")
    ),
    RuleVersion,
)
"""One version of a rule."""

VOUCHERS_UNDER = Statement(
    sa.select(_vouchers.rule_id, sa.func.count())
    .where(_vouchers.project_id == _PROJECT, is_among(_vouchers.rule_id, sa.bindparam("rule_ids", type_=JsonText())))
    .group_by(_vouchers.rule_id),
    lambda rule_id, n: (rule_id, n),
)
"""How many vouchers are under each of these rules (a JSON array), for those that have some."""

OTHERS_UNDER = Statement(
    sa.select(_assigned.rule_id, sa.func.count())
    .where(
        _assigned.project_id == _PROJECT,
        _assigned.deleted_at.is_(None),
        is_among(_assigned.rule_id, sa.bindparam("rule_ids", type_=JsonText())),
    )
    .group_by(_assigned.rule_id),
    lambda rule_id, n: (rule_id, n),
)
"""How many campaigns and promotion tiers are under each of these rules."""

ASSIGNED = Statement(
    sa.select(RULE_ASSIGNMENTS.sa).where(
        _assigned.project_id == _PROJECT, _assigned.id == _ID, _assigned.deleted_at.is_(None)
    ),
    RuleAssignment,
)
"""The assignment of a campaign or promotion tier with this id."""

ASSIGNED_VOUCHER = Statement(
    sa.select(VOUCHER_RULES.sa).where(_vouchers.project_id == _PROJECT, _vouchers.id == _ID), VoucherRule
)
"""The assignment of a voucher with this id."""

OF_VOUCHERS = Statement(
    sa.select(VOUCHER_RULES.sa).where(
        _vouchers.project_id == _PROJECT, is_among(_vouchers.code, sa.bindparam("codes", type_=JsonText()))
    ),
    VoucherRule,
)
"""The assignments of the vouchers with these codes (a JSON array)."""

COUNTERS = Statement(
    sa.select(RULE_COUNTERS.sa).where(
        _counters.project_id == _PROJECT,
        is_among(_counters.owner, sa.bindparam("owners", type_=JsonText())),
        is_among(_counters.scope, sa.bindparam("scopes", type_=JsonText())),
        is_among(_counters.customer_id, sa.bindparam("customers", type_=JsonText())),
        is_among(_counters.key_id, sa.bindparam("keys", type_=JsonText())),
    ),
    RuleCounter,
)
"""The counters of these owners, scopes, customers and keys (JSON arrays)."""

DELETE_COUNTERS: Statement[str] = Statement(
    sa.delete(RULE_COUNTERS.sa)
    .where(_counters.project_id == _PROJECT, _counters.owner == sa.bindparam("owner"))
    .returning(_counters.owner),
    str,
)
"""Deletes what the rule of an object has counted."""


def _narrowed(table: Any, filters: tuple[str, ...], object_column: Any) -> list[ColumnElement[bool]]:
    where = [table.project_id == _PROJECT]
    if "rule" in filters:
        where.append(table.rule_id == _RULE)
    if "object" in filters:
        where.append(object_column == sa.bindparam("object_id"))
    return where


@cache
def voucher_page(filters: tuple[str, ...], *, down: bool) -> Statement[VoucherRule]:
    """The first assignments of vouchers by their ids, so many at most; filters `rule` and `object`."""
    order = _vouchers.id.desc() if down else _vouchers.id
    where = _narrowed(_vouchers, filters, _vouchers.voucher_id)
    return Statement(
        sa.select(VOUCHER_RULES.sa).where(*where).order_by(order).limit(sa.bindparam("limit")), VoucherRule
    )


@cache
def other_page(filters: tuple[str, ...], *, down: bool) -> Statement[RuleAssignment]:
    """As `voucher_page`, of campaigns and promotion tiers."""
    order = _assigned.id.desc() if down else _assigned.id
    where = [*_narrowed(_assigned, filters, _assigned.related_object_id), _assigned.deleted_at.is_(None)]
    return Statement(
        sa.select(RULE_ASSIGNMENTS.sa).where(*where).order_by(order).limit(sa.bindparam("limit")), RuleAssignment
    )


@cache
def counts_of(filters: tuple[str, ...]) -> Statement[int]:
    """How many assignments pass the filters."""
    vouchers = sa.select(sa.func.count()).where(*_narrowed(_vouchers, filters, _vouchers.voucher_id)).scalar_subquery()
    others = (
        sa.select(sa.func.count())
        .where(*_narrowed(_assigned, filters, _assigned.related_object_id), _assigned.deleted_at.is_(None))
        .scalar_subquery()
    )
    return Statement(sa.select(vouchers + others), int)
