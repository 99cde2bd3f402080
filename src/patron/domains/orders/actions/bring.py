"""Products and SKUs that come along with an order's lines (spec I 5).

Those that are known are looked up, without a lock, when the lines come; those with `override` are created or changed
in the unit of the order.
"""

from collections.abc import Sequence

from patron.db.actions import Ctx, Read, Wants
from patron.db.rows import Rows
from patron.domains.orders.items import Brought, Catalogue, name_of, related
from patron.domains.orders.wire import ItemOut, OrderPatch
from patron.domains.products import (
    find_products,
    find_skus,
    missing,
    missing_sku,
    upsert,
    upsert_sku,
    want_sku_upsert,
    want_upsert,
)
from patron.domains.products.model import PRODUCTS
from patron.kernel.problems import not_found


async def catalogue_of(read: Read, project_id: str, orders: Sequence[OrderPatch]) -> Catalogue:
    """The products and SKUs that the lines of these orders speak of, as far as they are known."""
    items = [item for order in orders for item in order.items or ()]
    sku_names = {name for item in items if (name := name_of(item, "sku"))}
    skus = await find_skus(read, project_id, sku_names) if sku_names else {}
    names = {name for item in items if (name := name_of(item, "product"))}
    names |= {sku.product_id for sku in skus.values()}
    return Catalogue(await find_products(read, project_id, names) if names else {}, skus)


async def want_brought(read: Read, ctx: Ctx, wants: Wants, lines: Sequence[Brought], label: str = "") -> None:
    """Name the rows of the products and SKUs that lines bring."""
    for line in lines:
        if line.product is not None:
            await want_upsert(read, ctx, wants, line.product, f"{label}{line.n}")
        if line.sku is not None:
            await want_sku_upsert(read, ctx, wants, line.sku, f"{label}{line.n}")
        if line.owner is not None:
            wants.lock(PRODUCTS, (ctx.project_id, line.owner))


def missing_brought(rows: Rows, ctx: Ctx, lines: Sequence[Brought]) -> list[Wants]:
    """What `bring` needs beyond what was named."""
    lacking = [missing(rows, ctx, line.product) for line in lines if line.product is not None]
    lacking += [missing_sku(rows, ctx, line.sku) for line in lines if line.sku is not None]
    return [wants for wants in lacking if wants is not None]


def bring(
    rows: Rows, ctx: Ctx, lines: Sequence[Brought], items: list[ItemOut] | None, label: str = ""
) -> list[ItemOut] | None:
    """Create and change what the lines bring; all lines of the order with the ids that it has.

    Problem 400, 404 or 409.
    """
    if items is None:
        return None
    after = list(items)
    for line in lines:
        after[line.n] = _bring(rows, ctx, line, items[line.n], f"{label}{line.n}")
    return after


def _bring(rows: Rows, ctx: Ctx, line: Brought, item: ItemOut, label: str) -> ItemOut:
    product = None if line.product is None else upsert(rows, ctx, line.product, label)
    if line.sku is None:
        return related(item, product, None)
    owner = product or rows.get(PRODUCTS, (ctx.project_id, line.owner or ""))
    if owner is None:
        raise not_found("product", line.owner or "")
    return related(item, product, upsert_sku(rows, ctx, owner, line.sku, label))
