"""What is announced of a choice, to reactions that change rows in the same unit."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from patron.app import PARTS
from patron.config import Settings
from patron.db.actions import Action, Ctx, Read, Wants
from patron.db.counts import TOTAL
from patron.db.rows import Rows
from patron.db.rulebook import Rulebook, Rulebooks
from patron.db.units import Units
from patron.domains.consents import CHOOSE, Choose, named
from patron.domains.consents.actions.define import DEFINE
from patron.domains.consents.model import ConsentsGiven, ConsentsRevoked
from patron.domains.consents.wire import ConsentIn, ConsentSimple
from patron.domains.customers.actions.delete import DELETE, Delete
from patron.domains.customers.actions.upsert import UPSERT
from patron.domains.customers.model import CustomerUpdated
from patron.domains.customers.wire import CustomerIn
from patron.domains.projects.actions.open_project import open_project
from patron.kernel.clock import now_ms
from patron.queue.announcements import Announcements, Reaction
from patron.running import opened

HEARD: tuple[type, ...] = (ConsentsGiven, ConsentsRevoked, CustomerUpdated)


class Hearing:
    """A project in which every announcement is noted, and moves a count that is named for its customer."""

    def __init__(self, units: Units, project_id: str, heard: list[Any]) -> None:
        self.units = units
        self.project_id = project_id
        self.heard = heard
        self._seed = 0

    async def write(self, action: Action[Any], body: Any) -> Any:
        self._seed += 1
        ctx = Ctx(self.project_id, now_ms(), self._seed.to_bytes(16), channel="USER_PORTAL")
        reply = await self.units.write(action, ctx, body)
        return msgspec.json.decode(reply.body) if reply.body else None

    async def count(self, event: Any) -> int:
        read = await self.units.reading(self.project_id)
        return await read.one(TOTAL, project_id=self.project_id, name=_name(event)) or 0


def _name(event: Any) -> str:
    return f"{type(event).__name__} {event.id if isinstance(event, CustomerUpdated) else event.customer_id}"


@pytest.fixture
async def hearing(database_url: str) -> AsyncIterator[Hearing]:
    heard: list[Any] = []

    def want(event: Any, wants: Wants, _rulebook: Rulebook) -> None:
        wants.count(event.project_id, _name(event))

    def react(rows: Rows, _ctx: Ctx, event: Any) -> None:
        rows.count(_name(event), 1)
        heard.append(event)

    reactions = [Reaction(kind, want, react) for kind in HEARD]
    async with opened(Settings(database_url=database_url), migrating=True) as patron:
        units = Units(patron.database, Rulebooks(PARTS), Announcements(reactions, ()))
        yield Hearing(units, await open_project(units, "Shop"), heard)
        await units.drain()


async def test_what_is_given_and_revoked_is_announced_once(hearing: Hearing) -> None:
    consent = (await hearing.write(DEFINE, ConsentIn(name="News")))["id"]
    customer = (await hearing.write(UPSERT, CustomerIn(source_id="ada")))["id"]
    project = hearing.project_id
    given = ConsentsGiven(project, customer, (consent,))
    revoked = ConsentsRevoked(project, customer, (consent,))
    unsubscribed = ConsentsRevoked(project, customer, ("unsubscribed",))
    for choices, events in (
        ({consent: False}, []),
        ({consent: True, "unsubscribed": False}, [given]),
        ({consent: True}, None),
        ({consent: True, "unsubscribed": True}, [unsubscribed]),
        ({consent: False, "unsubscribed": False}, [ConsentsGiven(project, customer, ("unsubscribed",)), revoked]),
    ):
        hearing.heard.clear()
        await hearing.write(CHOOSE, Choose("ada", choices))
        updated = [CustomerUpdated(project, customer)]
        assert hearing.heard == ([] if events is None else updated + events)
    assert (await hearing.count(given), await hearing.count(revoked)) == (2, 2)


async def test_a_reaction_can_tell_the_consents_names(hearing: Hearing) -> None:
    consent = (await hearing.write(DEFINE, ConsentIn(name="News")))["id"]
    rulebook = (await hearing.units.reading(hearing.project_id)).rulebook
    assert named(rulebook, consent) == ConsentSimple(consent, "News", "consent")
    assert named(rulebook, "unsubscribed").name == "Unsubscribed"


async def test_a_choice_is_that_of_whoever_has_the_source_id_by_then(hearing: Hearing) -> None:
    first = (await hearing.write(UPSERT, CustomerIn(source_id="ada")))["id"]

    async def late(read: Read, ctx: Ctx, body: Choose) -> Wants:
        wants = await CHOOSE.gather(read, ctx, body)
        await hearing.write(DELETE, Delete("ada"))
        await hearing.write(UPSERT, CustomerIn(source_id="ada"))
        return wants

    await hearing.write(Action("late", late, CHOOSE.apply), Choose("ada", {"unsubscribed": True}))
    [revoked] = [event for event in hearing.heard if isinstance(event, ConsentsRevoked)]
    assert revoked.customer_id != first
    assert await hearing.count(revoked) == 1
