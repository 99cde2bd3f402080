"""Where in the database each field of a customer is."""

from functools import partial

import sqlalchemy as sa

from patron.db.dialect import TEXT
from patron.db.filters.filtered import Filtered, filtered
from patron.db.filters.sources import Clause, InColumn, InJson, InRows
from patron.domains.customers.model import CUSTOMER_TOTALS, CUSTOMERS, NEVER, NO_SOURCE_ID
from patron.domains.events.model import EVENT_COUNTS, PUBLICATION_PREFIX, PUBLICATIONS, RECORDED
from patron.domains.segments.store.history import VOUCHER_ID, count_in_feed, last_in_feed, some_publication
from patron.engine.conditions.fields import Field
from patron.engine.conditions.filters import Filter

_TOTALS = CUSTOMER_TOTALS.c
_SUMMARY: dict[str, Clause] = {
    "orders.total_amount": _TOTALS.orders_amount,
    "orders.total_count": _TOTALS.orders_count,
    "orders.average_amount": sa.case(
        (
            _TOTALS.orders_count != 0,
            (2 * _TOTALS.orders_amount + _TOTALS.orders_count) // (2 * _TOTALS.orders_count),
        ),
        else_=0,
    ),
    "orders.last_order_amount": _TOTALS.last_order_amount,
    "orders.last_order_date": _TOTALS.last_order_at,
    "redemptions.total_redeemed": _TOTALS.redeemed,
    "redemptions.total_failed": _TOTALS.redemptions_failed,
    "redemptions.total_succeeded": _TOTALS.redemptions_succeeded,
    "redemptions.total_rolled_back": _TOTALS.rolled_back,
    "redemptions.total_rollback_failed": _TOTALS.rollbacks_failed,
    "redemptions.total_rollback_succeeded": _TOTALS.rollbacks_succeeded,
    "redemptions.gift.redeemed_amount": _TOTALS.gift_redeemed_amount,
    "redemptions.gift.amount_to_go": _TOTALS.gift_amount_to_go,
    "redemptions.loyalty_card.redeemed_points": _TOTALS.loyalty_redeemed_points,
    "redemptions.loyalty_card.points_to_go": _TOTALS.loyalty_points_to_go,
}
_LOYALTY: dict[str, Clause] = {"points": _TOTALS.loyalty_points, "referred_customers": _TOTALS.referred_customers}
_JSON: dict[str, Clause] = {
    "address": CUSTOMERS.c.address,
    "metadata": CUSTOMERS.c.metadata,
    "system_metadata": CUSTOMERS.c.system_metadata,
    "loyalty_campaigns": _TOTALS.loyalty_campaigns,
}


def population(of: Filter) -> Filtered:
    """The SQL of a filter of customers, for rows of customers joined with their totals."""
    return filtered(of, source_of)


def source_of(field: Field) -> InColumn | InJson | InRows:
    """Where the field's value is, of a row of customers joined with their totals."""
    group, *names = field.path
    if field.path == ("address", "city"):
        return InColumn(CUSTOMERS.c.city)
    if group in _JSON:
        return InJson(_JSON[group], tuple(names))
    if group == "publications":
        return InRows(_OF_PUBLICATION[names[0]], partial(some_publication, CUSTOMERS.c.project_id, CUSTOMERS.c.id))
    if group == "events":
        return InColumn(_event(*names))
    if group == "summary":
        return InColumn(_SUMMARY[names[0]])
    if group == "loyalty":
        return InColumn(_LOYALTY[names[0]])
    if group == "referrals":
        return InColumn(_TOTALS.referrals)
    return InColumn(CUSTOMERS.c[group], _KNOWN.get(group))


_OF_PUBLICATION = {
    "created_at": InColumn(PUBLICATIONS.c.created_at, ids=(PUBLICATIONS.c.id, PUBLICATION_PREFIX)),
    "related_object_id": InColumn(VOUCHER_ID.c.value),
}
_KNOWN: dict[str, Clause] = {
    "source_id": CUSTOMERS.c.source_id != NO_SOURCE_ID,
    "updated_at": CUSTOMERS.c.updated_at != NEVER,
}
"""When a column that is never NULL tells something; see `Customer`."""


def _event(name: str, of: str) -> Clause:
    if name in RECORDED:
        found = count_in_feed if of == "count" else last_in_feed
        return found(CUSTOMERS.c.project_id, CUSTOMERS.c.id, sa.literal(name, TEXT))
    return _own_event(name, of)


def _own_event(name: str, of: str) -> Clause:
    counts = EVENT_COUNTS.c
    found = (
        sa.select(counts.n if of == "count" else counts.last_at)
        .where(
            counts.project_id == CUSTOMERS.c.project_id,
            counts.customer_id == CUSTOMERS.c.id,
            counts.type == sa.literal(name, TEXT),
        )
        .correlate(CUSTOMERS.sa)
        .scalar_subquery()
    )
    return sa.func.coalesce(found, 0) if of == "count" else found
