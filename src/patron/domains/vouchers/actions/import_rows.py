"""Importing vouchers (spec I 1.5, 2.2): a new code becomes a voucher; of a known one, `active` and `category` change.

The way of a chunk is the id of the campaign that its codes come to; None where each row says for itself.
"""

from dataclasses import replace

import msgspec

from patron.db.actions import Ctx, Read, Wants
from patron.db.rows import Rows
from patron.domains.async_actions import Deed, Done, FilePart, Importable, Row, RowsChunk, applying
from patron.domains.categories import with_category
from patron.domains.validation_rules import want_rule
from patron.domains.vouchers.actions.campaigns import (
    known_campaign,
    lock_campaign,
    taking,
    unknown_campaign,
    want_additions,
)
from patron.domains.vouchers.actions.codes import is_free, want_free
from patron.domains.vouchers.actions.create import check_references, create
from patron.domains.vouchers.actions.find import its_totals
from patron.domains.vouchers.actions.transact import note_redeemed_before
from patron.domains.vouchers.campaign import Campaign
from patron.domains.vouchers.model import DISCOUNT, LIST, PREFIX, VOUCHER_TOTALS, VOUCHERS, Voucher, VoucherTotals
from patron.domains.vouchers.policy import check_takes_vouchers, imported_again
from patron.domains.vouchers.wire.imported import NEVER_REDEEMED, Imported, RedeemedBefore
from patron.kernel.incentive_problems import invalid_campaign
from patron.kernel.problems import duplicate_found

CHANNEL = "API"
"""Through what the credits of imported cards came: the request that brought them, not the job that carries it out."""


async def _want(read: Read, ctx: Ctx, wants: Wants, chunk: RowsChunk[Imported]) -> None:
    """A code that is nobody's is not made first, but added in `apply`: another process that takes it meanwhile has this
    unit refused and run again (docs/adr/0005).
    """
    wants.count(ctx.project_id, LIST)
    if chunk.way is not None:
        want_additions(ctx, wants, chunk.way)
    for said in chunk.said:
        want_free(ctx, wants, said.voucher.code)
    for rule_id in sorted({rule_id for said in chunk.said for rule_id in said.voucher.validation_rules or ()}):
        want_rule(ctx, wants, rule_id)
    for reference in sorted({name for said in chunk.said if (name := said.voucher.its_campaign) is not None}):
        campaign = await known_campaign(read, ctx.project_id, reference)
        if campaign is not None:
            want_additions(ctx, wants, campaign.id)


def _carry_out(rows: Rows, ctx: Ctx, chunk: RowsChunk[Imported], row: Row[Imported]) -> Done:
    assert row.said is not None
    code = row.said.voucher.code
    known = rows.get(VOUCHERS, (ctx.project_id, code))
    if known is not None and known.type:
        if chunk.way is not None and known.campaign_id != chunk.way:
            raise duplicate_found("voucher that is not of this campaign", "code", code)
        after = imported_again(known, with_category(rows.rulebook, row.said.voucher), ctx.now)
        if after is not known:
            rows.put(VOUCHERS, after)
        return Done(known.id, found=True)
    if not is_free(rows, ctx, code):
        raise duplicate_found("voucher in the bin", "code", code)
    return Done(_created(rows, replace(ctx, channel=CHANNEL), chunk.way, row.said).id, found=False)


def _created(rows: Rows, ctx: Ctx, campaign_id: str | None, said: Imported) -> Voucher:
    campaign = _campaign_of(rows, ctx, campaign_id, said.voucher.its_campaign)
    body = said.voucher.as_new(campaign)
    check_references(body)
    voucher = create(rows, ctx, body, said.voucher.code, ctx.serial_id(PREFIX, "import", rows.next_serial()), campaign)
    if said.redeemed != NEVER_REDEEMED:
        note(rows, ctx, voucher, said.redeemed)
    return voucher


def _campaign_of(rows: Rows, ctx: Ctx, campaign_id: str | None, reference: str | None) -> Campaign | None:
    """The campaign that a new code comes to: that of the whole import, or the one that its row names."""
    if campaign_id is not None:
        if reference is not None:
            raise invalid_campaign("campaign: expected none, as all codes of this import come into one campaign")
        return taking(rows, ctx, campaign_id)
    if reference is None:
        return None
    campaign = lock_campaign(rows, ctx, reference)
    if campaign is None:
        raise unknown_campaign(reference)
    check_takes_vouchers(campaign)
    return campaign


def note(rows: Rows, ctx: Ctx, voucher: Voucher, redeemed: RedeemedBefore) -> None:
    """Note what was done with a new voucher where it comes from."""
    if voucher.type == DISCOUNT:
        rows.add(VOUCHER_TOTALS, VoucherTotals(ctx.project_id, voucher.code))
    note_redeemed_before(rows, ctx, voucher, its_totals(rows, voucher), redeemed)


class FileWay(msgspec.Struct, frozen=True):
    """How the rows of a file are carried out; see `FilePart`."""

    dry_run: bool = False
    report: bool = True


def _chunk(
    action_id: str, n: int, before: int, rows: list[Row[Imported]], way: FileWay, passed: int
) -> RowsChunk[Imported]:
    return RowsChunk(action_id, n, rows, None, FilePart(before, passed, way.dry_run, way.report))


IMPORT_ROWS = applying(Deed("vouchers.import_rows", _want, _carry_out))
"""Body: `RowsChunk` of `Imported`."""

VOUCHER_FILE = Importable("VOUCHERS.IMPORT_CSV", IMPORT_ROWS, _chunk, 500)
"""A file of vouchers of any size; its way is a `FileWay`."""
