"""What must hold of stored customers, whoever wrote them."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from patron.db.checks import PROJECT, Check, absent_check, check, column_check, total_check
from patron.db.dialect import TEXT, json_member
from patron.db.traces import Mention, Trace
from patron.domains.customers.model import (
    CUSTOMER_KEYS,
    CUSTOMER_TOTALS,
    CUSTOMERS,
    DELETED_CUSTOMERS,
    ERASURES,
    MERGED_CUSTOMERS,
    NO_SOURCE_ID,
    CustomerKey,
    CustomerTotals,
)

_customers, _keys, _totals, _deleted = CUSTOMERS.c, CUSTOMER_KEYS.c, CUSTOMER_TOTALS.c, DELETED_CUSTOMERS.c
_erasures, _merged = ERASURES.c, MERGED_CUSTOMERS.c

_NOTHING = sa.null()

_CUSTOMER_OF_TOTALS = sa.exists().where(_customers.project_id == PROJECT, _customers.id == _totals.customer_id)
_SOMEBODY_WAS_MERGED = sa.exists().where(_merged.project_id == PROJECT, _merged.into_id == _keys.customer_id)
_CUSTOMER_OF_KEY = sa.exists().where(
    _customers.project_id == PROJECT,
    _customers.id == _keys.customer_id,
    sa.or_(_customers.source_id == _keys.source_id, _SOMEBODY_WAS_MERGED),
)
_IN_SOME_FORM = sa.or_(
    sa.exists().where(_customers.project_id == PROJECT, _customers.id == _merged.into_id),
    sa.exists().where(_deleted.project_id == PROJECT, _deleted.id == _merged.into_id),
)
_STILL_A_CUSTOMER = sa.or_(
    sa.exists().where(_customers.project_id == PROJECT, _customers.id == _merged.id),
    sa.exists().where(_deleted.project_id == PROJECT, _deleted.id == _merged.id),
)
_TRACE_OF_DELETED = sa.or_(
    sa.exists().where(_customers.project_id == PROJECT, _customers.id == _deleted.id),
    sa.exists().where(_totals.project_id == PROJECT, _totals.customer_id == _deleted.id),
    sa.exists().where(_keys.project_id == PROJECT, _keys.customer_id == _deleted.id),
)
_TRACE_OF_ERASED = sa.or_(
    sa.exists().where(_customers.project_id == PROJECT, _customers.id == _erasures.customer_id),
    sa.exists().where(_totals.project_id == PROJECT, _totals.customer_id == _erasures.customer_id),
    sa.exists().where(_keys.project_id == PROJECT, _keys.customer_id == _erasures.customer_id),
    sa.exists().where(_deleted.project_id == PROJECT, _deleted.id == _erasures.customer_id),
    sa.exists().where(_merged.project_id == PROJECT, _merged.into_id == _erasures.customer_id),
)
_CITY = json_member(_customers.address, "city")
_ID_IN_PROFILE = json_member(_deleted.profile, "id")

CHECKS = (
    total_check("customers", CUSTOMERS),
    absent_check(
        "customers.without_totals",
        "Every customer has a row of totals.",
        CUSTOMERS,
        CUSTOMER_TOTALS,
        [_customers.id],
        lambda customer, _: CustomerTotals(customer.project_id, customer.id),
    ),
    check(
        "customer_totals.of_nobody",
        "Every row of totals has a customer.",
        sa.select(_totals.customer_id, sa.literal("a row of totals"), _NOTHING).where(
            _totals.project_id == PROJECT, ~_CUSTOMER_OF_TOTALS
        ),
    ),
    absent_check(
        "customers.without_key",
        "Every source_id leads to its customer.",
        CUSTOMERS,
        CUSTOMER_KEYS,
        [_customers.source_id],
        lambda customer, source_id: CustomerKey(customer.project_id, source_id, customer.id),
        where=[_customers.source_id != NO_SOURCE_ID],
        also=[_keys.customer_id == _customers.id],
    ),
    check(
        "customer_keys.of_nobody",
        "Every key row has a customer with its source_id, or one into whom somebody was merged.",
        # named by the customer: a source_id may be an email address
        sa.select(sa.literal("a source_id", TEXT), _keys.customer_id, _NOTHING).where(
            _keys.project_id == PROJECT, ~_CUSTOMER_OF_KEY
        ),
    ),
    column_check(
        "customers.city",
        "The city that lists are filtered by is the address's.",
        CUSTOMERS,
        "city",
        _CITY,
        personal=True,
    ),
    check(
        "deleted_customers.still_there",
        "A deleted customer has neither a profile nor totals nor a source_id.",
        sa.select(_deleted.id, sa.literal("deleted, and there"), sa.literal("deleted")).where(
            _deleted.project_id == PROJECT, _TRACE_OF_DELETED
        ),
    ),
    check(
        "deleted_customers.profile",
        "What is kept of a deleted customer is its own profile.",
        sa.select(_deleted.id, _ID_IN_PROFILE, _deleted.id).where(
            _deleted.project_id == PROJECT, _ID_IN_PROFILE.is_distinct_from(_deleted.id)
        ),
    ),
    check(
        "erasures.still_there",
        "Of an erased customer there is neither a profile nor totals nor a source_id nor what a deletion leaves.",
        sa.select(_erasures.customer_id, sa.literal("erased, and there"), sa.literal("erased")).where(
            _erasures.project_id == PROJECT, _TRACE_OF_ERASED
        ),
    ),
    check(
        "merged_customers.into",
        "A merged customer stands for one that is there, or was deleted, and is itself no longer there.",
        sa.select(_merged.id, _merged.into_id, sa.literal("a customer other than itself")).where(
            _merged.project_id == PROJECT, sa.or_(~_IN_SOME_FORM, _STILL_A_CUSTOMER)
        ),
    ),
)


def owner_of(column: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """Whose the rows under this customer's id are, while the history of a merged customer still moves."""
    merged = MERGED_CUSTOMERS.sa.alias()
    into = sa.select(merged.c.into_id).where(merged.c.project_id == PROJECT, merged.c.id == column)
    return sa.func.coalesce(into.correlate_except(merged).scalar_subquery(), column)


def history_checks(traces: Iterable[Trace | Mention]) -> tuple[Check, ...]:
    """What must hold of the rows about merged customers, whichever domain's they are."""
    left = sa.union_all(*(_left(trace) for trace in traces if isinstance(trace, Trace))).subquery()
    return (
        check(
            "merged_customers.history",
            "Under the id of a merged customer no row is left once its history has moved, and never one that counts.",
            sa.select(left.c.customer_id, left.c.told, sa.literal("the id of whose it is")),
        ),
    )


def _left(trace: Trace) -> sa.Select[Any]:
    merged = MERGED_CUSTOMERS.sa.alias()
    must_have_moved = sa.true() if trace.moves_at_once else merged.c.moved_at.is_not(None)
    return sa.select(merged.c.id.label("customer_id"), sa.literal(trace.table.name, TEXT).label("told")).where(
        merged.c.project_id == PROJECT,
        trace.table.c.project_id == PROJECT,
        trace.table.c[trace.by] == merged.c.id,
        must_have_moved,
    )
