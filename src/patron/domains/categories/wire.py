"""What is sent and answered of categories (spec I 2.3)."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.categories.model import Category
from patron.kernel.clock import to_iso

Name = Annotated[str, Meta(min_length=1, max_length=500, description="Unique in the project; case counts.")]
Hierarchy = Annotated[int, Meta(ge=0, le=1_000_000, description="Of a lower one it comes first.")]


class CategoryIn(msgspec.Struct, frozen=True, kw_only=True):
    """A category to create, or what one is to be from now on."""

    name: Name
    hierarchy: Hierarchy


class DeleteQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the stacking rules may speak of what is deleted."""

    remove_from_stacking_rules: Annotated[
        bool, Meta(description="Take the category out of the stacking rules, if they speak of it.")
    ] = False


class CategoryOut(msgspec.Struct, frozen=True, kw_only=True):
    """The whole category; `updated_at` once it was changed."""

    id: str
    name: str
    hierarchy: int
    created_at: str
    updated_at: str | UnsetType = UNSET
    object: Literal["category"] = "category"

    @classmethod
    def of(cls, category: Category) -> "CategoryOut":
        """The answer for a stored category."""
        return cls(
            id=category.id,
            name=category.name,
            hierarchy=category.hierarchy,
            created_at=to_iso(category.created_at),
            updated_at=UNSET if category.updated_at is None else to_iso(category.updated_at),
        )


class CategoryList(msgspec.Struct, frozen=True, kw_only=True):
    """All categories, the newest first."""

    object: Literal["list"] = "list"
    data_ref: Literal["data"] = "data"
    data: list[CategoryOut]
    total: Annotated[int, Meta(ge=0)]


def told(category: Category | None) -> list[CategoryOut]:
    """The `categories` of what is of this one, or of none."""
    return [] if category is None else [CategoryOut.of(category)]
