"""What was redeemed before an object came under a rule that counts it: the counters, filled from the ledger."""

from typing import Any

import sqlalchemy as sa

from patron.db.dialect import INTEGER, TEXT
from patron.db.statements import Statement
from patron.domains.customers.model import MERGED_CUSTOMERS
from patron.domains.redemptions.model import NOBODY, REDEMPTION, REDEMPTIONS, ROLLED_BACK, SEVERAL, SUCCESS
from patron.domains.validation_rules.model import CAMPAIGN as OF_CAMPAIGN
from patron.domains.validation_rules.model import RULE_COUNTERS
from patron.domains.validation_rules.model import TIER as OF_TIER
from patron.domains.validation_rules.model import VOUCHER as OF_VOUCHER

_ledger = REDEMPTIONS.c
_merged = MERGED_CUSTOMERS.c
_NOTHING = sa.literal("", TEXT)
_WHOSE = sa.func.coalesce(
    sa.select(_merged.into_id)
    .where(_merged.project_id == _ledger.project_id, _merged.id == _ledger.customer_id)
    .scalar_subquery(),
    _ledger.customer_id,
)
"""Whose a redemption is now: rows of somebody who is one with another stand under the old id until they have moved."""


def _begin(period: str) -> sa.ColumnElement[int]:
    return sa.cast(sa.bindparam(period), INTEGER)


def _within(period: str) -> sa.ColumnElement[Any]:
    return sa.cast(sa.func.sum(sa.case((_ledger.created_at >= _begin(period), 1), else_=0)), INTEGER)


def _fill(owner: sa.ColumnElement[str], scope: sa.ColumnElement[str], by: str) -> Statement[str]:
    """Adds the counters of one kind that the ledger tells. Its parameters are the owner, and when each period began."""
    customer = _WHOSE if by == "customer" else _NOTHING
    key = _ledger.channel_id if by == "api_key" else _NOTHING
    columns: list[sa.ColumnElement[Any]] = [
        _ledger.project_id,
        sa.cast(sa.bindparam("owner"), TEXT),
        scope,
        customer,
        key,
        sa.func.count(),
        sa.cast(sa.func.coalesce(sa.func.sum(_ledger.order_amount), 0), INTEGER),
        sa.cast(sa.func.sum(_ledger.discount_amount), INTEGER),
    ]
    for period in ("day", "week", "month"):
        columns += [_begin(period), _within(period)]
    counted = (
        sa.select(*[column.label(name) for column, name in zip(columns, RULE_COUNTERS.fields, strict=True)])
        .where(
            _ledger.project_id == sa.bindparam("project_id"),
            owner == sa.bindparam("owner"),
            _ledger.related_type != SEVERAL,
            _ledger.object == REDEMPTION,
            _ledger.result == SUCCESS,
            _ledger.status != ROLLED_BACK,
            *([_ledger.customer_id != NOBODY] if by == "customer" else []),
        )
        .group_by(_ledger.project_id, scope, *[each for each in (customer, key) if each is not _NOTHING])
    )
    insert = sa.insert(RULE_COUNTERS.sa).from_select(list(RULE_COUNTERS.fields), counted)
    return Statement(insert.returning(RULE_COUNTERS.c.owner), str)


_BY = ("all", "customer", "api_key")
_SCOPES = {"object": _ledger.related_id, "campaign": _ledger.campaign_id}
HISTORY = {
    **{(OF_VOUCHER, "object", by): _fill(_ledger.related_id, _ledger.related_id, by) for by in _BY},
    **{(OF_TIER, "object", by): _fill(_ledger.related_id, _ledger.related_id, by) for by in _BY},
    **{(OF_CAMPAIGN, of, by): _fill(_ledger.campaign_id, scope, by) for of, scope in _SCOPES.items() for by in _BY},
}
"""By what is under the rule, of what it counts, and by whom."""
