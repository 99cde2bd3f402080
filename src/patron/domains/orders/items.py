"""The lines of an order: which product and SKU each speaks of, and what it costs. Pure decisions (spec I 3.4, 5)."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from patron.domains.orders.wire import LARGEST_AMOUNT, ItemIn, ItemOut, OrderPatch, ProductOut, SkuOut
from patron.domains.products.model import Product, Sku
from patron.domains.products.wire import ProductIn, SkuIn
from patron.kernel.problems import invalid_payload, not_found

Kind = Literal["product", "sku"]


class Catalogue(msgspec.Struct, frozen=True):
    """The products and SKUs that lines speak of, by every name that they do it by; unknown ones are absent."""

    products: Mapping[str, Product] = {}
    skus: Mapping[str, Sku] = {}


def name_of(item: ItemIn, kind: Kind) -> str | None:
    """The id or source_id by which a line names its product or SKU: the first that is given."""
    part = getattr(item, kind)
    own = item.source_id if item.related_object == kind else None
    names = (_part(part, "id"), getattr(item, f"{kind}_id"), _part(part, "source_id"), own)
    return next((name for name in names if isinstance(name, str)), None)


class Brought(msgspec.Struct, frozen=True):
    """What line `n` brings to be created or changed; `owner` is the product of its SKU, where it brings none."""

    n: int
    product: ProductIn | None
    sku: SkuIn | None
    owner: str | None


def brought(patch: OrderPatch, catalogue: Catalogue) -> list[Brought]:
    """What the lines bring. Problem 400 for what has no name, and 404 for the product of a SKU that is unknown."""
    items = patch.items if isinstance(patch.items, list) else []
    lines = [_brought(item, catalogue, n) for n, item in enumerate(items)]
    return [line for line in lines if line.product is not None or line.sku is not None]


def _brought(item: ItemIn, catalogue: Catalogue, n: int) -> Brought:
    product, sku = _product(item, n), _sku(item, n)
    owner = None if sku is None or product is not None else _owner(item, catalogue, n)
    return Brought(n, product, sku, owner)


def _product(item: ItemIn, n: int) -> ProductIn | None:
    if not _overrides(item.product):
        return None
    part: Any = item.product
    return ProductIn(**_names(item, "product", n), name=part.name, price=part.price, metadata=part.metadata)


def _sku(item: ItemIn, n: int) -> SkuIn | None:
    if not _overrides(item.sku):
        return None
    part: Any = item.sku
    return SkuIn(**_names(item, "sku", n), sku=part.sku, price=part.price, metadata=part.metadata)


def _owner(item: ItemIn, catalogue: Catalogue, n: int) -> str:
    """The id of the product that is there and whose SKU a line brings."""
    named = name_of(item, "product")
    if named is None:
        sku = catalogue.skus.get(name_of(item, "sku") or "")
        if sku is None:
            raise invalid_payload(f"items[{n}].product: expected the product of a SKU that is new")
        return sku.product_id
    product = catalogue.products.get(named)
    if product is None:
        raise not_found("product", named)
    return product.id


def _names(item: ItemIn, kind: Kind, n: int) -> dict[str, Any]:
    part = getattr(item, kind)
    for given in (_part(part, "id"), getattr(item, f"{kind}_id")):
        if isinstance(given, str):
            return {"id": given}
    name = name_of(item, kind)
    if name is None:
        raise invalid_payload(f"items[{n}].{kind}: expected an id or a source_id beside override")
    return {"source_id": name}


def kept_items(patch: OrderPatch, catalogue: Catalogue) -> list[ItemOut] | None:
    """The lines as they are kept; None where none were sent. Problem 400 for an amount past the bound."""
    return [_kept(item, catalogue) for item in patch.items] if isinstance(patch.items, list) else None


def _kept(item: ItemIn, catalogue: Catalogue) -> ItemOut:
    sku = catalogue.skus.get(name_of(item, "sku") or "")
    product = catalogue.products.get(name_of(item, "product") or ("" if sku is None else sku.product_id))
    price = _price(item, product, sku)
    amount = _amount(item, price)
    discount = _set(item.discount_amount)
    if discount is not UNSET and amount is not UNSET:
        discount = min(discount, amount)
    kept = ItemOut(
        object="order_item",
        source_id=_set(item.source_id),
        related_object=_set(item.related_object),
        product_id=_first(item.product_id, _part(item.product, "id")),
        sku_id=_first(item.sku_id, _part(item.sku, "id")),
        quantity=_set(item.quantity),
        discount_quantity=_set(item.discount_quantity),
        initial_quantity=_set(item.initial_quantity),
        amount=amount,
        discount_amount=discount or UNSET,
        initial_amount=_set(item.initial_amount),
        price=price,
        subtotal_amount=UNSET if amount is UNSET else amount - (discount or 0),
        product=_told(item.product, ProductOut, ("id", "source_id", "name", "metadata", "price")),
        sku=_told(item.sku, SkuOut, ("id", "source_id", "sku", "metadata", "price")),
        metadata=_set(item.metadata),
    )
    return related(kept, product, sku)


def _price(item: ItemIn, product: Product | None, sku: Sku | None) -> int | UnsetType:
    """The line's own, or else its SKU's, or else its product's; what is sent before what the catalogue has."""
    of_sku = (_part(item.sku, "price"), None if sku is None else sku.price)
    of_product = (_part(item.product, "price"), None if product is None else product.price)
    price: int | UnsetType = _first(item.price, *of_sku, *of_product)
    return price


