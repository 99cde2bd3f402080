"""What a request speaks of, as plain values: the same whether it was read, or is held under lock."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from patron.db.rulebook import Rulebook
from patron.domains.customers import check_schema, new_customer, patched
from patron.domains.customers.model import Customer, CustomerTotals
from patron.domains.customers.wire import CustomerIn
from patron.domains.orders import Catalogue, check_schemas, kept_items, new_order
from patron.domains.orders import patched as patched_order
from patron.domains.orders.model import Order
from patron.domains.orders.wire import ItemOut, OrderIn, OrderPatch
from patron.domains.products import Product, Sku
from patron.domains.promotions import Promotions, PromotionTier, stacked
from patron.domains.redeemables.model import NOTHING_HELD, Held
from patron.domains.redeemables.wire.asked import RedeemableIn, RedeemablesIn
from patron.domains.segments import Standing
from patron.domains.validation_rules import Counters
from patron.domains.vouchers.model import Voucher, VoucherTotals

_items = msgspec.json.Decoder(list[ItemOut]).decode


@dataclass(frozen=True, slots=True)
class Candidate:
    """A voucher that is asked for as it stands: what was done with it, whose it is, and what other sessions hold."""

    voucher: Voucher
    totals: VoucherTotals
    holder_id: str | None
    held: Held = NOTHING_HELD


@dataclass(frozen=True, slots=True)
class Person:
    """The customer as they stand, with what the request says of them laid over it (spec I 3.7).

    Of one who is not known, `customer` has what the request says and no id, and `totals` are None.
    """

    customer: Customer
    totals: CustomerTotals | None = None

    @property
    def id(self) -> str | None:
        """The id, None for somebody who is not known."""
        return self.customer.id or None


@dataclass(frozen=True, slots=True)
class Cart:
    """The order as it is stored with the request laid over it (spec I 3.4), and its lines.

    `stored` is None for an order that is not there yet; `order` then has no id.
    """

    stored: Order | None
    order: Order
    items: tuple[ItemOut, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What rules need beside a request: which vouchers have a rule of their own (the rule's id by code), what was
    counted, the id and name of the API key, and what segments look at in the customer, None where no rule asks for
    segments. Without `budgets`, what all customers of a campaign share is not asked (spec I 6).
    """

    rules: Mapping[str, str] = field(default_factory=dict)
    counters: Counters = field(default_factory=dict)
    api_key: tuple[str, str] = ("", "")
    standing: Standing | None = None
    budgets: bool = True


NO_RULES = Ruled()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A request and all that it speaks of. `look` reads them; `under_lock` takes the rows that a unit holds.

    `vouchers` are by code; codes that no voucher has are absent. `catalogue` is what the order's lines speak of,
    `units` what `discounts` (JSON) add, by the name that the discount has for it; `session_codes` are those of which
    the request's session holds something, or is to. `publications` has the metadata (JSON) with which vouchers were
    given away, by their ids, as far as formulas read it.
    """

    asked: RedeemablesIn
    tracking_id: str | None
    vouchers: Mapping[str, Candidate]
    person: Person | None
    cart: Cart | None
    catalogue: Catalogue
    units: Mapping[str, Product | Sku]
    session_codes: frozenset[str]
    discounts: frozenset[str] = frozenset()
    ruled: Ruled = NO_RULES
    publications: Mapping[str, str] = field(default_factory=dict)

    def about(self, asked: RedeemableIn) -> "Facts":
        """The same for one of the redeemables alone."""
        return replace(self, asked=msgspec.structs.replace(self.asked, redeemables=[asked]))


def tiers_asked(rulebook: Rulebook, asked: RedeemablesIn) -> list[PromotionTier]:
    """The tiers that a request asks for, those of stacks too; without what is not there."""
    promotions = Promotions.of(rulebook)
    ids = [each.id for each in asked.redeemables if each.object == "promotion_tier"]
    stacks = [promotions.stack(each.id) for each in asked.redeemables if each.object == "promotion_stack"]
    ids += [tier_id for stack in stacks if stack is not None for tier_id in stacked(stack)]
    return [tier for tier_id in ids if (tier := promotions.tier(tier_id)) is not None]


def codes_of(asked: RedeemablesIn) -> list[str]:
    """The codes of the vouchers that are asked for."""
    return [each.id for each in asked.redeemables if each.object == "voucher"]


def person_of(
    rulebook: Rulebook, asked: RedeemablesIn, found: tuple[Customer, CustomerTotals] | None, now: int
) -> Person | None:
    """The customer of a request, laid over the stored one, if there is one; None where nobody is sent. Problem 400."""
    if asked.person is None:
        return None if found is None else Person(*found)
    return laid_over(rulebook, asked.person, found, now)


def laid_over(rulebook: Rulebook, body: CustomerIn, found: tuple[Customer, CustomerTotals] | None, now: int) -> Person:
    """Somebody who is sent, laid over the stored customer, if there is one.

    Problem 400 for metadata that the schema of customers does not allow, as where the customer is stored.
    """
    if found is None:
        source_id = body.source_id if isinstance(body.source_id, str) else None
        person = Person(new_customer(rulebook.project_id, "", source_id, body, now))
    else:
        person = Person(patched(found[0], body, now), found[1])
    if found is None or isinstance(body.metadata, Mapping):
        check_schema(rulebook, person.customer)
    return person


def cart_of(
    rulebook: Rulebook,
    asked: RedeemablesIn,
    stored: Order | None,
    catalogue: Catalogue,
    person: Person | None,
    now: int,
) -> Cart | None:
    """The order of a request, laid over the stored one, if there is one; None where there is no order at all.

    Problem 400 where its metadata is not as its schema wants it, its source_id is not the stored one's, or it costs
    more than an order may.
    """
    patch = asked.order if isinstance(asked.order, OrderIn) else None
    if patch is None and stored is None:
        return None
    start = stored or new_order(rulebook.project_id, "", None, now)
    sent = patch or OrderPatch()
    who = {} if person is None or person.id is None else {"customer_id": person.id}
    items = kept_items(sent, catalogue)
    order = patched_order(start, sent, items, who)
    check_schemas(rulebook, order, sent)
    if items is None:
        items = [] if order.items is None else _items(order.items)
    return Cart(stored, order, tuple(items))


def concerning(
    rulebook: Rulebook, now: int, facts: Facts, customer: tuple[Customer, CustomerTotals] | None, stored: Order | None
) -> Facts:
    """The facts with this customer and stored order, as a write has them under lock, and the request laid over them."""
    person = person_of(rulebook, facts.asked, customer, now)
    return replace(facts, person=person, cart=cart_of(rulebook, facts.asked, stored, facts.catalogue, person, now))


def names_of_units(discounts: list[Any]) -> set[str]:
    """The products and SKUs that discounts of the engine add, by the names that they have for them."""
    single = {discount.unit_type for discount in discounts if discount.unit_type is not None}
    return single | {kind.unit_type for discount in discounts for kind in discount.units}


def told_metadata(asked: RedeemablesIn) -> dict[str, Any]:
    """The redemption's metadata, as it was sent."""
    return asked.metadata if isinstance(asked.metadata, dict) else {}
