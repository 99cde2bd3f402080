"""The facts of one customer, by the paths of `fields`: plain values that predicates look at."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import msgspec

from patron.domains.customers.model import NEVER, NO_SOURCE_ID, Customer, CustomerTotals
from patron.domains.customers.wire import average
from patron.domains.events.model import EventCount
from patron.domains.segments.policy.history import EVENTS, PUBLICATIONS, History
from patron.engine.conditions.fields import Facts

_decode = msgspec.json.decode


def facts_of(customer: Customer, totals: CustomerTotals, history: History, groups: Collection[str]) -> Facts:
    """What is known of a customer.

    Of what stands in groups (`metadata`, `summary` …), those named alone: decoding what nobody looks at costs more than
    the look.
    """
    facts: dict[str, Any] = {
        "id": customer.id,
        "source_id": None if customer.source_id == NO_SOURCE_ID else customer.source_id,
        "name": customer.name,
        "description": customer.description,
        "email": customer.email,
        "phone": customer.phone,
        "birthdate": customer.birthdate,
        "birthday": customer.birthday,
        "created_at": customer.created_at,
        "updated_at": None if customer.updated_at == NEVER else customer.updated_at,
    }
    for group in groups:
        if group in _GROUPS:
            facts[group] = _GROUPS[group](customer, totals)
    if EVENTS in groups:
        facts[EVENTS] = _Events(history.counts)
    if PUBLICATIONS in groups:
        facts[PUBLICATIONS] = [
            {"created_at": each.created_at, "related_object_id": each.voucher_id} for each in history.given
        ]
    return facts


class _Events(dict[str, dict[str, int | None]]):
    """What is known of events by their name: one that has never happened has happened zero times."""

    def __init__(self, counts: Mapping[str, EventCount]) -> None:
        super().__init__({name: {"count": each.n, "last_occurrence": each.last_at} for name, each in counts.items()})

    def get(self, name: str, _default: Any = None) -> Any:
        return super().get(name, _NO_EVENT)


_NO_EVENT: dict[str, int | None] = {"count": 0, "last_occurrence": None}


def _summary(totals: CustomerTotals) -> dict[str, int | None]:
    return {
        "orders.total_amount": totals.orders_amount,
        "orders.total_count": totals.orders_count,
        "orders.average_amount": average(totals.orders_amount, totals.orders_count),
        "orders.last_order_amount": totals.last_order_amount,
        "orders.last_order_date": totals.last_order_at,
        "redemptions.total_redeemed": totals.redeemed,
        "redemptions.total_failed": totals.redemptions_failed,
        "redemptions.total_succeeded": totals.redemptions_succeeded,
        "redemptions.total_rolled_back": totals.rolled_back,
        "redemptions.total_rollback_failed": totals.rollbacks_failed,
        "redemptions.total_rollback_succeeded": totals.rollbacks_succeeded,
        "redemptions.gift.redeemed_amount": totals.gift_redeemed_amount,
        "redemptions.gift.amount_to_go": totals.gift_amount_to_go,
        "redemptions.loyalty_card.redeemed_points": totals.loyalty_redeemed_points,
        "redemptions.loyalty_card.points_to_go": totals.loyalty_points_to_go,
    }


_GROUPS: dict[str, Callable[[Customer, CustomerTotals], dict[str, Any]]] = {
    "address": lambda customer, _totals: _decode(customer.address or "{}"),
    "metadata": lambda customer, _totals: _decode(customer.metadata or "{}"),
    "system_metadata": lambda customer, _totals: _decode(customer.system_metadata),
    "summary": lambda _customer, totals: _summary(totals),
    "loyalty": lambda _customer, totals: {
        "points": totals.loyalty_points,
        "referred_customers": totals.referred_customers,
    },
    "loyalty_campaigns": lambda _customer, totals: _decode(totals.loyalty_campaigns),
    "referrals": lambda _customer, totals: {"total": totals.referrals},
}
