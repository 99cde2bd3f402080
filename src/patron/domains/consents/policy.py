"""Pure decisions about consents: what becomes of a customer's when they choose, and how a consent is called."""

from collections.abc import Mapping

import msgspec

from patron.db.rulebook import Rulebook
from patron.domains.consents.model import CONSENTS, UNSUBSCRIBED
from patron.domains.consents.wire import ConsentSimple
from patron.domains.customers.wire import Consent as Said
from patron.kernel.clock import from_iso, to_iso

UNSUBSCRIBED_NAME = "Unsubscribed"


class Chosen(msgspec.Struct, frozen=True):
    """What choices make of a customer's consents.

    `at` is the moment that the new values get (epoch ms), `changed` the ids whose value is another one than before,
    `given` and `revoked` those by which something became allowed, or ceased to be.
    """

    consents: dict[str, Said]
    at: int
    changed: tuple[str, ...]
    given: tuple[str, ...]
    revoked: tuple[str, ...]


def chosen(before: Mapping[str, Said], choices: Mapping[str, bool], now: int) -> Chosen:
    """A customer's consents after these choices.

    A value that is said again keeps its date, which proves when it was said. Dates of one customer never go back,
    also where two servers' clocks differ: so the last entry of the history is always the value that holds.
    """
    changed = tuple(
        each for each, value in choices.items() if (said := before.get(each)) is None or said.value != value
    )
    at = max([now, *(from_iso(said.date) + 1 for said in before.values())])
    after = {**before, **{each: Said(date=to_iso(at), value=choices[each]) for each in changed}}
    return Chosen(
        consents=after,
        at=at,
        changed=changed,
        given=tuple(each for each in changed if _allows(after, each) and not _allows(before, each)),
        revoked=tuple(each for each in changed if _allows(before, each) and not _allows(after, each)),
    )


def may_give(choices: Mapping[str, bool]) -> tuple[str, ...]:
    """Of these choices, those that allow something."""
    return tuple(each for each, value in choices.items() if value != (each == UNSUBSCRIBED))


def may_revoke(choices: Mapping[str, bool]) -> tuple[str, ...]:
    """Of these choices, those that allow nothing any more."""
    return tuple(each for each, value in choices.items() if value == (each == UNSUBSCRIBED))


def _allows(consents: Mapping[str, Said], consent_id: str) -> bool:
    """Whoever has said nothing has given no consent, and has not unsubscribed."""
    said = consents.get(consent_id)
    return (said is not None and said.value) != (consent_id == UNSUBSCRIBED)


def named(rulebook: Rulebook, consent_id: str) -> ConsentSimple:
    """A consent in short, as events tell it; the id in place of the name where there is no such definition."""
    consent = rulebook.rows(CONSENTS).get((rulebook.project_id, consent_id))
    return simple(consent_id, None if consent is None else consent.name)


def simple(consent_id: str, name: str | None) -> ConsentSimple:
    """The short form for an id and the definition's name, None where there is no definition."""
    return ConsentSimple(consent_id, UNSUBSCRIBED_NAME if consent_id == UNSUBSCRIBED else name or consent_id)
