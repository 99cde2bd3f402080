"""Taking a voucher out of the bin: back to where it was, or away for good (spec C 5.6)."""

import msgspec

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Reply, Wants
from patron.db.binned import Deed
from patron.db.rows import Rows
from patron.domains.validation_rules import want_unassignment
from patron.domains.validation_rules.model import VOUCHER
from patron.domains.vouchers.actions.campaigns import counted, want_additions
from patron.domains.vouchers.actions.delete import forget
from patron.domains.vouchers.actions.find import its_totals
from patron.domains.vouchers.actions.hold import missing, move_to_go, want_holder
from patron.domains.vouchers.campaign import CAMPAIGNS
from patron.domains.vouchers.model import (
    BINNED_VOUCHERS,
    LIST,
    VOUCHER_HOLDERS,
    VOUCHER_TOTALS,
    VOUCHERS,
    BinnedVoucher,
    Voucher,
)
from patron.domains.vouchers.store import BINNED, PURGE_TRANSACTION_KEYS, PURGE_TRANSACTIONS
from patron.kernel.problems import duplicate_found, not_found, parent_missing


async def _binned(read: Read, ctx: Ctx, body: Deed) -> BinnedVoucher:
    binned = await read.one(BINNED, project_id=ctx.project_id, id=body.id)
    if binned is None:
        raise not_found("bin_entry", body.entry_id)
    return binned


async def _gather_restore(read: Read, ctx: Ctx, body: Deed) -> Wants:
    wants = Wants()
    wants.count(ctx.project_id, LIST)
    binned = await _binned(read, ctx, body)
    key = (ctx.project_id, binned.code)
    wants.lock(VOUCHERS, key)
    wants.lock(VOUCHER_TOTALS, key)
    wants.lock(BINNED_VOUCHERS, key, to_delete=True)
    wants.lock_unique(BINNED_VOUCHERS, "id", (ctx.project_id, body.id))
    await want_holder(read, ctx, wants, binned.code)
    campaign_id = _voucher_of(binned).campaign_id
    if campaign_id is not None:
        want_additions(ctx, wants, campaign_id)
    return wants


def _restore(rows: Rows, ctx: Ctx, body: Deed) -> Outcome:
    binned = _found(rows, ctx, body)
    voucher = _voucher_of(binned)
    lacking = missing(rows, ctx, voucher)
    if lacking is not None:
        return Need(lacking)
    _check_returns(rows, ctx, voucher)
    rows.remove(BINNED_VOUCHERS, binned)
    rows.add(VOUCHERS, msgspec.structs.replace(voucher, updated_at=ctx.now))
    rows.count(LIST, 1)
    balance = its_totals(rows, voucher).balance
    counted(rows, ctx, voucher.campaign_id, vouchers=1, amount_created=balance)
    holder = rows.get(VOUCHER_HOLDERS, (ctx.project_id, voucher.code))
    if holder is None:
        return Reply(204)
    move_to_go(rows, ctx, holder.customer_id, balance)
    return Reply(204, subject=holder.customer_id)


def _check_returns(rows: Rows, ctx: Ctx, voucher: Voucher) -> None:
    """Problem 409 where the code is another's by now, or the campaign that the voucher was of is not there."""
    if rows.get(VOUCHERS, (ctx.project_id, voucher.code)) is not None:
        raise duplicate_found("voucher", "code", voucher.code)
    if voucher.campaign_id is None:
        return
    campaign = rows.get(CAMPAIGNS, (ctx.project_id, voucher.campaign_id))
    if campaign is None or campaign.deleted_at is not None:
        raise parent_missing("voucher", voucher.id, f"campaign {voucher.campaign_id}")


async def _gather_purge(read: Read, ctx: Ctx, body: Deed) -> Wants:
    wants = Wants()
    code = (await _binned(read, ctx, body)).code
    for table in (VOUCHER_TOTALS, VOUCHER_HOLDERS, BINNED_VOUCHERS):
        wants.lock(table, (ctx.project_id, code), to_delete=True)
    wants.lock_unique(BINNED_VOUCHERS, "id", (ctx.project_id, body.id))
    want_unassignment(ctx, wants, VOUCHER, code)
    for deed in (PURGE_TRANSACTIONS, PURGE_TRANSACTION_KEYS):
        wants.do(deed, project_id=ctx.project_id, code=code, id=body.id, deleted_at=body.deleted_at)
    return wants


def _purge(rows: Rows, ctx: Ctx, body: Deed) -> Outcome:
    binned = _found(rows, ctx, body)
    forget(rows, ctx, binned.code)
    rows.remove(BINNED_VOUCHERS, binned)
    return Reply(204)


def _found(rows: Rows, ctx: Ctx, body: Deed) -> BinnedVoucher:
    """The voucher in the bin that `gather` named. Problem 404 where it is not there any more, or there anew."""
    binned = rows.by(BINNED_VOUCHERS, "id", (ctx.project_id, body.id))
    if binned is None or binned.deleted_at != body.deleted_at:
        raise not_found("bin_entry", body.entry_id)
    return binned


def _voucher_of(binned: BinnedVoucher) -> Voucher:
    return msgspec.json.decode(binned.voucher, type=Voucher)


RESTORE = Action("vouchers.restore", _gather_restore, _restore)
"""Body: `Deed`. Answers 204; Problem 404 for what is not in the bin, 409 for a code that is taken."""

PURGE = Action("vouchers.purge", _gather_purge, _purge)
"""Body: `Deed`. Answers 204; the code is free then. Problem 404 for what is not in the bin."""
