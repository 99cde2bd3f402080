"""Deleting a voucher: into the bin, where its code stays taken, or for good (spec I 1.5)."""

from collections.abc import Sequence

import msgspec

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.customers import SimpleCustomer
from patron.domains.events import record
from patron.domains.events.model import ACTION
from patron.domains.validation_rules import unassign, want_unassignment
from patron.domains.validation_rules.model import VOUCHER
from patron.domains.vouchers.actions.campaigns import (
    check_unprotected,
    counted,
    missing_counts,
    told_campaign,
    want_counts,
    want_counts_of,
)
from patron.domains.vouchers.actions.find import found, its_totals, want
from patron.domains.vouchers.actions.hold import holder_of, missing, move_to_go, want_customer, want_holder
from patron.domains.vouchers.campaign import Campaigns
from patron.domains.vouchers.model import (
    BINNED_VOUCHERS,
    LIST,
    VOUCHER_HOLDERS,
    VOUCHER_TOTALS,
    VOUCHERS,
    BinnedVoucher,
    Voucher,
)
from patron.domains.vouchers.of_campaign import DELETE_TRANSACTION_KEYS_OF, DELETE_TRANSACTIONS_OF, HOLDERS_OF
from patron.domains.vouchers.store import DELETE_TRANSACTION_KEYS, DELETE_TRANSACTIONS
from patron.domains.vouchers.wire.told import VoucherOut


class Delete(msgspec.Struct, frozen=True):
    """Delete the voucher with this id or code."""

    reference: str


async def _gather_bin(read: Read, ctx: Ctx, body: Delete) -> Wants:
    wants, code = await _want(read, ctx, body.reference)
    wants.lock(BINNED_VOUCHERS, (ctx.project_id, code))
    return wants


async def _gather_force(read: Read, ctx: Ctx, body: Delete) -> Wants:
    wants, code = await _want(read, ctx, body.reference)
    for deed in (DELETE_TRANSACTIONS, DELETE_TRANSACTION_KEYS):
        wants.do(deed, project_id=ctx.project_id, code=code, reference=body.reference)
    return wants


async def _want(read: Read, ctx: Ctx, reference: str) -> tuple[Wants, str]:
    wants = Wants()
    wants.count(ctx.project_id, LIST)
    code = await want(read, ctx, wants, reference, to_delete=True)
    want_unassignment(ctx, wants, VOUCHER, code)
    await want_holder(read, ctx, wants, code, to_delete=True)
    await want_counts_of(read, ctx, wants, code)
    return wants, code


async def want_deletions(
    read: Read, ctx: Ctx, wants: Wants, campaign_id: str, codes: Sequence[str], *, force: bool
) -> None:
    """Name the rows of several vouchers of a campaign that are to be deleted: for good, or into the bin."""
    wants.count(ctx.project_id, LIST)
    want_counts(ctx, wants, campaign_id)
    for code in codes:
        key = (ctx.project_id, code)
        for table in (VOUCHERS, VOUCHER_TOTALS, VOUCHER_HOLDERS):
            wants.lock(table, key, to_delete=True)
        wants.lock(BINNED_VOUCHERS, key)
        want_unassignment(ctx, wants, VOUCHER, code)
    texts = msgspec.json.encode(codes).decode()
    for customer_id in await read.all(HOLDERS_OF, project_id=ctx.project_id, codes=texts):
        if customer_id is not None:
            want_customer(ctx, wants, customer_id)
    if force:
        for deed in (DELETE_TRANSACTIONS_OF, DELETE_TRANSACTION_KEYS_OF):
            wants.do(deed, project_id=ctx.project_id, campaign_id=campaign_id, codes=texts)


def _bin(rows: Rows, ctx: Ctx, body: Delete) -> Outcome:
    voucher = found(rows, ctx, body.reference)
    check_unprotected(rows, voucher)
    lacking = missing(rows, ctx, voucher) or missing_counts(rows, ctx, voucher)
    if lacking is not None:
        return Need(lacking)
    return put_in_bin(rows, ctx, voucher)


def _force(rows: Rows, ctx: Ctx, body: Delete) -> Outcome:
    voucher = found(rows, ctx, body.reference)
    check_unprotected(rows, voucher)
    lacking = missing(rows, ctx, voucher) or missing_counts(rows, ctx, voucher)
    if lacking is not None:
        return Need(lacking)
    return destroy(rows, ctx, voucher)


def put_in_bin(rows: Rows, ctx: Ctx, voucher: Voucher) -> Reply:
    """Put a voucher into the bin: whatever `want_deletions` named is locked, and `missing` is nothing."""
    reply = _take_away(rows, ctx, voucher)
    kept = msgspec.json.encode(voucher).decode()
    rows.add(BINNED_VOUCHERS, BinnedVoucher(ctx.project_id, voucher.code, voucher.id, kept, ctx.now))
    return reply


def destroy(rows: Rows, ctx: Ctx, voucher: Voucher) -> Reply:
    """Delete a voucher for good, as `put_in_bin`; its transactions are deleted by the same unit's set-based deeds."""
    reply = _take_away(rows, ctx, voucher)
    forget(rows, ctx, voucher.code)
    return reply


def forget(rows: Rows, ctx: Ctx, code: str) -> None:
    """Remove what is kept beside a voucher that goes for good: what was done with it, whose it was, its rule."""
    key = (ctx.project_id, code)
    totals, holder = rows.get(VOUCHER_TOTALS, key), rows.get(VOUCHER_HOLDERS, key)
    if totals is not None:
        rows.remove(VOUCHER_TOTALS, totals)
    if holder is not None:
        rows.remove(VOUCHER_HOLDERS, holder)
    unassign(rows, ctx, VOUCHER, code)


def _take_away(rows: Rows, ctx: Ctx, voucher: Voucher) -> Reply:
    """Take a voucher out of every answer, and its balance from what its holder has to go."""
    rows.remove(VOUCHERS, voucher)
    rows.count(LIST, -1)
    totals = its_totals(rows, voucher)
    counted(rows, ctx, voucher.campaign_id, vouchers=-1, amount_deleted=totals.balance)
    holder = holder_of(rows, ctx, voucher)
    if holder is None:
        return Reply(204)
    move_to_go(rows, ctx, holder.id, -totals.balance)
    told = VoucherOut.of(Campaigns.of(rows.rulebook), voucher, totals, holder.id)
    data = msgspec.json.encode({"customer": SimpleCustomer.of(holder), "voucher": told})
    campaign = told_campaign(rows, voucher)
    record(rows, ctx, holder.id, "customer.voucher.deleted", ACTION, data, code=voucher.code, campaign=campaign)
    return Reply(204, subject=holder.id)


BIN = Action("vouchers.bin", _gather_bin, _bin)
"""Body: `Delete`. Answers 204; Problem 404 for an unknown voucher."""

FORCE = Action("vouchers.delete", _gather_force, _force)
"""Body: `Delete`. Answers 204; Problem 404 for an unknown voucher."""
