"""Categories as they are stored, and the stacking rules that speak of them. Both are content of the rulebook."""

from collections.abc import Mapping

import msgspec

from patron.db.rulebook import Part, Rulebook
from patron.db.tables import Json, Table

PREFIX = "cat_"
MOST_CATEGORIES = 500
"""In one project."""

SCOPE = "categories"
"""Whoever adds or deletes a category, or writes down its id in the stacking rules, does so alone in a unit."""


class Category(msgspec.Struct, frozen=True):
    """A group of redeemables; of a lower `hierarchy` it comes first (spec I 2.3). Times are epoch ms.

    No two live categories have one name.
    """

    project_id: str
    id: str
    name: str
    hierarchy: int
    created_at: int
    updated_at: int | None
    deleted_at: int | None
    version: int


class StackingRulesRow(msgspec.Struct, frozen=True):
    """The project's document of stacking rules (spec I 3.3), of which there is one; without it the defaults hold.

    `rules` is a JSON object: lists of ids of categories, and limits by them, stand in it beside numbers and words.
    """

    project_id: str
    id: str
    rules: Json
    created_at: int
    updated_at: int | None
    deleted_at: int | None
    version: int


CATEGORIES = Table(Category, "categories", rank=660, indexes={"version": ("project_id", "version")})
STACKING_RULES = Table(
    StackingRulesRow,
    "stacking_rules",
    rank=662,
    key=("project_id",),
    indexes={"version": ("project_id", "version")},
)

PARTS = (Part(CATEGORIES), Part(STACKING_RULES))
"""What of this domain every process holds in its rulebooks."""


class Categories:
    """The categories of one rulebook, by id and by name."""

    def __init__(self, rulebook: Rulebook) -> None:
        categories = rulebook.rows(CATEGORIES).values()
        self._by_id: Mapping[str, Category] = {category.id: category for category in categories}
        self._by_name: Mapping[str, Category] = {category.name: category for category in categories}

    @classmethod
    def of(cls, rulebook: Rulebook) -> "Categories":
        """The categories of this rulebook; made once for it."""
        return rulebook.derived(cls)

    def get(self, category_id: str | None) -> Category | None:
        """The category with this id; None where there is none, or none any more."""
        return None if category_id is None else self._by_id.get(category_id)

    def named(self, name: str) -> Category | None:
        """The category with this name."""
        return self._by_name.get(name)
