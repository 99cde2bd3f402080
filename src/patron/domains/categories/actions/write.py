"""Creating categories, changing and deleting them; one at a time in a project, as no two have one name."""

import msgspec
from msgspec.structs import replace

from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.categories.model import (
    CATEGORIES,
    MOST_CATEGORIES,
    PREFIX,
    SCOPE,
    STACKING_RULES,
    Category,
)
from patron.domains.categories.policy import KIND, names, unknown, without
from patron.domains.categories.store import LIVE
from patron.domains.categories.wire import CategoryIn, CategoryOut
from patron.kernel.problems import duplicate_found, invalid_payload, resource_in_use


class Update(msgspec.Struct, frozen=True):
    """What the category with this id is to be."""

    id: str
    category: CategoryIn


class Delete(msgspec.Struct, frozen=True):
    """The category with this id, and whether it may go out of the stacking rules."""

    id: str
    remove_from_stacking_rules: bool


def _wants(ctx: Ctx) -> Wants:
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    wants.scan(LIVE, scope=SCOPE, project_id=ctx.project_id)
    return wants


async def _gather_create(_read: Read, ctx: Ctx, _body: CategoryIn) -> Wants:
    return _wants(ctx)


def _apply_create(rows: Rows, ctx: Ctx, body: CategoryIn) -> Outcome:
    others = rows.scanned(LIVE, project_id=ctx.project_id)
    if len(others) >= MOST_CATEGORIES:
        raise invalid_payload(f"categories: expected at most {MOST_CATEGORIES} in a project")
    _check_name(others, body.name)
    category = Category(
        project_id=ctx.project_id,
        id=ctx.id(PREFIX),
        name=body.name,
        hierarchy=body.hierarchy,
        created_at=ctx.now,
        updated_at=None,
        deleted_at=None,
        version=rows.next_version(),
    )
    rows.add(CATEGORIES, category)
    return _shown(category)


async def _gather_update(_read: Read, ctx: Ctx, body: Update) -> Wants:
    wants = _wants(ctx)
    wants.lock(CATEGORIES, (ctx.project_id, body.id))
    return wants


def _apply_update(rows: Rows, ctx: Ctx, body: Update) -> Outcome:
    category = _named(rows, ctx, body.id)
    others = [each for each in rows.scanned(LIVE, project_id=ctx.project_id) if each.id != category.id]
    _check_name(others, body.category.name)
    after = replace(category, name=body.category.name, hierarchy=body.category.hierarchy)
    if after != category:
        after = replace(after, updated_at=ctx.now, version=rows.next_version())
        rows.put(CATEGORIES, after)
    return _shown(after)


async def _gather_delete(_read: Read, ctx: Ctx, body: Delete) -> Wants:
    wants = _wants(ctx)
    wants.lock(CATEGORIES, (ctx.project_id, body.id))
    wants.lock(STACKING_RULES, (ctx.project_id,))
    return wants


def _apply_delete(rows: Rows, ctx: Ctx, body: Delete) -> Outcome:
    category = _named(rows, ctx, body.id)
    version = rows.next_version()
    rules = rows.get(STACKING_RULES, (ctx.project_id,))
    if rules is not None and rules.deleted_at is None and names(rules.rules, category.id):
        if not body.remove_from_stacking_rules:
            details = f"The stacking rules {rules.id} speak of it: send remove_from_stacking_rules=true to take it out"
            raise resource_in_use(details, KIND, category.id)
        left = without(rules.rules, category.id)
        rows.put(STACKING_RULES, replace(rules, rules=left, updated_at=ctx.now, version=version))
    rows.put(CATEGORIES, replace(category, deleted_at=ctx.now, version=version))
    return Reply(204)


def _named(rows: Rows, ctx: Ctx, category_id: str) -> Category:
    category = rows.get(CATEGORIES, (ctx.project_id, category_id))
    if category is None or category.deleted_at is not None:
        raise unknown(category_id)
    return category


def _check_name(others: list[Category], name: str) -> None:
    if any(each.name == name for each in others):
        raise duplicate_found(KIND, "name", name)


def _shown(category: Category) -> Reply:
    return Reply(200, msgspec.json.encode(CategoryOut.of(category)))


CREATE = Action("categories.create", _gather_create, _apply_create)
"""Body: `CategoryIn`. Answers 200 with the category; Problem 409 for a name that one has, 400 for one too many."""

UPDATE = Action("categories.update", _gather_update, _apply_update)
"""Body: `Update`. Answers 200 with the category; Problem 404 for an unknown one, 409 for a name that another has."""

DELETE = Action("categories.delete", _gather_delete, _apply_delete)
"""Body: `Delete`. Answers 204; Problem 404 for an unknown one, 400 while the stacking rules speak of it.

What was of the category stays as it is, and is of none from now on.
"""
