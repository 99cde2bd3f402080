"""Looking up what a request speaks of, without a lock (spec I 3.1, 3.4, 3.7)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import msgspec

from patron.db.actions import Ctx, Read
from patron.domains.customers import find_sent
from patron.domains.customers.model import Customer, CustomerTotals
from patron.domains.customers.wire import CustomerIn
from patron.domains.orders import Catalogue, catalogue_of, find_stored, people
from patron.domains.orders.model import Order
from patron.domains.orders.wire import ItemIn, ItemOut, OrderIn, OrderPatch
from patron.domains.products import Product, Sku, find_products, find_skus
from patron.domains.redeemables.actions.published import find_publications, read_by_formulas
from patron.domains.redeemables.actions.sessions import codes_of_session
from patron.domains.redeemables.model import Held
from patron.domains.redeemables.policy.exact import discount_of
from patron.domains.redeemables.policy.facts import (
    Candidate,
    Facts,
    Ruled,
    cart_of,
    codes_of,
    laid_over,
    names_of_units,
    person_of,
    tiers_asked,
)
from patron.domains.redeemables.policy.ruling import segments_asked, subjects_of
from patron.domains.redeemables.store import HELD_BY_OTHERS
from patron.domains.redeemables.wire.asked import RedeemablesIn
from patron.domains.segments import Standing, standing_now
from patron.domains.validation_rules import find_counters, of_vouchers
from patron.domains.validation_rules.model import VALIDATION_RULES
from patron.domains.vouchers import Found, find_by_codes
from patron.engine.case import SHIPPING
from patron.kernel.problems import not_found

FROM_PAGE = "CLIENT_API"
_items = msgspec.json.Decoder(list[ItemOut]).decode


async def look(read: Read, ctx: Ctx, asked: RedeemablesIn, tracking_id: str | None, *, whose: bool = True) -> Facts:
    """What a request speaks of, as it is now. Problem 404 for an order, a customer or a referrer by an unknown id.

    One read finds the vouchers, one the customer; more are needed only where sessions hold some of the vouchers, and
    for an order that is stored or whose lines name products. `whose` is False where the caller finds the customer.
    """
    found = await _vouchers(read, ctx.project_id, codes_of(asked))
    held = await held_by_others(read, ctx, asked.session_key, found.values())
    vouchers = {code: Candidate(*each, held.get(each[0].id, Held())) for code, each in found.items()}
    stored = await _stored(read, ctx, asked)
    customer = await _customer(read, ctx.project_id, asked, stored) if whose else None
    await _check_referrer(read, ctx, asked)
    catalogue = await _catalogue(read, ctx.project_id, asked, stored)
    person = person_of(read.rulebook, asked, customer, ctx.now) if whose else None
    discounts = _discounts(read, asked, found)
    facts = Facts(
        asked=asked,
        tracking_id=tracking_id,
        vouchers=vouchers,
        person=person,
        cart=cart_of(read.rulebook, asked, stored, catalogue, person, ctx.now),
        catalogue=catalogue,
        units=await find_units(read, ctx.project_id, discounts),
        discounts=frozenset(discounts),
        session_codes=await _of_session(read, ctx, asked),
        publications=await _publications(read, ctx, asked, found, stored, customer, whose=whose),
    )
    # A write asks its rules under lock, by `ruled_under_lock`.
    return replace(
        facts, ruled=await find_ruled(read, ctx, facts) if whose else Ruled(api_key=(ctx.key_id, ctx.key_name))
    )


async def find_ruled(read: Read, ctx: Ctx, facts: Facts) -> Ruled:
    """What the rules of the request's vouchers and tiers look at; more reads, only where there are rules at all."""
    nothing = Ruled(api_key=(ctx.key_id, ctx.key_name))
    if not read.rulebook.rows(VALIDATION_RULES):
        return nothing
    own = await of_vouchers(read, ctx.project_id, list(facts.vouchers)) if facts.vouchers else {}
    rules = {code: assignment.rule_id for code, assignment in own.items()}
    ruled = replace(facts, ruled=replace(nothing, rules=rules))
    subjects = subjects_of(read.rulebook, ruled)
    keys = {key for subject in subjects for key in subject.counters(read.rulebook)}
    return replace(
        ruled.ruled,
        counters=await find_counters(read, ctx.project_id, keys),
        standing=await _standing(read, facts, segments_asked(read.rulebook, subjects)),
    )


async def _standing(read: Read, facts: Facts, segment_ids: set[str]) -> Standing | None:
    if not segment_ids or facts.person is None:
        return None
    return await standing_now(read, facts.person.customer, facts.person.totals, segment_ids)


