"""Creating a campaign: one code, or its tiers, are made in the call, more codes by a job (spec I 2.2)."""

import msgspec

from patron.db.actions import Action, Ctx, More, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.campaigns.actions.generate import begin_generating, check_enough
from patron.domains.campaigns.model import PREFIX
from patron.domains.campaigns.policy import check_metadata, config_of, new_campaign
from patron.domains.campaigns.wire.given import CampaignIn
from patron.domains.campaigns.wire.told import CampaignOut
from patron.domains.categories import Categories, with_category
from patron.domains.promotions import PromotionTier, add_tier, told_with, want_rules
from patron.domains.promotions.wire.told import TierList
from patron.domains.validation_rules import assign_new, want_rule
from patron.domains.validation_rules.model import CAMPAIGN, RuleAssignment
from patron.domains.vouchers import (
    CAMPAIGN_DAYS,
    CAMPAIGN_NAMES,
    CAMPAIGN_TOTALS,
    CAMPAIGNS,
    PROMOTION,
    Campaign,
    CampaignDay,
    CampaignName,
    CampaignTotals,
    add_voucher,
    being_taken,
    day_of,
    free_code,
    is_free,
    want_code,
    want_free,
)
from patron.domains.vouchers.model import LIST, VOUCHERS
from patron.kernel.problems import duplicate_found


def asked_for(body: CampaignIn) -> int:
    """How many codes a new campaign is to have."""
    if body.campaign_type == PROMOTION:
        return 0
    return body.vouchers_count if isinstance(body.vouchers_count, int) else 1


async def _gather(read: Read, ctx: Ctx, body: CampaignIn) -> Wants:
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    wants.make(CAMPAIGN_NAMES, CampaignName(ctx.project_id, body.name, ""))
    wants.count(ctx.project_id, LIST)
    for rule_id in body.validation_rules or ():
        want_rule(ctx, wants, rule_id)
    for tier in body.tiers:
        want_rules(ctx, wants, tier)
    config, n = config_of(read.rulebook, body.template.code_config or None), asked_for(body)
    if body.template.code:
        want_free(ctx, wants, body.template.code)
        wants.make(VOUCHERS, being_taken(ctx, body.template.code))
    elif n == 1:
        await want_code(read, ctx, wants, config)
    else:
        await check_enough(read, ctx.project_id, config, n)
    return wants


def _apply(rows: Rows, ctx: Ctx, body: CampaignIn) -> Outcome:
    name = rows.get(CAMPAIGN_NAMES, (ctx.project_id, body.name))
    assert name is not None
    if name.campaign_id:
        raise duplicate_found("campaign", "name", body.name)
    config, n = config_of(rows.rulebook, body.template.code_config or None), asked_for(body)
    code = body.template.code or (free_code(rows, ctx, config) if n == 1 else "")
    if code is None:
        return More()
    if body.template.code and not is_free(rows, ctx, body.template.code):
        raise duplicate_found("voucher", "id", body.template.code)
    of = with_category(rows.rulebook, body)
    campaign = new_campaign(ctx.project_id, ctx.id(PREFIX), of, config, ctx.now, rows.next_version())
    check_metadata(rows.rulebook, campaign, [campaign.metadata])
    rows.put(CAMPAIGN_NAMES, CampaignName(ctx.project_id, body.name, campaign.id))
    rows.add(CAMPAIGNS, campaign)
    rows.add(CAMPAIGN_TOTALS, CampaignTotals(ctx.project_id, campaign.id))
    assignments = [_put_under(rows, ctx, rule_id, campaign) for rule_id in body.validation_rules or ()]
    if code:
        rows.add(CAMPAIGN_DAYS, CampaignDay(ctx.project_id, campaign.id, day_of(ctx.now)))
        add_voucher(rows, ctx, campaign.id, code)
    elif n:
        begin_generating(rows, ctx, campaign, config, n, {})
    promotion = _with_tiers(rows, ctx, campaign, body) if campaign.campaign_type == PROMOTION else None
    totals = rows.get(CAMPAIGN_TOTALS, (ctx.project_id, campaign.id))
    assert totals is not None
    told = CampaignOut.of(Categories.of(rows.rulebook), campaign, totals, promotion, *assignments)
    return Reply(200, msgspec.json.encode(told))


def _with_tiers(rows: Rows, ctx: Ctx, campaign: Campaign, body: CampaignIn) -> TierList:
    tiers: list[PromotionTier] = []
    for given in body.tiers:
        tiers = add_tier(rows, ctx, campaign, tiers, given, campaign.version)
    return told_with(rows.rulebook, campaign, tiers)


def _put_under(rows: Rows, ctx: Ctx, rule_id: str, campaign: Campaign) -> RuleAssignment:
    assignment = assign_new(rows, ctx, rule_id, CAMPAIGN, (campaign.id, campaign.id))
    assert isinstance(assignment, RuleAssignment)
    return assignment


CREATE = Action("campaigns.create", _gather, _apply)
"""Body: `CampaignIn`. Answers 200 with the campaign.

Problem 409 for a name that a campaign has, in the bin too, or a STANDALONE code that is taken; 400 where too few codes
can be made or the metadata is not as its schema wants it.
"""
