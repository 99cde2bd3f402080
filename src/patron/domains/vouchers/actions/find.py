"""Finding the voucher that a request speaks of, before and under lock."""

from collections.abc import Iterable

import msgspec

from patron.db.actions import Ctx, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.vouchers.campaign import Campaigns
from patron.domains.vouchers.model import PREFIX, VOUCHER_HOLDERS, VOUCHER_TOTALS, VOUCHERS, Voucher, VoucherTotals
from patron.domains.vouchers.store import BY_CODE, BY_CODES, BY_ID, BY_IDS, CODE_OF, Found, totals_of
from patron.domains.vouchers.wire.told import VoucherOut
from patron.kernel.problems import Problem, not_found


async def find(read: Read, project_id: str, reference: str) -> Found:
    """The voucher with this id or code, with its totals and its holder. An id wins; Problem 404."""
    found = None
    if reference.startswith(PREFIX):
        found = await read.one(BY_ID, project_id=project_id, id=reference)
    if found is None:
        found = await read.one(BY_CODE, project_id=project_id, code=reference)
    if found is None:
        raise unknown(reference)
    return found


async def find_many(read: Read, project_id: str, ids: Iterable[str]) -> dict[str, Found]:
    """The vouchers with these ids, by their ids; those that are not there are left out."""
    asked = msgspec.json.encode(sorted(set(ids))).decode()
    return {found[0].id: found for found in await read.all(BY_IDS, project_id=project_id, ids=asked)}


async def find_by_codes(read: Read, project_id: str, codes: Iterable[str]) -> dict[str, Found]:
    """The vouchers with these codes, by their codes, in one read; those that are not there are left out."""
    asked = sorted(set(codes))
    if len(asked) == 1:
        only = await read.one(BY_CODE, project_id=project_id, code=asked[0])
        return {} if only is None else {asked[0]: only}
    found = await read.all(BY_CODES, project_id=project_id, codes=msgspec.json.encode(asked).decode())
    return {each[0].code: each for each in found if each is not None}


async def want(read: Read, ctx: Ctx, wants: Wants, reference: str, *, to_delete: bool = False) -> str:
    """Name the rows of the voucher with this id or code: itself, its totals, its holder; its code.

    A code that no voucher has is named all the same: `found` then refuses.
    """
    code = reference
    if reference.startswith(PREFIX):
        wants.lock_unique(VOUCHERS, "id", (ctx.project_id, reference))
        wants.lock(VOUCHERS, (ctx.project_id, reference))
        code = await read.one(CODE_OF, project_id=ctx.project_id, id=reference) or reference
    want_code_rows(ctx, wants, code, to_delete=to_delete)
    return code


def want_code_rows(ctx: Ctx, wants: Wants, code: str, *, to_delete: bool = False) -> None:
    """Name the rows of the voucher with this code: itself, its totals, its holder."""
    key = (ctx.project_id, code)
    wants.lock(VOUCHERS, key, to_delete=to_delete)
    wants.lock(VOUCHER_TOTALS, key, to_delete=to_delete)
    wants.lock(VOUCHER_HOLDERS, key, to_delete=to_delete)


def found(rows: Rows, ctx: Ctx, reference: str) -> Voucher:
    """The voucher that `want` named, under lock. Problem 404 where there is none."""
    voucher = None
    if reference.startswith(PREFIX):
        voucher = rows.by(VOUCHERS, "id", (ctx.project_id, reference))
    if voucher is None:
        voucher = rows.get(VOUCHERS, (ctx.project_id, reference))
    if voucher is None or not voucher.type or not rows.knows(VOUCHER_TOTALS, (ctx.project_id, voucher.code)):
        raise unknown(reference)
    return voucher


def its_totals(rows: Rows, voucher: Voucher) -> VoucherTotals:
    """What was done with a voucher, under lock."""
    key = (voucher.project_id, voucher.code)
    return totals_of(voucher, rows.get(VOUCHER_TOTALS, key) if rows.knows(VOUCHER_TOTALS, key) else None)


def found_by_code(rows: Rows, ctx: Ctx, code: str) -> Found | None:
    """The voucher with this code whose rows `want_code_rows` named, under lock; None where there is none."""
    key = (ctx.project_id, code)
    voucher = rows.get(VOUCHERS, key)
    if voucher is None or not voucher.type:
        return None
    holder = rows.get(VOUCHER_HOLDERS, key)
    return voucher, totals_of(voucher, rows.get(VOUCHER_TOTALS, key)), None if holder is None else holder.customer_id


def shown(rows: Rows, voucher: Voucher) -> Reply:
    """The answer that shows a voucher as it is at the end of this write; of a new one, nobody has named a holder."""
    key = (voucher.project_id, voucher.code)
    holder = rows.get(VOUCHER_HOLDERS, key) if rows.knows(VOUCHER_HOLDERS, key) else None
    holder_id = None if holder is None else holder.customer_id
    told = VoucherOut.of(Campaigns.of(rows.rulebook), voucher, its_totals(rows, voucher), holder_id)
    return Reply(200, msgspec.json.encode(told), subject=holder_id)


def unknown(reference: str) -> Problem:
    """404 in the reference's words."""
    return not_found("voucher", reference)
