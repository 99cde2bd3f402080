"""Going through all products and SKUs, as whoever looks for some of them does."""

from typing import Any

from patron.db.actions import Read
from patron.domains.products.model import Product, Sku
from patron.domains.products.store import products_page, skus_page


async def catalogue(
    read: Read, project_id: str, *, down: bool, after: tuple[int, str] | None, limit: int
) -> list[Product | Sku]:
    """The next products and SKUs together, so many at most, by the moment of creation and the id.

    `down` begins with the newest. `after` is the moment (epoch ms) and id of the last one before.
    """
    order = "-created_at" if down else "created_at"
    here: dict[str, Any] = {} if after is None else {"value": after[0], "id": after[1]}
    question = {"project_id": project_id, "limit": limit, "offset": 0, **here}
    pages = (products_page(order, (), bool(here)), question), (skus_page(order, (), bool(here)), question)
    products, skus = await read.snapshot(*pages)
    rows: list[Product | Sku] = [*products, *skus]
    return sorted(rows, key=lambda row: (row.created_at, row.id), reverse=down)[:limit]
