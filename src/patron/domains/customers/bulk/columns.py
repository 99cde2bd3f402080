"""The columns of a CSV file of customers, and what a row's cells make of a profile (spec C 2.6)."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from patron.domains.async_actions import CellReader, Columns, Layout, refuse_row
from patron.domains.customers.wire import CustomerIn
from patron.kernel.problems import invalid_payload

_ADDRESS = "address."

LAYOUT = Layout(
    fields={
        **{name: name for name in ("id", "source_id", "name", "email", "phone", "birthdate", "description")},
        **{
            f"address_{part}": f"{_ADDRESS}{part}"
            for part in ("line_1", "line_2", "postal_code", "city", "state", "country")
        },
        **{part: f"{_ADDRESS}{part}" for part in ("postal_code", "city", "state", "country")},
    },
    keys=("source_id", "id"),
    lacking="expected a column Source_id or Id, by which customers are found",
    example="Source_id,Name,Email",
)
"""Both of the reference's spellings are known: `City`, `Address_City`."""

_convert = msgspec.convert


class CustomerColumns(Columns[CustomerIn]):
    """The header of a file of customers; each row is a profile."""

    LAYOUT = LAYOUT

    def __init__(self, header: Sequence[str], typed: Mapping[str, CellReader]) -> None:
        super().__init__(header, typed)
        self._plain = [(place, field) for place, field in self.fields if not field.startswith(_ADDRESS)]
        self._address = [
            (place, field.removeprefix(_ADDRESS)) for place, field in self.fields if field.startswith(_ADDRESS)
        ]

    def said(self, cells: Sequence[str]) -> CustomerIn:
        """The profile that a row spells out."""
        self.check_width(cells)
        given: dict[str, Any] = {field: cells[place] for place, field in self._plain if cells[place]}
        if "id" not in given and "source_id" not in given:
            raise invalid_payload("Source_id: expected one, or the customer's Id")
        address = {part: cells[place] for place, part in self._address if cells[place]}
        if address:
            given["address"] = address
        metadata = self.metadata(cells)
        if metadata:
            given["metadata"] = metadata
        try:
            return _convert(given, CustomerIn)
        except msgspec.ValidationError as fault:
            refuse_row(fault, CustomerIn)