async def _vouchers(read: Read, project_id: str, codes: Collection[str]) -> Mapping[str, Found]:
    return await find_by_codes(read, project_id, codes) if codes else {}


async def held_by_others(read: Read, ctx: Ctx, session_key: str | None, found: Iterable[Found]) -> Mapping[str, Held]:
    """What sessions but this one hold, by the ids of vouchers; most vouchers are held by none."""
    ids = {voucher.code: voucher.id for voucher, totals, _ in found if totals.held_quantity or totals.held_amount}
    if not ids:
        return {}
    held = await read.all(
        HELD_BY_OTHERS,
        project_id=ctx.project_id,
        codes=msgspec.json.encode(list(ids)).decode(),
        voucher_ids=msgspec.json.encode(list(ids.values())).decode(),
        session_key=session_key or "",
        now=ctx.now,
    )
    return {ids[code]: sums for code, sums in held}


async def _of_session(read: Read, ctx: Ctx, asked: RedeemablesIn) -> frozenset[str]:
    if asked.session_key is None:
        return frozenset()
    return frozenset([*codes_of(asked), *await codes_of_session(read, ctx, asked.session_key)])


async def _stored(read: Read, ctx: Ctx, asked: RedeemablesIn) -> Order | None:
    """The order that is meant, if it is there. A page names one by its id alone: a source_id is easily guessed."""
    order = asked.order
    if not isinstance(order, OrderIn):
        return None
    source_id = None if ctx.channel == FROM_PAGE else order.source_id or None
    return await find_stored(read, ctx.project_id, order.id or None, source_id)


async def _customer(
    read: Read, project_id: str, asked: RedeemablesIn, stored: Order | None
) -> tuple[Customer, CustomerTotals] | None:
    """The customer who is sent, or else whose the stored order is."""
    if asked.person is not None:
        return await _known(read, project_id, asked.person)
    if stored is None or stored.customer_id is None:
        return None
    return await find_sent(read, project_id, CustomerIn(id=stored.customer_id))


async def _known(read: Read, project_id: str, body: CustomerIn) -> tuple[Customer, CustomerTotals] | None:
    """Whom a body means; None for somebody new. A redemption would refuse an unknown id, so whoever asks is told."""
    found = await find_sent(read, project_id, body)
    if found is None and body.id:
        raise not_found("customer", body.id)
    return found


async def _check_referrer(read: Read, ctx: Ctx, asked: RedeemablesIn) -> None:
    """Refuse who cannot be stored as the order's referrer. Problem 400 or 404."""
    referrer = people(asked.order).get("referrer") if isinstance(asked.order, OrderIn) else None
    if referrer is not None:
        laid_over(read.rulebook, referrer, await _known(read, ctx.project_id, referrer), ctx.now)


async def _publications(
    read: Read,
    ctx: Ctx,
    asked: RedeemablesIn,
    found: Mapping[str, Found],
    stored: Order | None,
    customer: tuple[Customer, CustomerTotals] | None,
    *,
    whose: bool,
) -> Mapping[str, str]:
    vouchers = read_by_formulas(read.rulebook, found.values())
    if vouchers and not whose:
        customer = await _customer(read, ctx.project_id, asked, stored)
    return await find_publications(read, ctx.project_id, vouchers, None if customer is None else customer[0].id)


async def _catalogue(read: Read, project_id: str, asked: RedeemablesIn, stored: Order | None) -> Catalogue:
    """What the lines that are sent speak of, or else those that are stored."""
    sent = asked.order if isinstance(asked.order, OrderIn) else None
    if sent is not None and isinstance(sent.items, list):
        return await catalogue_of(read, project_id, [sent])
    if stored is None or stored.items is None:
        return Catalogue()
    named = [ItemIn(product_id=item.product_id, sku_id=item.sku_id) for item in _items(stored.items) if item.product_id]
    return await catalogue_of(read, project_id, [OrderPatch(items=named)]) if named else Catalogue()


def _discounts(read: Read, asked: RedeemablesIn, found: Mapping[str, Found]) -> list[str]:
    of_vouchers = [voucher.discount for voucher, _, _ in found.values() if voucher.discount is not None]
    return [*of_vouchers, *(tier.discount for tier in tiers_asked(read.rulebook, asked))]


async def find_units(read: Read, project_id: str, discounts: Collection[str]) -> Mapping[str, Product | Sku]:
    """The products and SKUs that stored discounts (JSON) add, by the name that those have for them."""
    names = names_of_units([discount_of(text) for text in discounts]) - {SHIPPING}
    if not names:
        return {}
    return {**await find_products(read, project_id, names), **await find_skus(read, project_id, names)}
