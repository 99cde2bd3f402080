"""Creating a voucher, under a code that was given or a random one (spec I 1.5)."""

from patron.db.actions import Action, Ctx, More, Outcome, Read, Wants
from patron.db.rows import Rows
from patron.db.rulebook import Rulebook
from patron.domains.projects.model import ProjectSettings
from patron.domains.vouchers.actions.codes import free_code, is_free, want_code, want_free
from patron.domains.vouchers.actions.find import shown
from patron.domains.vouchers.actions.transact import transact
from patron.domains.vouchers.model import (
    GIFT,
    LIST,
    NEVER,
    PREFIX,
    VOUCHER_TOTALS,
    VOUCHERS,
    Voucher,
    VoucherTotals,
)
from patron.domains.vouchers.policy import check_schema, new_voucher
from patron.domains.vouchers.wire.given import NO_CODE_CONFIG, VoucherIn
from patron.kernel.codes import ALPHANUMERIC, CodeConfig
from patron.kernel.problems import duplicate_found, invalid_campaign, not_found


async def _gather(read: Read, ctx: Ctx, body: VoucherIn) -> Wants:
    check_references(body)
    wants = Wants()
    wants.count(ctx.project_id, LIST)
    if body.code:
        want_free(ctx, wants, body.code)
        wants.make(VOUCHERS, _being_taken(ctx, body.code))
    else:
        await want_code(read, ctx, wants, _config(read.rulebook, body))
    return wants


def _apply(rows: Rows, ctx: Ctx, body: VoucherIn) -> Outcome:
    code = body.code or free_code(rows, ctx, _config(rows.rulebook, body))
    if code is None:
        return More()
    if not is_free(rows, ctx, code):
        raise duplicate_found("voucher", "id", code)
    return shown(rows, create(rows, ctx, body, code, ctx.id(PREFIX)))


def create(rows: Rows, ctx: Ctx, body: VoucherIn, code: str, voucher_id: str) -> Voucher:
    """The new voucher under a code that `is_free`; of a gift card, with its first credits and what explains them.

    Gather has said that the list's total moves. Problem 400 for what no voucher can be.
    """
    voucher = new_voucher(ctx.project_id, code, voucher_id, body, ctx.now)
    check_schema(rows.rulebook, voucher)
    is_made = rows.get(VOUCHERS, (ctx.project_id, code)) is not None
    (rows.put if is_made else rows.add)(VOUCHERS, voucher)
    rows.count(LIST, 1)
    if voucher.type == GIFT:
        _open_card(rows, ctx, voucher, body)
    return voucher


def _open_card(rows: Rows, ctx: Ctx, voucher: Voucher, body: VoucherIn) -> None:
    """Give a new gift card its first credits, explained by a transaction as all later ones are."""
    assert body.gift
    totals = VoucherTotals(ctx.project_id, voucher.code)
    rows.add(VOUCHER_TOTALS, totals)
    if body.gift.amount:
        transact(rows, ctx, voucher, totals, body.gift.amount)


def _config(rulebook: Rulebook, body: VoucherIn) -> CodeConfig:
    """How the code is to look; a project may have a charset of its own for codes that name none."""
    charset = ProjectSettings.of(rulebook).profile.charset or ALPHANUMERIC
    return (body.code_config or NO_CODE_CONFIG).config(charset)


def _being_taken(ctx: Ctx, code: str) -> Voucher:
    """The row that keeps a code for the write that brings it: of many at once, one creates the voucher."""
    return Voucher(
        project_id=ctx.project_id,
        code=code,
        id=ctx.id(PREFIX),
        campaign_id=None,
        type="",
        category=None,
        discount=None,
        gift_effect=None,
        start_at=None,
        expires_at=None,
        validity=None,
        active=0,
        additional_info=None,
        metadata="{}",
        quantity=None,
        publish_count=0,
        created_at=ctx.now,
        updated_at=NEVER,
    )


def check_references(body: VoucherIn) -> None:
    """Refuse what a voucher cannot refer to, rather than leave it out. Problem 400 or 404."""
    campaign = body.campaign_id or body.campaign
    if campaign:
        raise invalid_campaign(f"campaign: there is no campaign {campaign} that takes vouchers")
    if body.category_id:
        raise not_found("category", body.category_id)
    if body.validation_rules:
        raise not_found("validation_rules", body.validation_rules[0])


CREATE = Action("vouchers.create", _gather, _apply)
"""Body: `VoucherIn`. Answers 200 with the voucher.

Problem 409 for a code that is taken, in the bin too; 400 where no code can be made or the metadata is not as its schema
wants it.
"""
