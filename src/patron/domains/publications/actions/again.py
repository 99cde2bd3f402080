"""What was given before, told once more: by a source_id, or to whom a campaign gives one code for good."""

from patron.db.actions import Ctx, Need, Wants
from patron.db.rows import Rows
from patron.domains.events.model import PUBLICATIONS, Publication
from patron.domains.vouchers import its_totals
from patron.domains.vouchers.model import VOUCHER_HOLDERS, VOUCHER_TOTALS, VOUCHERS, Voucher, VoucherTotals

_OF_VOUCHER = (VOUCHERS, VOUCHER_TOTALS, VOUCHER_HOLDERS)


def want_given(ctx: Ctx, wants: Wants, publication_id: str, code: str) -> None:
    """Name a publication of one voucher, and all that is told of that voucher."""
    wants.lock(PUBLICATIONS, (ctx.project_id, publication_id))
    for table in _OF_VOUCHER:
        wants.lock(table, (ctx.project_id, code))


def given(rows: Rows, ctx: Ctx, publication_id: str, code: str) -> tuple[Publication | None, Voucher | None] | Need:
    """The publication and its voucher as they are now, as far as they are there; `Need` where rows lack."""
    key = (ctx.project_id, code)
    if not rows.knows(PUBLICATIONS, (ctx.project_id, publication_id)) or not all(
        rows.knows(table, key) for table in _OF_VOUCHER
    ):
        wants = Wants()
        want_given(ctx, wants, publication_id, code)
        return Need(wants)
    return rows.get(PUBLICATIONS, (ctx.project_id, publication_id)), rows.get(VOUCHERS, key)


def told_of(rows: Rows, ctx: Ctx, voucher: Voucher) -> tuple[Voucher, VoucherTotals, str | None]:
    """A voucher, what was done with it and whose it is, under lock."""
    holder = rows.get(VOUCHER_HOLDERS, (ctx.project_id, voucher.code))
    return voucher, its_totals(rows, voucher), None if holder is None else holder.customer_id
