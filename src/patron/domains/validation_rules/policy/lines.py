"""The lines of an order as rules know them: by every name of their products, and by collections that they are in."""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from patron.db.rulebook import Rulebook
from patron.domains.orders import Catalogue
from patron.domains.orders.wire import ItemOut
from patron.domains.product_collections import PRODUCT_COLLECTIONS, membership
from patron.domains.products import Product, Sku
from patron.engine.rules.facts import Line

_decode = msgspec.json.decode


def lines_of(
    items: Sequence[ItemOut], catalogue: Catalogue, rulebook: Rulebook, now: int, things: Collection[str]
) -> tuple[Line, ...]:
    """The lines at a moment (epoch ms). Of collections, those alone that are among `things`, which rules name."""
    products = {row.id: row for row in catalogue.products.values()}
    skus = {row.id: row for row in catalogue.skus.values()}
    rows = rulebook.rows(PRODUCT_COLLECTIONS).values()
    tests = [(each.id, membership(each, rulebook, now)) for each in rows if each.id in things]
    lines = []
    for item in items:
        product, sku = products.get(item.product_id or ""), skus.get(item.sku_id or "")
        known = [row for row in (sku, product) if row is not None]
        of_product, of_sku = _names(item.product_id, item.product, product), _names(item.sku_id, item.sku, sku)
        collections = [name for name, is_in in tests if any(is_in(row) for row in known)]
        lines.append(_line(item, of_product, of_sku, collections, _metadata(item, product, sku)))
    return tuple(lines)


def _line(
    item: ItemOut, products: list[str], skus: list[str], collections: list[str], metadata: dict[str, Any]
) -> Line:
    return Line(
        products=products,
        skus=skus,
        names=[*skus, *products, *collections],
        quantity=1 if item.quantity is UNSET else item.quantity,
        price=None if item.price is UNSET else item.price,
        amount=None if item.amount is UNSET else item.amount,
        own={"metadata": item.metadata or {}},
        product={"metadata": metadata},
    )


def _names(own_id: Any, said: Any, row: Product | Sku | None) -> list[str]:
    given = [own_id, getattr(said, "id", UNSET), getattr(said, "source_id", UNSET)]
    stored = [] if row is None else [row.id, row.source_id]
    return list(dict.fromkeys(each for each in (*given, *stored) if isinstance(each, str) and each))


def _metadata(item: ItemOut, product: Product | None, sku: Sku | None) -> dict[str, Any]:
    """The metadata of the product and of the SKU, which wins; over both wins what the line itself says."""
    stored = [_decode(row.metadata) for row in (product, sku) if row is not None]
    sent = [part.metadata for part in (item.product, item.sku) if part and part.metadata]
    return {key: value for part in (*stored, *sent) for key, value in part.items()}
