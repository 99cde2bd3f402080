"""Tiers and stacks as they are sent: to create one, and to change it (spec I 2.3)."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.promotions.model import MOST_STACKED, MOST_TIERS
from patron.domains.vouchers.wire.discount import Discount
from patron.domains.vouchers.wire.given import Limited, Reference

Name = Annotated[str, Meta(min_length=1, max_length=500)]
Banner = Annotated[str, Meta(max_length=5_000)]
Hierarchy = Annotated[int, Meta(ge=0, le=1_000_000, description="Of a lower one it is tried first.")]


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """What a tier does."""

    discount: Discount


class _Defined(Limited, frozen=True, kw_only=True):
    """What may be said of a tier when it is created and when it is changed."""

    banner: Banner | None | UnsetType = UNSET
    hierarchy: Hierarchy | None | UnsetType = UNSET


class TierIn(_Defined, frozen=True, kw_only=True):
    """A tier to create. Without a `hierarchy` it comes after all others of its campaign. Null is as absent."""

    name: Name
    action: Action
    active: bool | None | UnsetType = UNSET
    validation_rules: Annotated[list[Reference], Meta(max_length=1)] | None | UnsetType = UNSET


class TierPatch(_Defined, frozen=True, kw_only=True):
    """Changes of a tier: what is absent stays as it is; null clears a date, a limit of validity, a text or a category.

    A null for `name`, `action`, `metadata` or `hierarchy` changes nothing. Metadata merges by key; a discount replaces
    the one before.
    """

    name: Name | None | UnsetType = UNSET
    action: Action | None | UnsetType = UNSET


class PromotionIn(msgspec.Struct, frozen=True, kw_only=True):
    """The tiers that a campaign is created with, in the order of their hierarchy where they say none."""

    tiers: Annotated[list[TierIn], Meta(max_length=MOST_TIERS)] | None | UnsetType = UNSET


class StackedIn(msgspec.Struct, frozen=True, kw_only=True):
    """The tiers of a stack, in the order in which they are applied."""

    ids: Annotated[list[Reference], Meta(min_length=1, max_length=MOST_STACKED)]
    hierarchy_mode: Literal["MANUAL"] | None | UnsetType = UNSET


class StackIn(msgspec.Struct, frozen=True, kw_only=True):
    """A stack to create. Null is as absent."""

    name: Name
    tiers: StackedIn
    category_id: Reference | None | UnsetType = UNSET


class StackPatch(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of a stack: what is absent stays as it is; null clears the category, and changes nothing else."""

    name: Name | None | UnsetType = UNSET
    tiers: StackedIn | None | UnsetType = UNSET
    category_id: Reference | None | UnsetType = UNSET
