"""Creating tiers, changing them, switching them on and off, and deleting them (spec I 2.3)."""

import msgspec
from msgspec.structs import replace

from patron.db.actions import Action, Ctx, More, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.promotions.actions.find import find_tier
from patron.domains.promotions.actions.hold import held, totals_of, want_promotion
from patron.domains.promotions.actions.of_campaign import add_tier, move_on, want_rules
from patron.domains.promotions.model import PROMOTION_TIER_TOTALS, PROMOTION_TIERS, PromotionTier
from patron.domains.promotions.policy import check_promotion, check_room, check_unused, patched_tier, unknown_tier
from patron.domains.promotions.wire.given import TierIn, TierPatch
from patron.domains.promotions.wire.told import TierOut
from patron.domains.validation_rules import unassign, want_unassignment
from patron.domains.validation_rules.model import RULE_ASSIGNMENTS, TIER
from patron.domains.vouchers import CAMPAIGNS, find_campaign, lock_campaign


class Create(msgspec.Struct, frozen=True):
    """A tier for the campaign with this id or name."""

    reference: str
    tier: TierIn


class Update(msgspec.Struct, frozen=True):
    """Changes of the tier with this id."""

    id: str
    patch: TierPatch


class Switch(msgspec.Struct, frozen=True):
    """Switch the tier with this id on or off."""

    id: str
    active: bool


class Delete(msgspec.Struct, frozen=True):
    """The tier with this id."""

    id: str


async def _gather_create(read: Read, ctx: Ctx, body: Create) -> Wants:
    campaign = await find_campaign(read, ctx.project_id, body.reference)
    wants = Wants()
    await want_promotion(read, ctx, wants, campaign.id)
    want_rules(ctx, wants, body.tier)
    return wants


def _create(rows: Rows, ctx: Ctx, body: Create) -> Outcome:
    campaign = lock_campaign(rows, ctx, body.reference)
    if campaign is None:
        return More()
    check_promotion(campaign)
    of = held(rows, ctx, campaign.id)
    if of is None:
        return More()
    check_room(of.tiers)
    tier = add_tier(rows, ctx, campaign, of.tiers, body.tier, rows.next_version())[-1]
    return _shown(rows, ctx, tier)


async def _gather(read: Read, ctx: Ctx, body: Update | Delete) -> Wants:
    tier = await find_tier(read, ctx.project_id, body.id)
    wants = Wants()
    await want_promotion(read, ctx, wants, tier.campaign_id)
    want_unassignment(ctx, wants, TIER, tier.id)
    wants.lock(PROMOTION_TIERS, (ctx.project_id, tier.id))
    wants.lock(PROMOTION_TIER_TOTALS, (ctx.project_id, tier.id))
    return wants


def _update(rows: Rows, ctx: Ctx, body: Update) -> Outcome:
    tier = _named(rows, ctx, body.id)
    of = held(rows, ctx, tier.campaign_id)
    if of is None:
        return More()
    after = patched_tier(rows.rulebook, tier, body.patch)
    place = body.patch.hierarchy if isinstance(body.patch.hierarchy, int) else tier.hierarchy
    if after is not tier or place != tier.hierarchy:
        version = rows.next_version()
        move_on(rows, [each for each in of.tiers if each.id != tier.id], place, version)
        after = replace(after, hierarchy=place, updated_at=ctx.now, version=version)
        rows.put(PROMOTION_TIERS, after)
    return _shown(rows, ctx, after)


def _delete(rows: Rows, ctx: Ctx, body: Delete) -> Outcome:
    tier = _named(rows, ctx, body.id)
    of = held(rows, ctx, tier.campaign_id)
    if of is None:
        return More()
    check_unused(tier, of.stacks)
    rows.put(PROMOTION_TIERS, replace(tier, deleted_at=ctx.now, version=rows.next_version()))
    unassign(rows, ctx, TIER, tier.id)
    return Reply(204)


async def _gather_switch(read: Read, ctx: Ctx, body: Switch) -> Wants:
    tier = await find_tier(read, ctx.project_id, body.id)
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    wants.lock(CAMPAIGNS, (ctx.project_id, tier.campaign_id))
    wants.lock(PROMOTION_TIERS, (ctx.project_id, tier.id))
    wants.lock(PROMOTION_TIER_TOTALS, (ctx.project_id, tier.id))
    return wants


def _switch(rows: Rows, ctx: Ctx, body: Switch) -> Outcome:
    tier = _named(rows, ctx, body.id)
    if tier.active != body.active:
        tier = replace(tier, active=int(body.active), updated_at=ctx.now, version=rows.next_version())
        rows.put(PROMOTION_TIERS, tier)
    return _shown(rows, ctx, tier)


def _named(rows: Rows, ctx: Ctx, tier_id: str) -> PromotionTier:
    tier = rows.get(PROMOTION_TIERS, (ctx.project_id, tier_id))
    if tier is None or tier.deleted_at is not None:
        raise unknown_tier(tier_id)
    return tier


def _shown(rows: Rows, ctx: Ctx, tier: PromotionTier) -> Reply:
    campaign = rows.get(CAMPAIGNS, (ctx.project_id, tier.campaign_id))
    key = (ctx.project_id, TIER, tier.id)
    rule = rows.get(RULE_ASSIGNMENTS, key) if rows.knows(RULE_ASSIGNMENTS, key) else None
    told = TierOut.of(rows.rulebook, tier, totals_of(rows, ctx, tier.id), campaign, rule)
    return Reply(200, msgspec.json.encode(told))


CREATE = Action("promotions.create_tier", _gather_create, _create)
"""Body: `Create`. Answers 200 with the tier.

Problem 404 for an unknown campaign or category, 400 for one that is of another type or has all the tiers that it may.
"""

UPDATE: Action[Update] = Action("promotions.update_tier", _gather, _update)
"""Body: `Update`. Answers 200 with the tier; Problem 404 for an unknown one or an unknown category."""

DELETE: Action[Delete] = Action("promotions.delete_tier", _gather, _delete)
"""Body: `Delete`. Answers 204; Problem 404 for an unknown one, 400 while it is in a stack."""

SWITCH = Action("promotions.switch_tier", _gather_switch, _switch)
"""Body: `Switch`. Answers 200 with the tier; Problem 404 for an unknown one."""
