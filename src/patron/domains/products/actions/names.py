"""The two names that a product or SKU answers to, id and source_id: before and under lock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic

import msgspec

from patron.db.actions import Ctx, Need, Read, Wants
from patron.db.rows import Rows
from patron.db.statements import Statement
from patron.db.tables import R, Table
from patron.domains.products import store
from patron.domains.products.model import (
    PRODUCT_KEYS,
    PRODUCT_PREFIX,
    PRODUCTS,
    SKU_KEYS,
    SKU_PREFIX,
    SKUS,
    Product,
    Sku,
    SourceKey,
)
from patron.domains.products.wire import ProductIn, SkuIn
from patron.kernel.problems import Problem, not_found

_encode = msgspec.json.encode


@dataclass(frozen=True, slots=True)
class Named(Generic[R]):
    """A kind of rows with two names: how refusals call it, how its ids begin, and where it is looked up."""

    kind: str
    prefix: str
    table: Table[R]
    keys: Table[SourceKey]
    by_id: Statement[R]
    key: Statement[SourceKey]
    by_ids: Statement[R | None]
    owners: Statement[tuple[str, str | None]]

    def unknown(self, reference: str) -> Problem:
        """404 in the reference's words."""
        return not_found(self.kind, reference)


PRODUCT: Named[Product] = Named(
    "product",
    PRODUCT_PREFIX,
    PRODUCTS,
    PRODUCT_KEYS,
    store.PRODUCT,
    store.PRODUCT_KEY,
    store.PRODUCTS_BY_ID,
    store.PRODUCT_OWNERS,
)
SKU: Named[Sku] = Named("sku", SKU_PREFIX, SKUS, SKU_KEYS, store.SKU, store.SKU_KEY, store.SKUS_BY_ID, store.SKU_OWNERS)


async def find(named: Named[R], read: Read, project_id: str, reference: str) -> R:
    """The row with this id or source_id. An id wins; Problem 404 where neither is known."""
    found = None
    if reference.startswith(named.prefix):
        found = await read.one(named.by_id, project_id=project_id, id=reference)
    if found is None:
        key = await read.one(named.key, project_id=project_id, source_id=reference)
        if key is not None and key.owner_id is not None:
            found = await read.one(named.by_id, project_id=project_id, id=key.owner_id)
    if found is None:
        raise named.unknown(reference)
    return found


async def find_many(named: Named[R], read: Read, project_id: str, references: Iterable[str]) -> dict[str, R]:
    """The rows with these ids or source_ids, by the name that was asked for; an id wins, unknown ones are left out."""
    asked = sorted(set(references))
    owners = await read.all(named.owners, project_id=project_id, source_ids=_encode(asked).decode())
    ids = {source_id: owner_id for source_id, owner_id in owners if owner_id is not None}
    wanted = sorted({*asked, *ids.values()})
    rows = await read.all(named.by_ids, project_id=project_id, ids=_encode(wanted).decode())
    by_id = {named.table.key_of(row)[1]: row for row in rows if row is not None}
    found = {reference: by_id.get(reference) or by_id.get(ids.get(reference, "")) for reference in asked}
    return {reference: row for reference, row in found.items() if row is not None}


async def want(named: Named[R], read: Read, ctx: Ctx, wants: Wants, reference: str, *, to_delete: bool = False) -> str:
    """Name the row with this id or source_id; its id. Problem 404 where neither is known."""
    if reference.startswith(named.prefix):
        row = await read.one(named.by_id, project_id=ctx.project_id, id=reference)
        if row is not None:
            wants.lock(named.table, (ctx.project_id, reference), to_delete=to_delete)
            return reference
    key = await read.one(named.key, project_id=ctx.project_id, source_id=reference)
    if key is None or key.owner_id is None:
        raise named.unknown(reference)
    wants.lock(named.keys, (ctx.project_id, reference), to_delete=to_delete)
    wants.lock(named.table, (ctx.project_id, key.owner_id), to_delete=to_delete)
    return key.owner_id


def want_nobody(named: Named[R], ctx: Ctx, wants: Wants, reference: str) -> None:
    """Say that neither an id nor a source_id of this text was known: `found` then refuses, rather than `want`."""
    wants.lock(named.keys, (ctx.project_id, reference))


def found(named: Named[R], rows: Rows, ctx: Ctx, reference: str) -> R | Need:
    """The row that `want` named, under lock.

    `Need` where the source_id has become another one's since; Problem 404 where it is nobody's.
    """
    owner_id: str | None = reference
    if not rows.knows(named.table, (ctx.project_id, reference)):
        key = rows.get(named.keys, (ctx.project_id, reference))
        owner_id = None if key is None else key.owner_id
        if owner_id is not None and not rows.knows(named.table, (ctx.project_id, owner_id)):
            wants = Wants()
            wants.lock(named.table, (ctx.project_id, owner_id), to_delete=True)  # whichever verb asks, this is rare
            return Need(wants)
    row = None if owner_id is None else rows.get(named.table, (ctx.project_id, owner_id))
    if row is None:
        raise named.unknown(reference)
    return row


