"""What the page is made of: sections, each of what one domain keeps of the customer.

A domain that has something to show (vouchers, points, referrals) gets a file beside this one with its `Section`, a
template `pages/templates/cockpit/NAME.html` that is given the section's `view`, texts under `[NAME]` in each of
`texts/` with at least a `title`, and a line in `SECTIONS`.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from patron.db.actions import Read
from patron.domains.customers.model import Customer, CustomerTotals
from patron.http.links import Links
from patron.pages.cockpit.languages import Words


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose page it is, how it is said, and the reads of their project.

    `query` holds the parameters of the page's address, `now` is epoch ms, `links` seals links to this server.
    """

    customer: Customer
    totals: CustomerTotals
    words: Words
    read: Read
    links: Links
    query: Mapping[str, str]
    now: int


Look = Callable[[Reader], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Section:
    """One section: `look` gives what its template shows as `view`, or None where there is nothing to show."""

    name: str
    place: Literal["side", "main"]
    look: Look


@dataclass(frozen=True, slots=True)
class Seen:
    """A section that has something to show."""

    name: str
    place: str
    view: Any


async def seen(sections: tuple[Section, ...], reader: Reader) -> list[Seen]:
    """The sections that have something to show to this reader, in their order."""
    views = [(section, await section.look(reader)) for section in sections]
    return [Seen(section.name, section.place, view) for section, view in views if view is not None]
