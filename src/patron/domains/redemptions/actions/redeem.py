"""Redeeming: case, decide, use, record, announce (spec I 4.1; architecture §7).

Either all that applies is redeemed in one unit, with its customer and its order, or the attempt is kept as a redemption
that failed, with all reasons.
"""

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains import orders, vouchers
from patron.domains.customers import missing, upsert, want_upsert, who
from patron.domains.customers.model import CUSTOMER_TOTALS, CUSTOMERS, Customer, CustomerTotals
from patron.domains.metadata_schemas import check_metadata_schema
from patron.domains.orders.model import Order
from patron.domains.orders.wire import OrderIn
from patron.domains.redeemables import (
    Judgement,
    codes_of,
    concerning,
    judge,
    order_after,
    release,
    ruled_under_lock,
    under_lock,
    want_counts,
    want_redeemables,
)
from patron.domains.redemptions.actions.fail import fail
from patron.domains.redemptions.actions.keep import Redeem, Scene, keep
from patron.domains.redemptions.actions.tiers import missing_tiers, want_tiers
from patron.domains.redemptions.model import LIST, NOBODY, REDEMPTION_KEYS, RedemptionKey
from patron.domains.vouchers.model import GIFT

FROM_PAGE = "CLIENT_API"


async def _gather(read: Read, ctx: Ctx, body: Redeem) -> Wants:
    wants, facts = Wants(), body.facts
    wants.count(ctx.project_id, LIST)
    if body.once is not None:
        wants.make(REDEMPTION_KEYS, RedemptionKey(ctx.project_id, body.once, None, None, ""))
    want_redeemables(ctx, wants, facts)
    want_tiers(read, ctx, wants, facts)
    for code in codes_of(facts.asked):
        vouchers.want_use(ctx, wants, code)
    for candidate in facts.vouchers.values():
        if candidate.voucher.type == GIFT and candidate.holder_id is not None:
            vouchers.want_customer(ctx, wants, candidate.holder_id)
    stored = None if facts.cart is None else facts.cart.stored
    customer_id = NOBODY if stored is None or stored.customer_id is None else stored.customer_id
    if facts.asked.person is not None:
        customer_id = await want_upsert(read, ctx, wants, facts.asked.person)
    await want_counts(read, ctx, wants, facts, customer_id)
    if isinstance(facts.asked.order, OrderIn):
        await orders.want_paid(read, ctx, wants, facts.asked.order, stored, facts.catalogue)
    return wants


def _apply(rows: Rows, ctx: Ctx, body: Redeem) -> Outcome:
    asked = body.facts.asked
    repeated = _repeated(rows, ctx, body)
    if repeated is not None:
        return repeated
    check_metadata_schema(rows.rulebook, "redemption", asked.metadata or {})
    scene = _scene(rows, ctx, body)
    if isinstance(scene, Need):
        return scene
    customer_id = _customer_id(rows, ctx, body, scene.before)
    if asked.person is not None:
        upsert(rows, ctx, asked.person)
    if not scene.judgement.decision.valid:
        return fail(rows, ctx, scene.judgement, customer_id)
    reply = keep(rows, ctx, body, scene, customer_id)
    if asked.session_key is not None:
        release(rows, ctx, asked.session_key, body.facts.session_codes)
    return reply


def _repeated(rows: Rows, ctx: Ctx, body: Redeem) -> Reply | None:
    """The first answer once more, where the same was redeemed for the same order; None: it was not."""
    if body.once is None:
        return None
    key = rows.get(REDEMPTION_KEYS, (ctx.project_id, body.once))
    if key is None or key.redemption_id is None:
        return None
    return Reply(200, key.answer.encode(), subject=key.customer_id)


def _scene(rows: Rows, ctx: Ctx, body: Redeem) -> Scene | Need:
    """Judge by the rows under lock; nothing but what sessions hold was changed until here."""
    asked = body.facts.asked
    if asked.person is not None and (lacking := missing(rows, ctx, asked.person)) is not None:
        return Need(lacking)
    facts = under_lock(rows, ctx, body.facts)
    if isinstance(facts, Need):
        return facts
    before = _stored_order(rows, ctx, body)
    if isinstance(before, Need):
        return before
    customer_id = _customer_id(rows, ctx, body, before)
    customer = _stored_customer(rows, ctx, customer_id)
    facts = ruled_under_lock(rows, ctx, concerning(rows.rulebook, ctx.now, facts, customer, before), customer_id)
    if isinstance(facts, Need):
        return facts
    judgement = judge(rows.rulebook, ctx.now, facts)
    calculated = judgement.decision.order
    after = None
    if isinstance(asked.order, OrderIn) and calculated is not None:
        after = orders.paid(ctx, before, order_after(judgement, calculated))
    lacking = _lacking(rows, ctx, body, judgement, before, after)
    return Scene(judgement, before, after) if lacking is None else Need(lacking)


def _stored_order(rows: Rows, ctx: Ctx, body: Redeem) -> Order | Need | None:
    """The order that is meant, under lock; None where none is sent, or it is to be created."""
    order = body.facts.asked.order
    if not isinstance(order, OrderIn):
        return None
    return orders.order_to_pay(rows, ctx, order, by_source_id=ctx.channel != FROM_PAGE)


def _lacking(
    rows: Rows, ctx: Ctx, body: Redeem, judgement: Judgement, before: Order | None, after: Order | None
) -> Wants | None:
    """The counts of tiers, the rows of holders of cards, and what the order's write needs, as far as not named."""
    of_tiers = missing_tiers(rows, ctx, judgement)
    if of_tiers is not None:
        return of_tiers
    for _, target in judgement.applied:
        candidate = target.candidate
        if candidate is not None and candidate.voucher.type == GIFT:
            lacking = vouchers.missing(rows, ctx, candidate.voucher)
            if lacking is not None:
                return lacking
    order = body.facts.asked.order
    if after is None or not isinstance(order, OrderIn):
        return None
    return orders.lacking_to_pay(rows, ctx, before, after, order, body.facts.catalogue)


def _customer_id(rows: Rows, ctx: Ctx, body: Redeem, before: Order | None) -> str:
    """The id that the customer has or will have: of who is sent, or else of whose order it is."""
    person = body.facts.asked.person
    if person is not None:
        return who(rows, ctx, person)
    return NOBODY if before is None or before.customer_id is None else before.customer_id


def _stored_customer(rows: Rows, ctx: Ctx, customer_id: str) -> tuple[Customer, CustomerTotals] | None:
    """The customer with the totals, under lock; None for nobody, and for one who is to be created."""
    key = (ctx.project_id, customer_id)
    customer = rows.get(CUSTOMERS, key) if rows.knows(CUSTOMERS, key) else None
    totals = rows.get(CUSTOMER_TOTALS, key) if rows.knows(CUSTOMER_TOTALS, key) else None
    return None if customer is None or totals is None else (customer, totals)


REDEEM = Action("redemptions.redeem", _gather, _apply)
"""Body: `Redeem`. Answers 200 with the redemptions; with 400 (404 for a code that is not there), which is kept as a
redemption that failed, where nothing can be redeemed. Problem 404 for an unknown customer or order, 400 for metadata
that is not as its schema wants it, 409 for a source_id that is another order's.
"""