async def want_upsert(named: Named[R], read: Read, ctx: Ctx, wants: Wants, body: ProductIn | SkuIn, label: str) -> str:
    """Name the row that a body speaks of; the id that it has, or will have where it is to be created."""
    if body.id:
        wants.lock(named.table, (ctx.project_id, body.id))
        return body.id
    if not body.source_id:
        return ctx.id(named.prefix, label)
    key = await read.one(named.key, project_id=ctx.project_id, source_id=body.source_id)
    if key is None or key.owner_id is None:
        wants.make(named.keys, SourceKey(ctx.project_id, body.source_id, None))
        return ctx.id(named.prefix, label)
    wants.lock(named.keys, (ctx.project_id, body.source_id))
    wants.lock(named.table, (ctx.project_id, key.owner_id))
    return key.owner_id


async def want_imports(
    named: Named[R], read: Read, ctx: Ctx, wants: Wants, bodies: Sequence[ProductIn | SkuIn]
) -> None:
    """`want_upsert` for many, with one read.

    A source_id that is nobody's is not made first, as `want_upsert` does, but added in `apply`. Another process that
    takes it meanwhile has this unit refused and run again (docs/adr/0005).
    """
    given = sorted({body.source_id for body in bodies if body.source_id and not body.id})
    owners = dict(await read.all(named.owners, project_id=ctx.project_id, source_ids=_encode(given).decode()))
    for source_id in given:
        wants.lock(named.keys, (ctx.project_id, source_id))
    ids = {body.id for body in bodies} | set(owners.values())
    for row_id in sorted(each for each in ids if each):
        wants.lock(named.table, (ctx.project_id, row_id))


def missing_import(named: Named[R], rows: Rows, ctx: Ctx, body: ProductIn | SkuIn) -> Wants | None:
    """`missing` for one that `want_imports` has named."""
    if body.id or not body.source_id:
        return None
    key = rows.get(named.keys, (ctx.project_id, body.source_id))
    return None if key is None else missing(named, rows, ctx, body)


def missing(named: Named[R], rows: Rows, ctx: Ctx, body: ProductIn | SkuIn) -> Wants | None:
    """The rows that an upsert needs beyond those that were named, since the source_id changed hands; None: none."""
    if body.id or not body.source_id:
        return None
    wants = Wants()
    key = rows.get(named.keys, (ctx.project_id, body.source_id))
    if key is None:
        wants.make(named.keys, SourceKey(ctx.project_id, body.source_id, None))
        return wants
    if key.owner_id is not None and not rows.knows(named.table, (ctx.project_id, key.owner_id)):
        wants.lock(named.table, (ctx.project_id, key.owner_id))
        return wants
    return None


def known(named: Named[R], rows: Rows, ctx: Ctx, body: ProductIn | SkuIn) -> R | None:
    """The row that a body speaks of; None where it is to be created. Problem 404 for an unknown `id`."""
    if body.id:
        row = rows.get(named.table, (ctx.project_id, body.id))
        if row is None:
            raise named.unknown(body.id)
        return row
    if not body.source_id:
        return None
    key = rows.get(named.keys, (ctx.project_id, body.source_id))
    return None if key is None or key.owner_id is None else rows.get(named.table, (ctx.project_id, key.owner_id))


def take(named: Named[R], rows: Rows, ctx: Ctx, source_id: str, owner_id: str) -> None:
    """The source_id, which `known` has told to be nobody's, is this one's from now on; empty for none."""
    if source_id:
        is_free = rows.get(named.keys, (ctx.project_id, source_id)) is None
        (rows.add if is_free else rows.put)(named.keys, SourceKey(ctx.project_id, source_id, owner_id))


def want_taken(named: Named[R], ctx: Ctx, wants: Wants, source_id: str) -> None:
    """Say that this source_id will be `take`n, where it `is_free`."""
    if source_id:
        wants.make(named.keys, SourceKey(ctx.project_id, source_id, None))


def is_free(named: Named[R], rows: Rows, ctx: Ctx, source_id: str) -> bool:
    """Whether a source_id that `want_taken` named is nobody's, which no source_id always is."""
    key = rows.get(named.keys, (ctx.project_id, source_id)) if source_id else None
    return key is None or key.owner_id is None


def want_free(named: Named[R], ctx: Ctx, wants: Wants, source_id: str) -> None:
    """Say that this source_id will be nobody's."""
    if source_id:
        wants.lock(named.keys, (ctx.project_id, source_id), to_delete=True)


def is_freeable(named: Named[R], rows: Rows, ctx: Ctx, source_id: str) -> bool:
    """Whether `free` may be asked for this source_id."""
    return not source_id or rows.knows(named.keys, (ctx.project_id, source_id))


def free(named: Named[R], rows: Rows, ctx: Ctx, source_id: str) -> None:
    """The source_id is nobody's from now on."""
    if source_id:
        key = rows.get(named.keys, (ctx.project_id, source_id))
        assert key is not None
        rows.remove(named.keys, key)
