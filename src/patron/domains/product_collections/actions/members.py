"""Listing what is in a collection, as it is at the moment of asking."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from patron.db.actions import Ctx, Read
from patron.domains.product_collections.actions.find import find
from patron.domains.product_collections.model import ProductCollection
from patron.domains.product_collections.policy.filters import Predicate
from patron.domains.product_collections.policy.membership import entries_of, membership
from patron.domains.product_collections.wire import MembersQuery
from patron.domains.products import Product, Sku, catalogue, find_products, find_skus
from patron.http.cursors import Cursors
from patron.http.queries import moment_of
from patron.kernel.problems import invalid_query_params

AT_A_TIME = 500
MOST_LOOKED_AT = 10_000
"""Products and SKUs that one request looks at for a page, and for a total."""

_AFTER_ALL_IDS = "~"
"""Sorts after every id, as these are letters and digits."""

Place = tuple[int, str]
"""Where an entry stands: when it was created (epoch ms), and its id."""


@dataclass(frozen=True, slots=True)
class Members:
    """A page: its entries, the products of the SKUs among them by id, how many were found in all, where it goes on."""

    entries: list[Product | Sku]
    products: dict[str, Product]
    total: int
    next_cursor: str | None


async def list_members(read: Read, ctx: Ctx, collection_id: str, query: MembersQuery, cursors: Cursors) -> Members:
    """The page that a query asks for. Problem 404 for an unknown collection, 400 for a parameter of no use."""
    collection = await find(read, ctx.project_id, collection_id)
    sought = _Sought(collection, membership(collection, read.rulebook, ctx.now))
    down = query.order.startswith("-")
    after = _after(query, cursors, collection_id)
    page = await _page(read, sought, query, down=down, after=after)
    total = page.found if after is None and page.at_end else await _total(read, sought, down=down)
    products = await find_products(
        read, ctx.project_id, [row.product_id for row in page.entries if isinstance(row, Sku)]
    )
    goes_on = None if page.at_end or page.place is None else cursors.seal((collection_id, query.order, *page.place))
    return Members(page.entries, products, total, goes_on)


@dataclass(frozen=True, slots=True)
class _Sought:
    """A collection, and the test of who is in it."""

    collection: ProductCollection
    is_in: Predicate


@dataclass(slots=True)
class _Page:
    """What was found for a page so far: how many before and in it, the place of the last one that was looked at."""

    entries: list[Product | Sku]
    found: int = 0
    place: Place | None = None
    at_end: bool = True


async def _page(read: Read, sought: _Sought, query: MembersQuery, *, down: bool, after: Place | None) -> _Page:
    page = _Page([])
    async for row, is_in in _looked_at(read, sought, down=down, after=after):
        if is_in and len(page.entries) == query.limit:
            page.at_end = False
            return page
        page.place = (row.created_at, row.id)
        page.found += is_in
        if is_in and page.found > query.offset:
            page.entries.append(row)
    page.at_end = page.place is None or await _is_last(read, sought.collection, page.place, down=down)
    return page


async def _total(read: Read, sought: _Sought, *, down: bool) -> int:
    return sum([is_in async for _, is_in in _looked_at(read, sought, down=down, after=None)])


async def _looked_at(
    read: Read, sought: _Sought, *, down: bool, after: Place | None
) -> AsyncIterator[tuple[Product | Sku, bool]]:
    """Candidates in order, each with whether it is in the collection: so many at most."""
    collection = sought.collection
    if collection.filter is None:
        for row in await _listed(read, collection, down=down, after=after):
            yield row, True
        return
    looked_at = 0
    while looked_at < MOST_LOOKED_AT:
        rows = await catalogue(read, collection.project_id, down=down, after=after, limit=AT_A_TIME)
        for row in rows:
            yield row, sought.is_in(row)
        looked_at += len(rows)
        if len(rows) < AT_A_TIME:
            return
        after = (rows[-1].created_at, rows[-1].id)


async def _is_last(read: Read, collection: ProductCollection, place: Place, *, down: bool) -> bool:
    """Whether nothing lies beyond a place that a whole look has come to."""
    if collection.filter is None:
        return True
    return not await catalogue(read, collection.project_id, down=down, after=place, limit=1)


async def _listed(read: Read, collection: ProductCollection, *, down: bool, after: Place | None) -> list[Product | Sku]:
    """What a static collection lists and is still there, in order, beyond a place."""
    entries = entries_of(collection)
    ids = {kind: [entry.id for entry in entries if entry.object == kind] for kind in ("product", "sku")}
    products = await find_products(read, collection.project_id, ids["product"])
    skus = await find_skus(read, collection.project_id, ids["sku"])
    rows: list[Product | Sku] = [*products.values(), *skus.values()]
    rows.sort(key=_place, reverse=down)
    if after is None:
        return rows
    return [row for row in rows if (_place(row) < after if down else _place(row) > after)]


def _place(row: Product | Sku) -> Place:
    return row.created_at, row.id


def _after(query: MembersQuery, cursors: Cursors, collection_id: str) -> Place | None:
    if query.cursor is not None:
        of, order, created_at, row_id = cursors.open(query.cursor)
        if (of, order) != (collection_id, query.order):
            raise invalid_query_params("cursor: expected the collection and order of the page that it came with")
        assert isinstance(created_at, int)
        return created_at, str(row_id)
    if query.starting_after is not None:
        moment = moment_of("starting_after", query.starting_after)
        return moment, "" if query.order.startswith("-") else _AFTER_ALL_IDS
    return None
