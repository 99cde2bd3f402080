"""Carrying out what was decided: what applies is used up, the order is paid, and the ledger says so (spec I 4.1)."""

from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from patron.db.actions import Ctx, Reply
from patron.db.rows import Rows
from patron.domains import orders, vouchers
from patron.domains.customers import count_redemption
from patron.domains.orders.model import Order
from patron.domains.orders.wire import CustomerId, OrderIn, OrderRedemption
from patron.domains.redeemables import Facts, Judgement, OrdersOut, Target, count_redeemed, tell
from patron.domains.redeemables.wire.told import CalculatedOrderOut
from patron.domains.redemptions.actions.tell import beside, customer_of, record_redemption
from patron.domains.redemptions.actions.tiers import tier_beside, use_tier
from patron.domains.redemptions.model import (
    LIST,
    NOBODY,
    PREFIX,
    REDEMPTION_KEYS,
    REDEMPTIONS,
    SEVERAL,
    VOUCHER,
    Redemption,
    RedemptionKey,
)
from patron.domains.redemptions.policy import Said, redemption_of
from patron.domains.redemptions.wire.told import Around, RedeemedOut, RedemptionOut, told
from patron.domains.vouchers import Campaigns
from patron.engine.decision import Verdict
from patron.kernel.clock import to_iso

_encode = msgspec.json.encode


class Redeem(msgspec.Struct, frozen=True):
    """Redeem what was asked for: `facts` is what it speaks of, as it was looked up.

    `once` is the key under which the same is redeemed once for one order, None where that is not asked for. `alone`
    answers with the one redemption, as the older operations do.
    """

    facts: Facts
    once: str | None = None
    alone: bool = False


class Scene(NamedTuple):
    """The decision, with the order before it and as it is to be stored (None: there is none)."""

    judgement: Judgement
    before: Order | None
    after: Order | None


class _Work(NamedTuple):
    """What the parts of one redemption have in common."""

    said: Said
    orders: OrdersOut
    order: Order | None
    final: bytes | None
    order_amount: int | None
    facts: Facts
    parent_id: str | None


def keep(rows: Rows, ctx: Ctx, body: Redeem, scene: Scene, customer_id: str) -> Reply:
    """Redeem what applies, for a customer who is there by now (`NOBODY`: for nobody); what is told of it."""
    judgement, applied = scene.judgement, scene.judgement.applied
    ids = [ctx.serial_id(PREFIX, "", rows.next_serial()) for _ in applied]
    parent_id = ctx.serial_id(PREFIX, "", rows.next_serial()) if len(applied) > 1 else None
    order = _pay(rows, ctx, body, scene, customer_id, _of_order(ctx, applied, ids, parent_id), parent_id or ids[0])
    tells = OrdersOut(judgement)
    calculated, last = judgement.decision.order, tells.after_all()
    final = None if last is None else _encode(_as_stored(last, order))
    said = Said.of(ctx, rows.rulebook.version, judgement.facts, customer_id, None if order is None else order.id)
    amount = None if calculated is None else calculated.initial_amount
    work = _Work(said, tells, order, final, amount, judgement.facts, parent_id)
    outs = [
        _redeem(rows, ctx, work, redemption_id, *each, once=body.once)
        for redemption_id, each in zip(ids, applied, strict=True)
    ]
    parent: Any = UNSET
    if parent_id is not None:
        parent = _add_parent(rows, ctx, work, parent_id, outs, body.once)
    reply = Reply(200, _answer(ctx, body, judgement, outs, parent, final), subject=customer_id or None)
    if body.once is not None:
        key = RedemptionKey(ctx.project_id, body.once, parent_id or ids[0], customer_id or None, reply.body.decode())
        rows.put(REDEMPTION_KEYS, key)
    return reply


def _pay(
    rows: Rows, ctx: Ctx, body: Redeem, scene: Scene, customer_id: str, redemption: OrderRedemption, top_id: str
) -> Order | None:
    """The order, paid; None where none was sent."""
    patch = body.facts.asked.order
    if scene.after is None or not isinstance(patch, OrderIn):
        return None
    after = replace(scene.after, customer_id=customer_id or scene.after.customer_id)
    return orders.pay(rows, ctx, scene.before, orders.noted(after, top_id, redemption), patch, body.facts.catalogue)


def _of_order(
    ctx: Ctx, applied: list[tuple[Verdict, Target]], ids: list[str], parent_id: str | None
) -> OrderRedemption:
    """What the order says of it."""
    if parent_id is not None:
        return OrderRedemption(
            date=to_iso(ctx.now), related_object_type=SEVERAL, related_object_id=parent_id, stacked=ids
        )
    [(verdict, target)] = applied
    kind: Any = verdict.kind
    return OrderRedemption(
        date=to_iso(ctx.now),
        related_object_type=kind,
        related_object_id=related_id(verdict, target),
        related_object_parent_id=UNSET if target.campaign is None else target.campaign.id,
    )


