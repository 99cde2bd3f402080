"""What the customer redeemed lately, and what of it was taken back. Attempts that failed are the shop's to follow."""

from dataclasses import dataclass

from patron.domains.projects.model import ProjectSettings
from patron.domains.redemptions import redeemed_by
from patron.domains.redemptions.model import Redemption
from patron.kernel.clock import to_iso
from patron.pages.cockpit.sections import Reader, Section

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Entry:
    """One redemption in the reader's language; `at` is epoch ms, `undone` says that it was taken back."""

    text: str
    code: str
    at: int
    iso: str
    undone: bool


@dataclass(frozen=True, slots=True)
class Redeemed:
    """The newest first."""

    entries: list[Entry]


async def _look(reader: Reader) -> Redeemed | None:
    found = await redeemed_by(reader.read, reader.customer, SHOWN)
    return Redeemed([_entry(reader, row) for row in found]) if found else None


def _entry(reader: Reader, row: Redemption) -> Entry:
    return Entry(_text(reader, row), row.code, row.created_at, to_iso(row.created_at), row.rollback_id is not None)


def _text(reader: Reader, row: Redemption) -> str:
    words, currency = reader.words, ProjectSettings.of(reader.read.rulebook).profile.currency
    if row.amount:
        return words.text("redemptions.paid", amount=words.money(row.amount, currency))
    if row.discount_amount:
        return words.text("redemptions.saved", amount=words.money(row.discount_amount, currency))
    return words.text("redemptions.used")


REDEMPTIONS = Section("redemptions", "main", _look)
