"""Pure decisions about tiers and stacks: what is made of what was sent, and which place a tier has among others."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from patron.db.rulebook import Rulebook
from patron.domains.categories import Categories
from patron.domains.metadata_schemas import check_metadata_schema
from patron.domains.promotions.model import (
    MOST_TIERS,
    SCHEMA,
    PromotionStack,
    PromotionTier,
    stacked,
)
from patron.domains.promotions.wire.given import Action, TierIn, TierPatch
from patron.domains.vouchers import PROMOTION, Campaign, Campaigns, check_dates, date_of, merged, same, validity_of
from patron.kernel.incentive_problems import invalid_campaign
from patron.kernel.problems import Problem, invalid_payload, not_found, resource_in_use

TIER_KIND = "promotion_tier"
STACK_KIND = "promotion_stack"

_encode = msgspec.json.encode
_decode = msgspec.json.decode
_DATES = {"start_date": "start_at", "expiration_date": "expires_at"}


def unknown_tier(tier_id: str) -> Problem:
    """404 in the reference's words."""
    return not_found(TIER_KIND, tier_id)


def unknown_stack(stack_id: str) -> Problem:
    """404 in the reference's words."""
    return not_found(STACK_KIND, stack_id)


def check_promotion(campaign: Campaign) -> None:
    """Refuse a campaign that has no tiers. Problem 400."""
    if campaign.campaign_type != PROMOTION:
        raise invalid_campaign(f"campaign: expected one of type {PROMOTION}, as it is of {campaign.campaign_type}")


def category_id_of(rulebook: Rulebook, given: Any) -> str | None:
    """The id of the category that a body names, by `category_id` or by name as `category`; None where it names none.

    Problem 404 for a category that is not there.
    """
    categories = Categories.of(rulebook)
    if given.category_id:
        if categories.get(given.category_id) is None:
            raise not_found("category", given.category_id)
        return str(given.category_id)
    name = getattr(given, "category", None)
    if not name:
        return None
    category = categories.named(name)
    if category is None:
        raise not_found("category", name)
    return category.id


def new_tier(rulebook: Rulebook, campaign: Campaign, tier_id: str, given: TierIn, now: int) -> PromotionTier:
    """The tier that was asked for, without its place. Problem 400 or 404 for what no tier can be."""
    metadata = given.metadata if isinstance(given.metadata, Mapping) else {}
    tier = PromotionTier(
        project_id=campaign.project_id,
        id=tier_id,
        campaign_id=campaign.id,
        name=given.name,
        banner=given.banner or None,
        discount=given.action.discount.told().decode(),
        metadata=_encode(metadata).decode(),
        hierarchy=0,
        active=0 if given.active is False else 1,
        start_at=date_of(given, "start_date"),
        expires_at=date_of(given, "expiration_date"),
        validity=validity_of(None, given),
        category_id=category_id_of(rulebook, given),
        in_bin=0,
        created_at=now,
        updated_at=None,
        deleted_at=None,
        version=0,
    )
    check_dates(tier)
    check_metadata_schema(rulebook, SCHEMA, metadata)
    return tier


def patched_tier(rulebook: Rulebook, tier: PromotionTier, patch: TierPatch) -> PromotionTier:
    """The tier after the patch, where it was; the very same one where the patch says nothing new.

    Problem 400 or 404 for what no tier can be.
    """
    changes: dict[str, Any] = {
        column: date_of(patch, field) for field, column in _DATES.items() if getattr(patch, field) is not UNSET
    }
    if isinstance(patch.name, str):
        changes["name"] = patch.name
    if patch.banner is not UNSET:
        changes["banner"] = patch.banner or None
    if patch.category_id is not UNSET or patch.category is not UNSET:
        changes["category_id"] = category_id_of(rulebook, patch)
    if isinstance(patch.action, Action):
        changes["discount"] = patch.action.discount.told().decode()
    if isinstance(patch.metadata, Mapping):
        changes["metadata"] = merged(tier.metadata, patch.metadata)
    changes["validity"] = validity_of(tier.validity, patch)
    news = {field: value for field, value in changes.items() if not same(getattr(tier, field), value)}
    if not news:
        return tier
    after = replace(tier, **news)
    check_dates(after)
    if "metadata" in news:
        check_metadata_schema(rulebook, SCHEMA, _decode(after.metadata))
    return after


def is_available(rulebook: Rulebook, tier: PromotionTier, now: int) -> bool:
    """Whether a tier is switched on, with its campaign, and within the dates of both."""
    campaign = Campaigns.of(rulebook).find(tier.campaign_id)
    return campaign is not None and all(each.active and _is_within(each, now) for each in (tier, campaign))


def _is_within(of: PromotionTier | Campaign, now: int) -> bool:
    return (of.start_at is None or of.start_at <= now) and (of.expires_at is None or now < of.expires_at)


def next_place(tiers: Iterable[PromotionTier]) -> int:
    """The place after all others."""
    return max((tier.hierarchy for tier in tiers), default=0) + 1


def making_room(others: Iterable[PromotionTier], place: int) -> list[PromotionTier]:
    """The tiers that go one place on, so that this place is free: the one that has it, and those right behind it."""
    by_place = {tier.hierarchy: tier for tier in others}
    moved = []
    while place in by_place:
        moved.append(replace(by_place[place], hierarchy=place + 1))
        place += 1
    return moved


def check_room(tiers: Sequence[PromotionTier], more: int = 1) -> None:
    """Refuse more tiers than a campaign may have. Problem 400."""
    if len(tiers) + more > MOST_TIERS:
        raise invalid_payload(f"promotion tiers: expected at most {MOST_TIERS} in a campaign")


def check_stacked(ids: Sequence[str], tiers: Iterable[PromotionTier]) -> None:
    """Refuse a stack of what are not tiers of its campaign, or of one twice. Problem 404 or 400."""
    known = {tier.id for tier in tiers}
    for tier_id in ids:
        if tier_id not in known:
            raise unknown_tier(tier_id)
    if len(set(ids)) < len(ids):
        raise invalid_payload("tiers.ids: expected each tier once")


def check_unused(tier: PromotionTier, stacks: Iterable[PromotionStack]) -> None:
    """Refuse to delete a tier that is in a stack. Problem 400 names the first such stack."""
    for stack in stacks:
        if tier.id in stacked(stack):
            raise resource_in_use(f"It is in the stack {stack.id}: take it out there first", TIER_KIND, tier.id)
