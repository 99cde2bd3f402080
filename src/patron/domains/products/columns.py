"""The columns of CSV files of products and of SKUs, and what a row's cells make (spec I 5)."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from patron.domains.async_actions import Columns, Layout, refuse_row
from patron.domains.products.wire import ProductIn, SkuIn, SkuOfProduct
from patron.kernel.problems import invalid_payload

T = TypeVar("T")

_WHOLE = re.compile(r"[0-9]{1,18}")


class ProductColumns(Columns[ProductIn]):
    """The header of a file of products; each row is a new one, or changes of one that is known."""

    LAYOUT = Layout(
        fields={name: name for name in ("id", "source_id", "name", "price", "attributes", "image_url")},
        keys=("source_id", "id", "name"),
        lacking="expected a column name or source_id, by which products are made and found",
        example="name,source_id,price",
    )

    def said(self, cells: Sequence[str]) -> ProductIn:
        """The product that a row spells out. A price is a whole number of minor units."""
        self.check_width(cells)
        given = _given(self, cells, {"price": _price, "attributes": _names})
        if not given.keys() & {"id", "source_id", "name"}:
            raise invalid_payload("name: expected one, or a source_id")
        return _converted(given, ProductIn)


class SkuColumns(Columns[SkuOfProduct]):
    """The header of a file of SKUs; each row is a new one of its product, or changes of one that is known."""

    LAYOUT = Layout(
        fields={
            name: name
            for name in ("id", "source_id", "product_id", "sku", "price", "currency", "attributes", "image_url")
        },
        keys=("source_id", "id"),
        lacking="expected a column source_id, by which SKUs are found",
        example="product_id,source_id,sku,price",
    )

    def said(self, cells: Sequence[str]) -> SkuOfProduct:
        """The SKU that a row spells out. `product_id` may be the product's source_id too."""
        self.check_width(cells)
        given = _given(self, cells, {"price": _price, "attributes": _object})
        product = given.pop("product_id", None)
        if product is None:
            raise invalid_payload("product_id: expected the product's id or source_id")
        if not given.keys() & {"id", "source_id"}:
            raise invalid_payload("source_id: expected one")
        return SkuOfProduct(product, _converted(given, SkuIn))


def _given(columns: Columns[Any], cells: Sequence[str], read: Mapping[str, Callable[[str], Any]]) -> dict[str, Any]:
    given = {field: read.get(field, str)(cells[place]) for place, field in columns.fields if cells[place]}
    metadata = columns.metadata(cells)
    return {**given, "metadata": metadata} if metadata else given


def _converted(given: dict[str, Any], kind: type[T]) -> T:
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as fault:
        refuse_row(fault, kind)


def _price(text: str) -> int:
    if not _WHOLE.fullmatch(text.strip()):
        raise invalid_payload("price: expected a whole number of minor units")
    return int(text)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


def _object(text: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        raise invalid_payload('attributes: expected a JSON object, such as {"color": "blue"}') from None