def _amount(item: ItemIn, price: int | UnsetType) -> int | UnsetType:
    amount: int | UnsetType = _set(item.amount)
    if amount is UNSET and not isinstance(price, UnsetType):
        amount = price * (item.quantity if isinstance(item.quantity, int) else 1)
    if not isinstance(amount, UnsetType) and amount > LARGEST_AMOUNT:
        raise invalid_payload(f"items: expected an amount of at most {LARGEST_AMOUNT}")
    return amount


def related(item: ItemOut, product: Product | None, sku: Sku | None) -> ItemOut:
    """A line with the ids and names that its product and SKU have; what the line itself says of them stays."""
    changes: dict[str, Any] = {}
    if product is not None:
        told = ProductOut() if item.product is UNSET else item.product
        changes["product_id"] = product.id
        changes["product"] = _filled(told, product, {"name": product.name})
    if sku is not None:
        named = SkuOut() if item.sku is UNSET else item.sku
        changes |= {"sku_id": sku.id, "product_id": sku.product_id, "sku": _filled(named, sku, {"sku": sku.sku})}
    return replace(item, **changes)


def _filled(told: Any, row: Product | Sku, more: dict[str, str | None]) -> Any:
    stored = {"source_id": row.source_id or None, "price": row.price, **more}
    given = {name: value for name, value in stored.items() if value is not None and getattr(told, name) is UNSET}
    return replace(told, id=row.id, **given)


def sum_of(amounts: Sequence[int | UnsetType]) -> int:
    """The sum of those that are there. Problem 400 past the bound."""
    total = sum(amount for amount in amounts if not isinstance(amount, UnsetType))
    if total > LARGEST_AMOUNT:
        raise invalid_payload(f"items: expected amounts of at most {LARGEST_AMOUNT} in all")
    return total


def _told(part: Any, shape: Any, fields: Sequence[str]) -> Any:
    """What a line says of its product or SKU, without how it was to be taken."""
    if part is UNSET or part is None:
        return UNSET
    return shape(**{name: _set(getattr(part, name)) for name in fields})


def _overrides(part: Any) -> bool:
    return _part(part, "override") is True


def _part(part: Any, name: str) -> Any:
    return UNSET if part is UNSET or part is None else getattr(part, name)


def _set(value: Any) -> Any:
    return UNSET if value is None else value


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not UNSET and value is not None), UNSET)
