"""Promotion tiers and stacks as they are stored, and what moves with them.

Tiers and stacks are content of the rulebook, so no count is in them: `PromotionTierTotals` move with redemptions.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final, TypeVar

import msgspec

from patron.db.rulebook import Part, Rulebook
from patron.db.tables import Json, Partial, Table

TIER_PREFIX = "promo_"
STACK_PREFIX = "stack_"
MOST_TIERS = 100
"""Of one campaign."""
MOST_STACKS = 100
"""Of one campaign."""
MOST_STACKED = 30
"""Tiers in a stack, as in the reference."""

SCHEMA: Final = "promotion_tier"
"""The resource whose metadata schema holds for tiers."""


class PromotionTier(msgspec.Struct, frozen=True):
    """A discount that needs no code, in a campaign of type PROMOTION (spec I 2.3). Times are epoch ms.

    `hierarchy` says when it is tried, lower first; no two live tiers of a campaign have the same. `discount` is JSON as
    it is told, `validity` as a voucher's. `active` and `in_bin` are 0 or 1; `in_bin` of one that waits in the bin with
    its campaign. `updated_at` is None until the first change.
    """

    project_id: str
    id: str
    campaign_id: str
    name: str
    banner: str | None
    discount: Json
    metadata: Json
    hierarchy: int
    active: int
    start_at: int | None
    expires_at: int | None
    validity: Json | None
    category_id: str | None
    in_bin: int
    created_at: int
    updated_at: int | None
    deleted_at: int | None
    version: int


class PromotionStack(msgspec.Struct, frozen=True):
    """Tiers of one campaign that are applied together, in the order of `tier_ids`, a JSON array (spec I 2.3)."""

    project_id: str
    id: str
    campaign_id: str
    name: str
    tier_ids: Json
    category_id: str | None
    in_bin: int
    created_at: int
    updated_at: int | None
    deleted_at: int | None
    version: int


class PromotionTierTotals(msgspec.Struct, frozen=True):
    """What was done with a tier, in sums that move with redemptions; amounts in minor units.

    `total_amount` is what the orders came to before discounts, `total_discount_amount` what the tier took off them.
    The row stays when its tier is deleted, since a rollback may still give back.
    """

    project_id: str
    tier_id: str
    total_redeemed: int = 0
    total_amount: int = 0
    total_discount_amount: int = 0


_LIVE = "deleted_at IS NULL"
PROMOTION_TIERS = Table(
    PromotionTier,
    "promotion_tiers",
    rank=740,
    indexes={"version": ("project_id", "version")},
    partial={
        "live": Partial(("project_id", "campaign_id", "id"), _LIVE),
        "bin": Partial(("project_id", "campaign_id", "id"), "in_bin = 1"),
    },
)
PROMOTION_STACKS = Table(
    PromotionStack,
    "promotion_stacks",
    rank=742,
    indexes={"version": ("project_id", "version")},
    partial={
        "live": Partial(("project_id", "campaign_id", "id"), _LIVE),
        "bin": Partial(("project_id", "campaign_id", "id"), "in_bin = 1"),
    },
)
PROMOTION_TIER_TOTALS = Table(PromotionTierTotals, "promotion_tier_totals", rank=744, key=("project_id", "tier_id"))

PARTS = (Part(PROMOTION_TIERS), Part(PROMOTION_STACKS))
"""What of this domain every process holds in its rulebooks."""

_ids = msgspec.json.Decoder(list[str]).decode


def stacked(stack: PromotionStack) -> list[str]:
    """The ids of a stack's tiers, in the order of application."""
    return _ids(stack.tier_ids)


def age_of(row: PromotionTier | PromotionStack) -> str:
    """What tiers and stacks sort by when they are put in the order in which they were made: the id without prefix."""
    return row.id.partition("_")[2]


class Promotions:
    """The tiers and stacks of one rulebook."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._tiers: Mapping[str, PromotionTier] = {tier.id: tier for tier in rulebook.rows(PROMOTION_TIERS).values()}
        self._stacks = {stack.id: stack for stack in rulebook.rows(PROMOTION_STACKS).values()}
        self._of_campaign: dict[str, list[PromotionTier]] = defaultdict(list)
        for tier in sorted(self._tiers.values(), key=lambda each: (each.hierarchy, each.id)):
            self._of_campaign[tier.campaign_id].append(tier)
        self._stacks_of_campaign: dict[str, list[PromotionStack]] = defaultdict(list)
        for stack in self._stacks.values():
            self._stacks_of_campaign[stack.campaign_id].append(stack)

    @classmethod
    def of(cls, rulebook: Rulebook) -> "Promotions":
        """The tiers and stacks of this rulebook; made once for it."""
        return rulebook.derived(cls)

    def tier(self, tier_id: str) -> PromotionTier | None:
        """The tier with this id."""
        return self._tiers.get(tier_id)

    def tiers(self) -> list[PromotionTier]:
        """All tiers of the project."""
        return list(self._tiers.values())

    def tiers_of(self, campaign_id: str) -> Sequence[PromotionTier]:
        """The tiers of a campaign, by hierarchy."""
        return self._of_campaign.get(campaign_id, ())

    def stack(self, stack_id: str) -> PromotionStack | None:
        """The stack with this id."""
        return self._stacks.get(stack_id)

    def stacks(self) -> list[PromotionStack]:
        """All stacks of the project."""
        return list(self._stacks.values())

    def stacks_of(self, campaign_id: str) -> Sequence[PromotionStack]:
        """The stacks of a campaign."""
        return self._stacks_of_campaign.get(campaign_id, ())

    def older_tiers(self, age: str) -> Iterator[PromotionTier]:
        """Tiers that were made before this (see `age_of`), the newest first; as far as they are taken."""
        return _older(self._tiers_by_age, age)

    def older_stacks(self, age: str) -> Iterator[PromotionStack]:
        """Stacks likewise."""
        return _older(self._stacks_by_age, age)

    @cached_property
    def _tiers_by_age(self) -> list[PromotionTier]:
        return sorted(self._tiers.values(), key=age_of)

    @cached_property
    def _stacks_by_age(self) -> list[PromotionStack]:
        return sorted(self._stacks.values(), key=age_of)


E = TypeVar("E", PromotionTier, PromotionStack)


def _older(by_age: list[E], age: str) -> Iterator[E]:
    last = bisect_left(by_age, age, key=age_of)
    return (by_age[place] for place in range(last - 1, -1, -1))
