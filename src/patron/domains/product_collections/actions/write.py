"""Creating collections, changing and deleting them; one at a time in a project, since it may have so many only."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import msgspec
from msgspec import UNSET

from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.naming import Naming
from patron.db.rows import Rows
from patron.db.rulebook import Rulebook
from patron.domains.product_collections.actions.find import KIND, unknown
from patron.domains.product_collections.model import (
    MOST_COLLECTIONS,
    PREFIX,
    PRODUCT_COLLECTIONS,
    ProductCollection,
)
from patron.domains.product_collections.policy.filters import filter_of, junction_of
from patron.domains.product_collections.store import LIVE
from patron.domains.product_collections.wire import CollectionIn, CollectionOut, CollectionPatch, Entry, EntryIn
from patron.domains.products.model import PRODUCTS, SKUS, Sku
from patron.kernel.problems import invalid_payload, not_found, resource_in_use

SCOPE = "product_collections"


class Update(msgspec.Struct, frozen=True):
    """Changes of the collection with this id."""

    id: str
    patch: CollectionPatch


class Delete(msgspec.Struct, frozen=True):
    """The collection with this id."""

    id: str


async def _gather_create(_read: Read, ctx: Ctx, body: CollectionIn) -> Wants:
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    wants.scan(LIVE, scope=SCOPE, project_id=ctx.project_id)
    for entry in body.products or ():
        wants.lock(PRODUCTS if entry.object == "product" else SKUS, (ctx.project_id, entry.id))
    return wants


def _apply_create(rows: Rows, ctx: Ctx, given: CollectionIn) -> Outcome:
    if len(rows.scanned(LIVE, project_id=ctx.project_id)) >= MOST_COLLECTIONS:
        raise invalid_payload(f"product collections: expected at most {MOST_COLLECTIONS} in a project")
    collection = ProductCollection(
        project_id=ctx.project_id,
        id=ctx.id(PREFIX),
        name=given.name,
        type=given.type,
        products=_encode(_listed(rows, ctx, given.products or ())).decode() if given.type == "STATIC" else None,
        filter=_kept(given.filter, rows.rulebook)
        if isinstance(given.filter, Mapping) and given.type == "AUTO_UPDATE"
        else None,
        created_at=ctx.now,
        updated_at=None,
        deleted_at=None,
        version=rows.next_version(),
    )
    rows.add(PRODUCT_COLLECTIONS, collection)
    return _shown(collection)


def _listed(rows: Rows, ctx: Ctx, given: Sequence[EntryIn]) -> list[Entry]:
    """What a static collection lists for these, each once. Problem 404 for a product or SKU that is not there."""
    entries: dict[str, Entry] = {}
    for each in given:
        key = (ctx.project_id, each.id)
        row = rows.get(PRODUCTS, key) if each.object == "product" else rows.get(SKUS, key)
        if row is None:
            raise not_found(each.object, each.id)
        product_id = row.product_id if isinstance(row, Sku) else UNSET
        entries[row.id] = Entry(id=row.id, product_id=product_id, object=each.object)
    return list(entries.values())


async def _gather_update(_read: Read, ctx: Ctx, body: Update) -> Wants:
    return _wants(ctx, body.id)


def _apply_update(rows: Rows, ctx: Ctx, body: Update) -> Outcome:
    collection = _named(rows, ctx, body.id)
    after = _patched(collection, body.patch, rows.rulebook)
    if after == collection:
        return _shown(collection)
    after = msgspec.structs.replace(after, updated_at=ctx.now, version=rows.next_version())
    rows.put(PRODUCT_COLLECTIONS, after)
    return _shown(after)


def _patched(collection: ProductCollection, patch: CollectionPatch, rulebook: Rulebook) -> ProductCollection:
    changes: dict[str, Any] = {}
    if isinstance(patch.name, str):
        changes["name"] = patch.name
    if isinstance(patch.filter, Mapping):
        if collection.filter is None:
            raise invalid_payload("filter: expected none for a STATIC collection")
        kept = _kept(patch.filter, rulebook)
        same = msgspec.json.decode(kept) == msgspec.json.decode(collection.filter)
        changes["filter"] = collection.filter if same else kept
    return msgspec.structs.replace(collection, **changes)


async def _gather_delete(_read: Read, ctx: Ctx, body: Delete, naming: Naming) -> Wants:
    wants = _wants(ctx, body.id)
    naming.want(wants, ctx.project_id, body.id)
    return wants


def _delete(rows: Rows, ctx: Ctx, body: Delete, naming: Naming) -> Outcome:
    collection = _named(rows, ctx, body.id)
    name = naming.namer(rows, ctx.project_id, collection.id)
    if name is not None:
        raise resource_in_use(f"{collection.id}: expected to be named by nothing, and {name} does", KIND, collection.id)
    ended = msgspec.structs.replace(collection, deleted_at=ctx.now, version=rows.next_version())
    rows.put(PRODUCT_COLLECTIONS, ended)
    return Reply(204)


def _wants(ctx: Ctx, collection_id: str) -> Wants:
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    wants.lock(PRODUCT_COLLECTIONS, (ctx.project_id, collection_id))
    return wants


def _named(rows: Rows, ctx: Ctx, collection_id: str) -> ProductCollection:
    collection = rows.get(PRODUCT_COLLECTIONS, (ctx.project_id, collection_id))
    if collection is None or collection.deleted_at is not None:
        raise unknown(collection_id)
    return collection


def _kept(given: Mapping[str, Any], rulebook: Rulebook) -> str:
    """A filter as it is stored. Problem 400 where it cannot be used."""
    filter_of(given, rulebook)
    return _encode({**given, "junction": junction_of(given)}).decode()


def _shown(collection: ProductCollection) -> Reply:
    return Reply(200, _encode(CollectionOut.of(collection)))


_encode = msgspec.json.encode

CREATE = Action("product_collections.create", _gather_create, _apply_create)
"""Body: `CollectionIn`. Answers 200 with the collection; Problem 404 for a product or SKU that is not there, 400 for a
filter that cannot be used, or one too many.
"""

UPDATE = Action("product_collections.update", _gather_update, _apply_update)
"""Body: `Update`. Answers 200 with the collection; Problem 404 for an unknown one."""


def deleting(naming: Naming) -> Action[Delete]:
    """The verb that deletes a collection, unless something names it.

    Body: `Delete`. Answers 204; Problem 404 for an unknown one, 400 for one in use.
    """
    return Action("product_collections.delete", partial(_gather_delete, naming=naming), partial(_delete, naming=naming))
