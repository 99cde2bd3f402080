"""Who the shop takes the customer for."""

from dataclasses import dataclass
from typing import Any

import msgspec

from patron.domains.customers.model import Customer
from patron.domains.customers.wire import Address
from patron.domains.projects.model import ProjectSettings
from patron.pages.cockpit.languages import Words
from patron.pages.cockpit.sections import Reader, Section


@dataclass(frozen=True, slots=True)
class Details:
    """`fields` are texts by the name of the field, `address` the lines of one; `since` is epoch ms.

    `metadata` holds texts by the keys that the shop has chosen to show.
    """

    fields: list[tuple[str, str]]
    address: list[str]
    metadata: list[tuple[str, str]]
    since: int


async def _look(reader: Reader) -> Details:
    customer = reader.customer
    shown = ProjectSettings.of(reader.read.rulebook).cockpit.metadata
    return Details(
        _fields(customer, reader.words),
        _lines(customer.address),
        _chosen(customer.metadata, shown, reader.words),
        customer.created_at,
    )


def _fields(customer: Customer, words: Words) -> list[tuple[str, str]]:
    born = customer.birthdate or customer.birthday
    fields = {
        "name": customer.name,
        "email": customer.email,
        "phone": customer.phone,
        "birthdate": words.date(born) if born else None,
    }
    return [(name, value) for name, value in fields.items() if value]


def _lines(stored: str | None) -> list[str]:
    if stored is None:
        return []
    address = msgspec.json.decode(stored, type=Address)
    town = " ".join(filter(None, (address.postal_code, address.city)))
    return [line for line in (address.line_1, address.line_2, town, address.state, address.country) if line]


def _chosen(stored: str | None, keys: tuple[str, ...], words: Words) -> list[tuple[str, str]]:
    metadata: dict[str, Any] = {} if stored is None else msgspec.json.decode(stored)
    texts = ((key, _text(metadata.get(key), words)) for key in keys)
    return [(key, text) for key, text in texts if text]


def _text(value: Any, words: Words) -> str:
    """A value as people write it: several after each other, nothing for what is no text, number, or yes or no."""
    if isinstance(value, bool):
        return words.text("details.yes" if value else "details.no")
    if isinstance(value, int | float):
        return words.number(value)
    if isinstance(value, list):
        return ", ".join(filter(None, (_text(each, words) for each in value)))
    return value if isinstance(value, str) else ""


DETAILS = Section("details", "side", _look)
