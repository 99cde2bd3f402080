"""The columns of a CSV file of vouchers, and what a row's cells make of a voucher (spec I 1.5)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from patron.domains.async_actions import CellReader, Columns, Layout, refuse_row
from patron.domains.vouchers.model import DISCOUNT, GIFT
from patron.domains.vouchers.wire.discount import VALUES
from patron.domains.vouchers.wire.imported import Imported, RedeemedBefore, VoucherImportIn
from patron.kernel.problems import invalid_payload

_NAMES = {
    "code": "code",
    "voucher type": "type",
    "value": "value",
    "balance": "value",
    "discount type": "discount_type",
    "discount effect": "effect",
    "category": "category",
    "start date": "start_date",
    "expiration date": "expiration_date",
    "redemption limit": "limit",
    "redeemed quantity": "redeemed_quantity",
    "redeemed amount": "redeemed_amount",
    "active": "active",
    "additional info": "additional_info",
}
_AS_IT_IS = frozenset({"code", "category", "additional_info"})
_TEXTS = ("code", "category", "start_date", "expiration_date", "additional_info")
_TITLES = {field: name.title() for name, field in reversed(_NAMES.items())}
_WORDS = {"true": True, "false": False}
_WHOLE = re.compile(r"[0-9]{1,18}")
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


class VoucherColumns(Columns[Imported]):
    """The header of a file of vouchers; each row is a new one, or one that is known."""

    LAYOUT = Layout(
        fields={**_NAMES, **{name.replace(" ", "_"): field for name, field in _NAMES.items()}},
        keys=("code",),
        lacking="expected a column Code, by which vouchers are found",
        example="Code,Voucher Type,Value,Discount Type",
    )

    def __init__(self, header: Sequence[str], typed: Mapping[str, CellReader]) -> None:
        super().__init__(header, typed)
        self._places = {field: place for place, field in self.fields}

    def said(self, cells: Sequence[str]) -> Imported:
        """The voucher that a row spells out. Values and amounts are whole numbers of minor units."""
        self.check_width(cells)
        read = {field: cells[place] for field, place in self._places.items() if cells[place]}
        cell = {field: text if field in _AS_IT_IS else text.strip() for field, text in read.items()}
        if "code" not in cell:
            raise invalid_payload("Code: expected one")
        given: dict[str, Any] = {field: cell[field] for field in _TEXTS if field in cell}
        given |= self._value(cell)
        if "active" in cell:
            given["active"] = _truth(cell["active"])
        if "limit" in cell:
            given["redemption"] = {"quantity": _whole("limit", cell)}
        metadata = self.metadata(cells)
        if metadata:
            given["metadata"] = metadata
        try:
            voucher = msgspec.convert(given, VoucherImportIn)
        except msgspec.ValidationError as fault:
            refuse_row(fault, VoucherImportIn)
        return Imported(voucher, RedeemedBefore(_whole("redeemed_quantity", cell), _whole("redeemed_amount", cell)))

    def _value(self, cell: Mapping[str, str]) -> dict[str, Any]:
        """The kind of voucher and its value; nothing where the row says neither, as one of a known code may."""
        if "type" not in cell and "value" not in cell:
            return {}
        kind = cell.get("type", "").upper()
        if kind == GIFT:
            return {"type": GIFT, "gift": _with_effect({"amount": _whole("value", cell)}, cell)}
        if kind == DISCOUNT:
            return {"type": DISCOUNT, "discount": _discount(cell)}
        raise invalid_payload(f"Voucher Type: expected {DISCOUNT} or {GIFT}")


class CampaignVoucherColumns(VoucherColumns):
    """The header of a file of codes for a campaign, which says what they are: a row may say a card's credits alone."""

    def _value(self, cell: Mapping[str, str]) -> dict[str, Any]:
        if "type" not in cell and "value" in cell:
            cell = {**cell, "type": DISCOUNT if "discount_type" in cell else GIFT}
        return super()._value(cell)


def _discount(cell: Mapping[str, str]) -> dict[str, Any]:
    kind = cell.get("discount_type", "").upper()
    field = VALUES.get(kind)
    if field is None:
        raise invalid_payload(f"Discount Type: expected one of {', '.join(VALUES)}, as a row can say of a discount")
    value = _percent(cell) if kind == "PERCENT" else _whole("value", cell)
    return _with_effect({"type": kind, field: value}, cell)


def _with_effect(value: dict[str, Any], cell: Mapping[str, str]) -> dict[str, Any]:
    return {**value, "effect": cell["effect"].upper()} if "effect" in cell else value


def _truth(text: str) -> bool:
    known = _WORDS.get(text.lower())
    if known is None:
        raise invalid_payload("Active: expected TRUE or FALSE")
    return known


def _whole(field: str, cell: Mapping[str, str]) -> int:
    """A cell's whole number; 0 for an empty one, but a value must be there."""
    text = cell.get(field, "" if field == "value" else "0")
    if not _WHOLE.fullmatch(text):
        raise invalid_payload(f"{_TITLES[field]}: expected a whole number, money in minor units")
    return int(text)


def _percent(cell: Mapping[str, str]) -> int | float:
    text = cell.get("value", "")
    if not _DECIMAL.fullmatch(text):
        raise invalid_payload("Value: expected a number of per cent, such as 10 or 12.5")
    return float(text) if "." in text else int(text)
