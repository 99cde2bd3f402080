"""What happened lately, in words. What has none here is passed over: a feed holds much that only the shop follows."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from patron.domains.consents.model import UNSUBSCRIBED
from patron.domains.events import recent
from patron.domains.events.model import CONSENTS_GIVEN, CONSENTS_REVOKED, Activity
from patron.kernel.clock import to_iso
from patron.pages.cockpit.languages import Words
from patron.pages.cockpit.sections import Reader, Section

LOOKED_AT, SHOWN = 40, 10

_UPDATED = "customer.updated"
_TEXTS = {
    "customer.created": "activity.created",
    _UPDATED: "activity.updated",
    "customer.custom_event": "activity.custom_event",
    CONSENTS_GIVEN: "activity.given",
    CONSENTS_REVOKED: "activity.revoked",
}
_ABOUT_ALL = {CONSENTS_GIVEN: "activity.subscribed", CONSENTS_REVOKED: "activity.unsubscribed"}


class _Consent(msgspec.Struct):
    id: str
    name: str


class _Event(msgspec.Struct):
    type: str


class _Data(msgspec.Struct):
    """Of what an entry holds, the part that is told."""

    consents: list[_Consent] = []
    event: _Event | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened: `text` in the reader's language, `detail` in the shop's words; `at` is epoch ms."""

    text: str
    detail: str
    at: int
    iso: str


@dataclass(frozen=True, slots=True)
class Recent:
    """The newest first."""

    entries: list[Entry]


async def _look(reader: Reader) -> Recent | None:
    stored = await recent(reader.read, reader.customer, LOOKED_AT)
    entries = [entry for each in _told(stored) for entry in _entries(each, reader.words)]
    return Recent(entries[:SHOWN]) if entries else None


def _told(stored: list[Activity]) -> list[Activity]:
    """A change of consents is a change of the profile too; of both, the page tells the first alone."""
    chosen = {_write(each) for each in stored if each.type in _ABOUT_ALL}
    return [each for each in stored if each.type in _TEXTS and (each.type != _UPDATED or _write(each) not in chosen)]


def _write(activity: Activity) -> tuple[str, int]:
    """Entries of one write have this in common."""
    return activity.group_id, activity.created_at


def _entries(activity: Activity, words: Words) -> Iterator[Entry]:
    data = msgspec.json.decode(activity.data, type=_Data)
    names = [consent.name for consent in data.consents if consent.id != UNSUBSCRIBED]
    if len(names) < len(data.consents):
        yield _entry(activity, words.text(_ABOUT_ALL[activity.type]), "")
    if names or not data.consents:
        detail = ", ".join(names) if data.event is None else data.event.type.replace("_", " ")
        yield _entry(activity, words.text(_TEXTS[activity.type]), detail)


def _entry(activity: Activity, text: str, detail: str) -> Entry:
    return Entry(text, detail, activity.created_at, to_iso(activity.created_at))


ACTIVITY = Section("activity", "main", _look)
