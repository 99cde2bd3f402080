"""What the customer lets the shop send them, to be looked at and changed.

The form says what was given when the page was shown, so that a click on an old page changes what its reader changed,
and nothing that was said elsewhere since.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from patron.db.actions import Read
from patron.domains.consents import all_consents
from patron.domains.consents.model import UNSUBSCRIBED
from patron.domains.consents.wire import ConsentOut, ConsentsOut
from patron.domains.customers import consents_of
from patron.domains.customers.wire import Consent as Said
from patron.kernel.clock import from_iso
from patron.pages.cockpit.sections import Reader, Section

WAS_GIVEN = "was_given"
WAS_UNSUBSCRIBED = "was_unsubscribed"
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Choice:
    """A consent, and since when (epoch ms) it is given or not; None where nothing was ever said to it."""

    id: str
    name: str
    description: str
    given: bool
    at: int | None


@dataclass(frozen=True, slots=True)
class Group:
    """Consents that are shown together; those that are in no group are in one without a name."""

    name: str
    description: str
    consents: list[Choice]


@dataclass(frozen=True, slots=True)
class Choices:
    """All that the customer may choose. `given` are the ids of what is given, `unsubscribed_at` is epoch ms."""

    groups: list[Group]
    given: list[str]
    unsubscribed: bool
    unsubscribed_at: int | None


async def _look(reader: Reader) -> Choices:
    defined = await all_consents(reader.read, reader.customer.project_id)
    said = consents_of(reader.customer)
    unsubscribed = said.get(UNSUBSCRIBED)
    return Choices(
        _groups(defined, said),
        [consent.id for consent in defined.consents.data if _given(said.get(consent.id))],
        _given(unsubscribed),
        _at(unsubscribed),
    )


def _groups(defined: ConsentsOut, said: Mapping[str, Said]) -> list[Group]:
    """The groups as the shop has made them, then what is in none. A consent is shown once, in its first group."""
    left = {consent.id: consent for consent in defined.consents.data}
    groups = [
        Group(group.name, group.description, [_choice(left.pop(each), said) for each in group.consents if each in left])
        for group in defined.groups.data
    ]
    groups.append(Group("", "", [_choice(consent, said) for consent in left.values()]))
    return [group for group in groups if group.consents]


def _choice(consent: ConsentOut, said: Mapping[str, Said]) -> Choice:
    answer = said.get(consent.id)
    return Choice(consent.id, consent.name, consent.description, _given(answer), _at(answer))


def _given(said: Said | None) -> bool:
    return said is not None and said.value


def _at(said: Said | None) -> int | None:
    return None if said is None else from_iso(said.date)


async def askable(read: Read, project_id: str) -> set[str]:
    """The ids of the consents that a form may speak of."""
    return {consent.id for consent in (await all_consents(read, project_id)).consents.data}


def choices_of(form: Mapping[str, str], known: set[str]) -> dict[str, bool]:
    """What a form changes: what is ticked now and was not when it was shown, or the other way round.

    A consent that is no longer asked for is passed over. A form without a choice of whether to get messages at all
    changes nothing about that.
    """
    before = set(form.get(WAS_GIVEN, "").split()) & known
    ticked = form.keys() & known
    choices = {consent_id: consent_id in ticked for consent_id in before ^ ticked}
    unsubscribed = form.get(UNSUBSCRIBED)
    if unsubscribed in (YES, NO) and unsubscribed != form.get(WAS_UNSUBSCRIBED):
        choices[UNSUBSCRIBED] = unsubscribed == YES
    return choices


CONSENTS = Section("consents", "main", _look)
