"""Adding credits to a gift card and taking some away, by hand (spec I 1.5)."""

import msgspec

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.customers import SimpleCustomer
from patron.domains.customers.model import Customer
from patron.domains.events import record
from patron.domains.events.model import ACTION
from patron.domains.vouchers.actions.campaigns import counted, missing_counts, told_campaign, want_counts_of
from patron.domains.vouchers.actions.find import found, its_totals, want
from patron.domains.vouchers.actions.hold import holder_of, missing, move_to_go, want_holder
from patron.domains.vouchers.actions.transact import transact
from patron.domains.vouchers.campaign import Campaigns
from patron.domains.vouchers.model import GIFT, TRANSACTION_KEYS, TransactionKey, Voucher, VoucherTransaction
from patron.domains.vouchers.wire.balance import (
    RelatedVoucher,
    VoucherBalanceIn,
    VoucherBalanceOut,
    VoucherTransactionOut,
)
from patron.domains.vouchers.wire.told import VoucherOut
from patron.kernel.incentive_problems import invalid_voucher
from patron.kernel.problems import duplicate_source_id

_encode = msgspec.json.encode


class Move(msgspec.Struct, frozen=True):
    """Move the balance of the voucher with this id or code."""

    reference: str
    by: VoucherBalanceIn


async def _gather(read: Read, ctx: Ctx, body: Move) -> Wants:
    wants = Wants()
    code = await want(read, ctx, wants, body.reference)
    await want_holder(read, ctx, wants, code)
    await want_counts_of(read, ctx, wants, code)
    if body.by.source_id:
        wants.lock(TRANSACTION_KEYS, (ctx.project_id, code, body.by.source_id))
    return wants


def _apply(rows: Rows, ctx: Ctx, body: Move) -> Outcome:
    voucher = found(rows, ctx, body.reference)
    if voucher.type != GIFT:
        raise invalid_voucher("type: expected a gift card, as this voucher has no balance")
    lacking = missing(rows, ctx, voucher) or missing_counts(rows, ctx, voucher)
    if lacking is not None:
        return Need(lacking)
    source_id = body.by.source_id or None
    if source_id is not None:
        known = rows.get(TRANSACTION_KEYS, (ctx.project_id, voucher.code, source_id))
        if known is not None:
            return _repeated(voucher, known, body.by.amount)
    transaction = transact(
        rows,
        ctx,
        voucher,
        its_totals(rows, voucher),
        body.by.amount,
        source_id=source_id,
        reason=body.by.reason or None,
    )
    counted(
        rows,
        ctx,
        voucher.campaign_id,
        amount_added=max(transaction.amount, 0),
        amount_subtracted=max(-transaction.amount, 0),
    )
    if source_id is not None:
        key = TransactionKey(
            ctx.project_id, voucher.code, source_id, transaction.amount, transaction.total, transaction.balance
        )
        rows.add(TRANSACTION_KEYS, key)
    holder = holder_of(rows, ctx, voucher)
    if holder is not None:
        move_to_go(rows, ctx, holder.id, transaction.amount)
        _record(rows, ctx, holder, voucher, transaction)
    return _answer(voucher, transaction)


def _repeated(voucher: Voucher, known: TransactionKey, amount: int) -> Reply:
    """The first answer once more; a source_id stands for one change of a card, whoever asks for it how often."""
    if known.amount != amount:
        raise duplicate_source_id(
            f"source_id: expected another one, as {known.source_id} moved this card's balance by {known.amount}"
        )
    return _answer(voucher, known)


def _answer(voucher: Voucher, moved: VoucherTransaction | TransactionKey) -> Reply:
    related = RelatedVoucher(id=voucher.id)
    out = VoucherBalanceOut(amount=moved.amount, total=moved.total, balance=moved.balance, related_object=related)
    return Reply(200, _encode(out))


def _record(rows: Rows, ctx: Ctx, holder: Customer, voucher: Voucher, transaction: VoucherTransaction) -> None:
    """Tell the holder's feed, of credits that were taken too: the feed explains what there is to go."""
    told = VoucherTransactionOut.of(transaction)
    data = {
        "customer": SimpleCustomer.of(holder),
        "voucher": VoucherOut.of(Campaigns.of(rows.rulebook), voucher, its_totals(rows, voucher), holder.id),
        "balance": told.details.balance,
        "transaction": told,
    }
    record(
        rows,
        ctx,
        holder.id,
        "customer.voucher.gift.balance_added",
        ACTION,
        _encode(data),
        code=voucher.code,
        campaign=told_campaign(rows, voucher),
    )


MOVE = Action("vouchers.move_balance", _gather, _apply)
"""Body: `Move`. Answers 200 with the balance; Problem 404 for an unknown voucher, 400 for one without a balance, an
amount that it cannot move by, and a source_id that moved it by another amount before.
"""