def related_id(verdict: Verdict, target: Target) -> str:
    """The id of the voucher or tier; of a code that no voucher has, the code."""
    return verdict.id if target.candidate is None else target.candidate.voucher.id


def _as_stored(out: CalculatedOrderOut, order: Order | None, *, is_part: bool = False) -> CalculatedOrderOut:
    """A calculated order with the names of the stored one; a part's order has no status (spec I 4.1)."""
    if order is None:
        return out
    status: Any = UNSET if is_part else order.status
    return replace(
        out,
        id=order.id,
        source_id=order.source_id,
        created_at=to_iso(order.created_at),
        updated_at=to_iso(order.updated_at) if order.updated_at else None,
        status=status,
        customer_id=order.customer_id,
        customer=UNSET if order.customer_id is None else CustomerId(order.customer_id),
        referrer_id=order.referrer_id,
        referrer=UNSET if order.referrer_id is None else CustomerId(order.referrer_id),
    )


def _redeem(
    rows: Rows, ctx: Ctx, work: _Work, redemption_id: str, verdict: Verdict, target: Target, *, once: str | None
) -> RedemptionOut:
    """Use up one redeemable, and add it to the ledger."""
    spent = (verdict.applied.credits or 0) if verdict.applied is not None else 0
    order = work.final
    if work.parent_id is not None and verdict.order is not None and verdict.applied is not None:
        running = work.orders.tell(verdict.order, verdict.applied.replacements)
        order = _encode(_as_stored(running, work.order, is_part=True))
    row = redemption_of(
        work.said,
        redemption_id,
        parent_id=work.parent_id,
        related=(verdict.kind, related_id(verdict, target)),
        code=verdict.id if verdict.kind == VOUCHER else "",
        campaign_id=None if target.campaign is None else target.campaign.id,
        amount=spent,
        discount_amount=0 if verdict.order is None else verdict.order.total_applied_discount_amount,
        order_amount=work.order_amount,
        order=order,
        once=once if work.parent_id is None else None,
    )
    _use(rows, ctx, target, row)
    amount = row.order_amount or 0
    count_redeemed(rows, ctx, work.facts, target, row.customer_id, amount=amount, discount=row.discount_amount)
    if row.customer_id != NOBODY:
        count_redemption(rows, ctx, row.customer_id, succeeded=True, spent=spent)
    return add(rows, ctx, row, target)


def _use(rows: Rows, ctx: Ctx, target: Target, row: Redemption) -> None:
    """What a redemption takes, wherever that is counted."""
    if target.candidate is not None:
        vouchers.use(rows, ctx, target.candidate.voucher, row.id, spent=row.amount)
    if target.tier is not None:
        use_tier(rows, ctx, row)


def add(rows: Rows, ctx: Ctx, row: Redemption, target: Target | None) -> RedemptionOut:
    """Add a row to the ledger, and tell of it."""
    rows.add(REDEMPTIONS, row)
    rows.count(LIST, 1)
    candidate = None if target is None else target.candidate
    around = Around(
        customer=customer_of(rows, ctx, row.customer_id),
        voucher=beside(rows, ctx, None if candidate is None else candidate.voucher),
        tier=tier_beside(rows, ctx, row),
    )
    out = told(Campaigns.of(rows.rulebook), row, around)
    assert isinstance(out, RedemptionOut)
    record_redemption(rows, ctx, row, around, out, None if row.order is None else row.order.encode())
    return out


def _add_parent(
    rows: Rows, ctx: Ctx, work: _Work, parent_id: str, outs: list[RedemptionOut], once: str | None
) -> RedemptionOut:
    """Add the row that stands for all parts together: it is no attempt of its own, and nothing counts it."""
    row = redemption_of(
        work.said,
        parent_id,
        related=(SEVERAL, parent_id),
        amount=sum(out.amount or 0 for out in outs),
        order_amount=work.order_amount,
        order=work.final,
        once=once,
    )
    rows.add(REDEMPTIONS, row)
    rows.count(LIST, 1)
    parts = [rows.get(REDEMPTIONS, (ctx.project_id, out.id.partition("_")[2])) for out in outs]
    around = Around(
        customer=customer_of(rows, ctx, row.customer_id), parts=[part for part in parts if part is not None]
    )
    out = told(Campaigns.of(rows.rulebook), row, around)
    assert isinstance(out, RedemptionOut)
    return out


def _answer(
    ctx: Ctx, body: Redeem, judgement: Judgement, outs: list[RedemptionOut], parent: Any, final: bytes | None
) -> bytes:
    if body.alone:
        return _encode(outs[0])
    left_out = len(outs) < len(judgement.decision.verdicts)
    entries = tell(judgement, judgement.facts.asked.expand, ctx.request_id) if left_out else None
    order: Any = UNSET if final is None else msgspec.Raw(final)
    return _encode(
        RedeemedOut(
            redemptions=outs,
            parent_redemption=parent,
            order=order,
            inapplicable_redeemables=(entries and entries.inapplicable) or UNSET,
            skipped_redeemables=(entries and entries.skipped) or UNSET,
        )
    )
