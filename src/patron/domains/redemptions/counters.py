"""What must hold of what rules have counted: it is what the ledger tells."""

import sqlalchemy as sa

from patron.db.checks import PROJECT, check
from patron.domains.customers.model import MERGED_CUSTOMERS
from patron.domains.redemptions.model import REDEMPTION, REDEMPTIONS, ROLLED_BACK, SEVERAL, SUCCESS
from patron.domains.validation_rules.model import RULE_ASSIGNMENTS, RULE_COUNTERS, VOUCHER_RULES

_counters, _rows, _merged = RULE_COUNTERS.c, REDEMPTIONS.c, MERGED_CUSTOMERS.c
_assigned, _own = RULE_ASSIGNMENTS.c, VOUCHER_RULES.c

_COUNTED = (
    _rows.project_id == PROJECT,
    _rows.related_type != SEVERAL,
    _rows.object == REDEMPTION,
    _rows.result == SUCCESS,
    _rows.status != ROLLED_BACK,
    sa.or_(_rows.related_id == _counters.scope, _rows.campaign_id == _counters.scope),
    sa.or_(_counters.customer_id == "", _rows.customer_id == _counters.customer_id),
    sa.or_(_counters.key_id == "", _rows.channel_id == _counters.key_id),
)
_IS_UNDER_A_RULE = sa.or_(
    sa.exists().where(_own.project_id == PROJECT, _own.voucher_id == _counters.owner),
    sa.exists().where(
        _assigned.project_id == PROJECT,
        _assigned.related_object_id == _counters.owner,
        _assigned.deleted_at.is_(None),
    ),
)
_IS_AN_HEIR = sa.exists().where(_merged.project_id == PROJECT, _merged.into_id == _counters.customer_id)


def _told(value: sa.ColumnElement[int]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.coalesce(value, 0)).where(*_COUNTED).scalar_subquery()


_WHERE = (_counters.project_id == PROJECT, _IS_UNDER_A_RULE, ~_IS_AN_HEIR)
"""The rows of an heir's history may still be on their way."""
_TOTAL, _DISCOUNT = _told(sa.func.count()), _told(sa.func.sum(_rows.discount_amount))
_AMOUNT = _told(sa.func.sum(_rows.order_amount))

CHECKS = (
    check(
        "rule_counters.total",
        "What a rule has counted is what was redeemed and not rolled back.",
        sa.select(_counters.scope, _counters.total, _TOTAL).where(*_WHERE, _counters.total != _TOTAL),
        advice="Assign the rule anew, with force: what it counts is then counted anew from the redemptions.",
    ),
    check(
        "rule_counters.amount",
        "What a rule has counted as orders is what they came to, and was not rolled back.",
        sa.select(_counters.scope, _counters.amount, _AMOUNT).where(*_WHERE, _counters.amount != _AMOUNT),
        advice="Assign the rule anew, with force: what it counts is then counted anew from the redemptions.",
    ),
    check(
        "rule_counters.discount",
        "What a rule has counted as discounts is what was taken off and not rolled back.",
        sa.select(_counters.scope, _counters.discount, _DISCOUNT).where(*_WHERE, _counters.discount != _DISCOUNT),
        advice="Assign the rule anew, with force: what it counts is then counted anew from the redemptions.",
    ),
)
