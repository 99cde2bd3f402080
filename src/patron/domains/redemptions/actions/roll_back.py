"""Rolling a redemption back: what it took is given back, once and only once (spec I 4.8).

One that was rolled back before, or longer ago than it may be, is a refusal that is kept as a rollback that failed;
whatever else is wrong with the request leaves no trace.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains import orders, vouchers
from patron.domains.customers import count_rollback
from patron.domains.orders.model import ORDERS, Order
from patron.domains.orders.wire import OrderOut
from patron.domains.redeemables import counts_to_give_back, want_counts_back
from patron.domains.redemptions.actions.find import find, unknown
from patron.domains.redemptions.actions.tell import beside, customer_of, record_redemption
from patron.domains.redemptions.actions.tiers import give_tier_back, tier_beside, want_tier_of
from patron.domains.redemptions.actions.whose import check_order, check_whose, owner, want_owner
from patron.domains.redemptions.model import (
    FAILED_ROLLBACK_PREFIX,
    LIST,
    REDEMPTION_KEYS,
    REDEMPTIONS,
    ROLLBACK,
    ROLLBACK_PREFIX,
    SEVERAL,
    WITH_ORDER,
    OrderMode,
    Redemption,
    place_of,
)
from patron.domains.redemptions.policy import (
    check_form,
    failed_rollback,
    refusal_of,
    rollback_of,
    undone,
)
from patron.domains.redemptions.store import PARTS_OF
from patron.domains.redemptions.wire.told import Around, RollbackOut, RolledBackOut, told
from patron.domains.stacking_rules import rules_of
from patron.domains.validation_rules import CounterKey, Subject, give_back
from patron.domains.vouchers import Campaigns
from patron.domains.vouchers.model import Voucher
from patron.http.answers import envelope_of
from patron.kernel.problems import Problem

_encode = msgspec.json.encode


class RollBack(msgspec.Struct, frozen=True):
    """Roll the redemption with this id back; with all its parts where it is `stacked`, as the caller says that it is.

    `customer` and `order` name whose it must be: by `id` or `source_id`; `tracking_id` is either one of the customer.
    """

    redemption_id: str
    stacked: bool
    reason: str | None = None
    tracking_id: str | None = None
    customer: Mapping[str, str] = {}
    order: Mapping[str, str] = {}
    metadata: Mapping[str, Any] = {}


class Undoing(msgspec.Struct, frozen=True):
    """A redemption that is rolled back, under lock: its parts (itself, where it has none), order, and owner's id."""

    row: Redemption
    parts: Sequence[Redemption]
    vouchers: Mapping[str, Voucher | None]
    order: Order | None
    customer_id: str
    mode: OrderMode
    counts: Mapping[str, Sequence[CounterKey]]


async def _gather(read: Read, ctx: Ctx, body: RollBack) -> Wants:
    wants = Wants()
    wants.count(ctx.project_id, LIST)
    row = await find(read, ctx.project_id, body.redemption_id)
    parts = [row]
    if row.related_type == SEVERAL:
        asked = {"project_id": ctx.project_id, "parent_id": row.id}
        parts = [row, *await read.all(PARTS_OF, **asked)]
        wants.scan(PARTS_OF, scope=f"parts of {row.id}", **asked)
    for part in parts:
        wants.lock(REDEMPTIONS, REDEMPTIONS.key_of(part))
        want_tier_of(ctx, wants, part)
        if part.code:
            await vouchers.want_return(read, ctx, wants, part.code)
        await want_counts_back(read, ctx, wants, _subject(part, row.customer_id), part.code)
    if row.once is not None:
        wants.lock(REDEMPTION_KEYS, (ctx.project_id, row.once), to_delete=True)
    await want_owner(read, ctx, wants, row.customer_id, body.customer, body.tracking_id)
    if row.order_id is not None:
        order = await read.one(orders.BY_ID, project_id=ctx.project_id, id=row.order_id)
        if order is not None:
            orders.want_order(ctx, wants, order)
    return wants


def _apply(rows: Rows, ctx: Ctx, body: RollBack) -> Outcome:
    undoing = _undoing(rows, ctx, body)
    if isinstance(undoing, Need):
        return undoing
    refusal = refusal_of(undoing.row, ctx.now)
    if refusal is not None:
        return _fail(rows, ctx, body, undoing, refusal)
    return _give_back(rows, ctx, body, undoing)


