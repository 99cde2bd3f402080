"""What must hold of stored customers, whoever wrote them."""

import sqlalchemy as sa

from patron.db.checks import PROJECT, check, total_check
from patron.db.dialect import json_member
from patron.domains.customers.model import CUSTOMER_KEYS, CUSTOMER_TOTALS, CUSTOMERS, DELETED_CUSTOMERS, ERASURES

_customers, _keys, _totals, _deleted = CUSTOMERS.c, CUSTOMER_KEYS.c, CUSTOMER_TOTALS.c, DELETED_CUSTOMERS.c
_erasures = ERASURES.c

_NOTHING = sa.null()

_TOTALS_OF_CUSTOMER = sa.exists().where(_totals.project_id == PROJECT, _totals.customer_id == _customers.id)
_CUSTOMER_OF_TOTALS = sa.exists().where(_customers.project_id == PROJECT, _customers.id == _totals.customer_id)
_KEY_OF_CUSTOMER = sa.exists().where(
    _keys.project_id == PROJECT, _keys.source_id == _customers.source_id, _keys.customer_id == _customers.id
)
_CUSTOMER_OF_KEY = sa.exists().where(
    _customers.project_id == PROJECT, _customers.id == _keys.customer_id, _customers.source_id == _keys.source_id
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
)
_CITY = json_member(_customers.address, "city")
_ID_IN_PROFILE = json_member(_deleted.profile, "id")

CHECKS = (
    total_check("customers", CUSTOMERS),
    check(
        "customers.without_totals",
        "Every customer has a row of totals.",
        sa.select(_customers.id, _NOTHING, sa.literal("a row of totals")).where(
            _customers.project_id == PROJECT, ~_TOTALS_OF_CUSTOMER
        ),
    ),
    check(
        "customer_totals.of_nobody",
        "Every row of totals has a customer.",
        sa.select(_totals.customer_id, sa.literal("a row of totals"), _NOTHING).where(
            _totals.project_id == PROJECT, ~_CUSTOMER_OF_TOTALS
        ),
    ),
    check(
        "customers.without_key",
        "Every source_id leads to its customer.",
        sa.select(_customers.id, _NOTHING, sa.literal("a key row for its source_id")).where(
            _customers.project_id == PROJECT, _customers.source_id != "", ~_KEY_OF_CUSTOMER
        ),
    ),
    check(
        "customer_keys.of_nobody",
        "Every key row has a customer with its source_id.",
        sa.select(_keys.source_id, _keys.customer_id, _NOTHING).where(_keys.project_id == PROJECT, ~_CUSTOMER_OF_KEY),
    ),
    check(
        "customers.city",
        "The city that lists are filtered by is the address's.",
        sa.select(_customers.id, _customers.city, _CITY).where(
            _customers.project_id == PROJECT, _customers.city.is_distinct_from(_CITY)
        ),
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
)
