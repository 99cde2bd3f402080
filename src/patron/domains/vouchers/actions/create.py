"""Creating a voucher, under a code that was given or a random one (spec I 1.5)."""

from patron.db.actions import Action, Ctx, More, Outcome, Read, Wants
from patron.db.rows import Rows
from patron.db.rulebook import Rulebook
from patron.domains.categories import with_category
from patron.domains.projects.model import ProjectSettings
from patron.domains.validation_rules import assign_new, want_rule
from patron.domains.validation_rules.model import VOUCHER
from patron.domains.vouchers.actions.campaigns import (
    counted,
    find_campaign,
    lock_campaign,
    want_additions,
)
from patron.domains.vouchers.actions.codes import free_code, is_free, want_code, want_free
from patron.domains.vouchers.actions.find import shown
from patron.domains.vouchers.actions.transact import open_card
from patron.domains.vouchers.campaign import Campaign
from patron.domains.vouchers.model import (
    GIFT,
    LIST,
    NEVER,
    PREFIX,
    VOUCHERS,
    Voucher,
)
from patron.domains.vouchers.policy import check_has_vouchers, check_schema, check_takes_vouchers, new_voucher
from patron.domains.vouchers.template import codes_of
from patron.domains.vouchers.wire.given import NO_CODE_CONFIG, VoucherIn
from patron.kernel.codes import ALPHANUMERIC, CodeConfig
from patron.kernel.problems import duplicate_found, invalid_payload


async def _gather(read: Read, ctx: Ctx, body: VoucherIn) -> Wants:
    check_references(body)
    wants = Wants()
    wants.count(ctx.project_id, LIST)
    campaign = None
    if reference := body.campaign_id or body.campaign:
        campaign = await find_campaign(read, ctx.project_id, reference)
        check_has_vouchers(campaign)
        want_additions(ctx, wants, campaign.id)
    if body.code:
        want_free(ctx, wants, body.code)
        wants.make(VOUCHERS, being_taken(ctx, body.code))
    else:
        await want_code(read, ctx, wants, _config(read.rulebook, body, campaign))
    for rule_id in body.validation_rules or ():
        want_rule(ctx, wants, rule_id)
    return wants


def _apply(rows: Rows, ctx: Ctx, body: VoucherIn) -> Outcome:
    campaign = _campaign_of(rows, ctx, body)
    if isinstance(campaign, More):
        return campaign
    code = body.code or free_code(rows, ctx, _config(rows.rulebook, body, campaign))
    if code is None:
        return More()
    if not is_free(rows, ctx, code):
        raise duplicate_found("voucher", "id", code)
    return shown(rows, create(rows, ctx, body, code, ctx.id(PREFIX), campaign))


def create(
    rows: Rows, ctx: Ctx, body: VoucherIn, code: str, voucher_id: str, campaign: Campaign | None = None
) -> Voucher:
    """The new voucher under a code that `is_free`; of a gift card, with its first credits and what explains them.

    Gather has named the total of the list, and `want_additions` the campaign. Problem 400 for what no voucher can be.
    """
    voucher = new_voucher(ctx.project_id, code, voucher_id, with_category(rows.rulebook, body), ctx.now, campaign)
    check_schema(rows.rulebook, voucher)
    is_made = rows.get(VOUCHERS, (ctx.project_id, code)) is not None
    (rows.put if is_made else rows.add)(VOUCHERS, voucher)
    rows.count(LIST, 1)
    if voucher.type == GIFT:
        assert body.gift
        open_card(rows, ctx, voucher, body.gift.amount)
    counted(rows, ctx, voucher.campaign_id, vouchers=1, amount_created=body.gift.amount if body.gift else 0)
    for rule_id in body.validation_rules or ():
        assign_new(rows, ctx, rule_id, VOUCHER, (code, voucher_id))
    return voucher


def _campaign_of(rows: Rows, ctx: Ctx, body: VoucherIn) -> Campaign | More | None:
    """The campaign that a voucher is to be of, under lock. Problem 400 for one that takes no vouchers."""
    reference = body.campaign_id or body.campaign
    if not reference:
        return None
    campaign = lock_campaign(rows, ctx, reference)
    if campaign is None:
        return More()
    check_takes_vouchers(campaign)
    return campaign


def _config(rulebook: Rulebook, body: VoucherIn, campaign: Campaign | None) -> CodeConfig:
    """How the code is to look; a project may have a charset of its own for codes that name none."""
    if campaign is not None and not body.code_config:
        return codes_of(campaign)
    charset = ProjectSettings.of(rulebook).profile.charset or ALPHANUMERIC
    return (body.code_config or NO_CODE_CONFIG).config(charset)


def being_taken(ctx: Ctx, code: str) -> Voucher:
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
    """Refuse what a voucher cannot refer to, rather than leave it out. Problem 404."""
    if body.validation_rules and len(body.validation_rules) > 1:
        raise invalid_payload("validation_rules: expected one, as a voucher has one rule at most")


CREATE = Action("vouchers.create", _gather, _apply)
"""Body: `VoucherIn`. Answers 200 with the voucher.

Problem 409 for a code that is taken, in the bin too; 404 for an unknown campaign, category or validation rule, 400 for
a campaign that takes none, a rule that is not for vouchers, where no code can be made, or where the metadata is not as
its schema wants it.
"""