def _undoing(rows: Rows, ctx: Ctx, body: RollBack) -> Undoing | Need:
    """All that is rolled back, and nothing changed yet. Problem 400 or 404 for what cannot be, or not so."""
    row = rows.get(REDEMPTIONS, (ctx.project_id, place_of(body.redemption_id)))
    if row is None or row.id != body.redemption_id or row.object == ROLLBACK:
        raise unknown(body.redemption_id)
    check_form(row, stacked=body.stacked)
    customer_id = owner(rows, ctx, row.customer_id)
    if isinstance(customer_id, Need):
        return customer_id
    check_whose(rows, ctx, row, customer_id, body.customer, body.tracking_id)
    order = _order(rows, ctx, row)
    if isinstance(order, Need):
        return order
    check_order(row, order, body.order)
    parts = _parts(rows, ctx, row)
    found = {part.id: _voucher(rows, ctx, part) for part in parts}
    lacking = [vouchers.missing(rows, ctx, voucher) for voucher in found.values() if voucher is not None]
    mode = rules_of(rows.rulebook).redeemables_rollback_order_mode
    if order is not None and row.rollback_id is None:
        lacking.append(orders.lacking_to_roll_back(rows, ctx, order, canceling=mode == WITH_ORDER))
    counts: dict[str, Sequence[CounterKey]] = {}
    for part in parts:
        keys = counts_to_give_back(rows, ctx, _subject(part, customer_id), part.code)
        if isinstance(keys, Need):
            return keys
        counts[part.id] = keys
    for wants in lacking:
        if wants is not None:
            return Need(wants)
    return Undoing(row, parts, found, order, customer_id, mode, counts)


def _subject(part: Redemption, customer_id: str) -> Subject:
    return Subject(
        object_id=part.related_id,
        campaign_id=part.campaign_id,
        rule_id=None,
        customer_id=customer_id,
        key_id=part.channel_id,
    )


def _parts(rows: Rows, ctx: Ctx, row: Redemption) -> Sequence[Redemption]:
    """What was redeemed, one by one."""
    if row.related_type != SEVERAL:
        return [row]
    stored = rows.scanned(PARTS_OF, project_id=ctx.project_id, parent_id=row.id)
    return [part for each in stored if (part := rows.get(REDEMPTIONS, REDEMPTIONS.key_of(each))) is not None]


def _voucher(rows: Rows, ctx: Ctx, part: Redemption) -> Voucher | None:
    return vouchers.returnable(rows, ctx, part.code, part.related_id) if part.code else None


def _order(rows: Rows, ctx: Ctx, row: Redemption) -> Order | Need | None:
    """The order for which it was redeemed; None where there was none, or it is gone."""
    if row.order_id is None or not rows.knows(ORDERS, (ctx.project_id, row.order_id)):
        return None
    return orders.locked(rows, ctx, row.order_id)


def _give_back(rows: Rows, ctx: Ctx, body: RollBack, undoing: Undoing) -> Reply:
    """Take back all that was done, part by part, and then the order; what is told of it."""
    made = [_undo(rows, ctx, body, undoing, part) for part in undoing.parts]
    row = undoing.row
    parent = None
    if row.related_type == SEVERAL:
        parent = _rollback(rows, ctx, body, undoing, row)
        made = [replace(each, parent_id=parent.id) for each in made]
    top = parent or made[0]
    order = undoing.order
    if order is not None:
        ids = [each.id for each in made] if parent is not None else []
        canceling = undoing.mode == WITH_ORDER
        order = orders.roll_back(rows, ctx, order, row.id, top.id, ids, canceling=canceling)
    told_order = None if order is None else _encode(OrderOut.of(order))
    kept = None if told_order is None else told_order.decode()
    if row.once is not None and (key := rows.get(REDEMPTION_KEYS, (ctx.project_id, row.once))) is not None:
        rows.remove(REDEMPTION_KEYS, key)
    outs = [
        _keep(rows, ctx, replace(each, order=kept), undoing.vouchers[of.id], of)
        for each, of in zip(made, undoing.parts, strict=True)
    ]
    if parent is None and not body.stacked:
        return Reply(200, _encode(outs[0]), subject=undoing.customer_id or None)
    kept_parent = None if parent is None else _keep(rows, ctx, replace(parent, order=kept), None, row)
    answer = RolledBackOut(
        rollbacks=outs, parent_rollback=kept_parent or UNSET, order=UNSET if told_order is None else _raw(told_order)
    )
    return Reply(200, _encode(answer), subject=undoing.customer_id or None)


def _undo(rows: Rows, ctx: Ctx, body: RollBack, undoing: Undoing, part: Redemption) -> Redemption:
    """Give back what one redeemable took; the rollback that says so."""
    rollback = _rollback(rows, ctx, body, undoing, part)
    voucher = undoing.vouchers[part.id]
    if voucher is not None:
        vouchers.give_back(rows, ctx, voucher, rollback.id, spent=part.amount)
    amount, discount = part.order_amount or 0, part.discount_amount
    give_back(rows, ctx, undoing.counts[part.id], part.created_at, amount=amount, discount=discount)
    give_tier_back(rows, ctx, part)
    if undoing.customer_id:
        count_rollback(rows, ctx, undoing.customer_id, succeeded=True, spent=part.amount)
    return rollback


def _rollback(rows: Rows, ctx: Ctx, body: RollBack, undoing: Undoing, of: Redemption) -> Redemption:
    rollback_id = ctx.serial_id(ROLLBACK_PREFIX, "", rows.next_serial())
    version = rows.rulebook.version
    made = rollback_of(of, rollback_id, ctx.now, parent_id=None, mode=undoing.mode, version=version)
    return _asked_by(ctx, body, undoing, made)


def _asked_by(ctx: Ctx, body: RollBack, undoing: Undoing, rollback: Redemption) -> Redemption:
    """The rollback with what its request says."""
    return replace(
        rollback,
        customer_id=undoing.customer_id,
        metadata=_encode(body.metadata).decode(),
        reason=body.reason or None,
        channel=ctx.channel,
        channel_id=ctx.key_id,
    )


def _keep(rows: Rows, ctx: Ctx, rollback: Redemption, voucher: Voucher | None, of: Redemption) -> RollbackOut:
    """Add a rollback that succeeded to the ledger, note it where it belongs, and tell of it."""
    rows.put(REDEMPTIONS, undone(of, rollback))
    return _add(rows, ctx, rollback, voucher)


def _add(rows: Rows, ctx: Ctx, rollback: Redemption, voucher: Voucher | None) -> RollbackOut:
    rows.add(REDEMPTIONS, rollback)
    rows.count(LIST, 1)
    customer = customer_of(rows, ctx, rollback.customer_id)
    around = Around(customer=customer, voucher=beside(rows, ctx, voucher), tier=tier_beside(rows, ctx, rollback))
    out = told(Campaigns.of(rows.rulebook), rollback, around)
    assert isinstance(out, RollbackOut)
    record_redemption(rows, ctx, rollback, around, out, None if rollback.order is None else rollback.order.encode())
    return out


def _fail(rows: Rows, ctx: Ctx, body: RollBack, undoing: Undoing, problem: Problem) -> Reply:
    """Keep and count that it could not be rolled back, and why."""
    part = undoing.parts[0]
    rollback_id = ctx.serial_id(FAILED_ROLLBACK_PREFIX, "", rows.next_serial())
    version = rows.rulebook.version
    made = rollback_of(part, rollback_id, ctx.now, parent_id=None, mode=undoing.mode, version=version)
    failed = _asked_by(ctx, body, undoing, failed_rollback(made, undoing.row.id, problem))
    if undoing.customer_id:
        count_rollback(rows, ctx, undoing.customer_id, succeeded=False)
    _add(rows, ctx, failed, undoing.vouchers[part.id])
    named = Problem(
        problem.status,
        problem.key,
        problem.message,
        problem.details,
        resource_id=failed.id,
        resource_type=ROLLBACK,
    )
    return Reply(problem.status, envelope_of(named, ctx.request_id), subject=undoing.customer_id or None)


def _raw(text: bytes) -> Any:
    return msgspec.Raw(text)


ROLL_BACK = Action("redemptions.roll_back", _gather, _apply)
"""Body: `RollBack`. Answers 200 with the rollback, or with all of them where it was asked for as stacked; with 400,
which is kept as a rollback that failed, for what was rolled back before, or may not be any more. Problem 404 for an
unknown redemption, 400 for one that cannot be rolled back, or is another customer's or order's.
"""
