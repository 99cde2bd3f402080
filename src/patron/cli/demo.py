"""The demo shop: a project with keys, customers and codes to look around in, the same at every start."""

import asyncio
from collections.abc import Sequence
from secrets import token_bytes
from typing import Any, Protocol, TypeVar

import msgspec

from patron.cli.screen import OUT
from patron.db.actions import Action, Ctx
from patron.domains.campaigns.actions import create as campaigns
from patron.domains.campaigns.actions.add import ADD_ONE
from patron.domains.campaigns.demo import CARDS, WELCOME, demo_campaigns, demo_codes
from patron.domains.consents.actions.choose import CHOOSE
from patron.domains.consents.actions.define import DEFINE
from patron.domains.consents.actions.group import DEFINE_GROUP
from patron.domains.consents.demo import DEMO_CONSENTS, demo_choices, demo_group
from patron.domains.customers.actions.upsert import UPSERT
from patron.domains.customers.demo import FIRST, demo_customers
from patron.domains.customers.links import cockpit_url
from patron.domains.customers.store import BY_SOURCE_ID
from patron.domains.events.actions import define as events
from patron.domains.events.demo import demo_definitions
from patron.domains.projects.actions.installation import installation_secret
from patron.domains.projects.actions.open_project import GivenKey, open_project_once
from patron.domains.projects.model import ProjectSettings
from patron.domains.projects.policy import derived_token
from patron.domains.publications.actions.publish import PUBLISH
from patron.domains.publications.demo import demo_publications
from patron.kernel.clock import now_ms
from patron.running import Opened, Serving

B = TypeVar("B")


class Write(Protocol):
    """Writes into the demo shop; the decoded answer, None for an empty one."""

    async def __call__(self, action: Action[B], body: B, /) -> Any: ...


DEMO = "demo"
DEMO_SECRET = "demo_secret"  # noqa: S105 - the name under which it is kept
ORIGINS = ("http://localhost:3000",)


async def open_shop(patron: Opened) -> tuple[str, tuple[GivenKey, ...]]:
    """Open the demo shop unless it is there already; its id, and its server, client and management keys."""
    keys = await _keys(patron)
    project_id, new = await open_project_once(patron.units, "Demo shop", DEMO, keys)
    if new:
        await _fill(patron, project_id)
    return project_id, keys


async def page_of_somebody(patron: Opened, serving: Serving, project_id: str) -> str | None:
    """The address of the page of the shop's first customer; None where that one was deleted, or has no page."""
    found = await patron.database.one(BY_SOURCE_ID, project_id=project_id, source_id=FIRST)
    cockpit = ProjectSettings.of((await patron.units.reading(project_id)).rulebook).cockpit
    if found is None or not cockpit.enabled:
        return None
    return cockpit_url(serving.links, serving.public_url, found[0], cockpit.link_days, now_ms())


async def _fill(patron: Opened, project_id: str) -> None:
    async def write(action: Action[B], body: B) -> Any:
        ctx = Ctx(project_id, now_ms(), token_bytes(16), channel="CLI")
        reply = await patron.units.write(action, ctx, body, bulk=True)
        return msgspec.json.decode(reply.body) if reply.body else None

    await asyncio.gather(*(write(events.DEFINE, definition) for definition in demo_definitions()))
    customers = await asyncio.gather(*(write(UPSERT, customer) for customer in demo_customers()))
    consents = [(await write(DEFINE, consent))["id"] for consent in DEMO_CONSENTS]
    await write(DEFINE_GROUP, demo_group(consents))
    choices = demo_choices([customer["source_id"] for customer in customers], consents)
    await asyncio.gather(*(write(CHOOSE, each) for each in choices))
    await _give_codes(write, [customer["source_id"] for customer in customers])


async def _give_codes(write: Write, source_ids: Sequence[str]) -> None:
    """Campaigns with codes, of which some customers have one."""
    for campaign in demo_campaigns():
        await write(campaigns.CREATE, campaign)
    added = list(demo_codes())
    await asyncio.gather(*(write(ADD_ONE, each) for each in added))
    codes = {name: [str(each.body.code) for each in added if each.reference == name] for name in (WELCOME, CARDS)}
    given = demo_publications(source_ids, codes[WELCOME], codes[CARDS])
    await asyncio.gather(*(write(PUBLISH, each) for each in given))


async def _keys(patron: Opened) -> tuple[GivenKey, ...]:
    """The tokens come from a secret of the installation: they can be printed again, and are kept nowhere."""
    secret = await installation_secret(patron.units, DEMO_SECRET)

    def token(purpose: str) -> str:
        return derived_token(secret, f"demo {purpose}")

    return (
        GivenKey("server", token("server id"), token("server token")),
        GivenKey("client", token("client id"), token("client token"), ORIGINS),
        GivenKey("management", token("management id"), token("management token")),
    )


def print_shop(url: str, keys: tuple[GivenKey, ...], page: str | None) -> None:
    """Where the shop is, its keys, requests to begin with, and where a customer's page is."""
    server, client, management = keys
    headers = f"-H 'X-App-Id: {server.app_id}' -H 'X-App-Token: {server.token}'"
    customer = """'{"source_id": "ada@example.com", "name": "Ada Lovelace", "metadata": {"vip": true}}'"""
    event = """'{"event": "review_left", "customer": {"source_id": "ada@example.com"}, "metadata": {"rating": 5}}'"""
    code = """'{"campaign": "Welcome", "customer": {"source_id": "ada@example.com"}}'"""
    OUT.print(f"""\
The demo shop is at {url}

  X-App-Id: {server.app_id}
  X-App-Token: {server.token}
  X-Client-Application-Id: {client.app_id}  (for pages of {", ".join(client.origins)})
  X-Client-Token: {client.token}
  X-Management-Id: {management.app_id}
  X-Management-Token: {management.token}

Try:

curl '{url}/v1/customers?limit=3' {headers}
curl '{url}/v1/customers' {headers} -H 'Content-Type: application/json' -d {customer}
curl '{url}/v1/customers/ada@example.com' {headers}
curl '{url}/v1/events' {headers} -H 'Content-Type: application/json' -d {event}
curl '{url}/v1/customers/ada@example.com/activity' {headers}
curl '{url}/v1/publications?join_once=true' {headers} -H 'Content-Type: application/json' -d {code}
curl '{url}/v1/customers/ada@example.com/redeemables' {headers}

{_told(page)}Stop with Ctrl-C. It is all still there at the next start.""")


def _told(page: str | None) -> str:
    return "" if page is None else f"A customer's own page, for a browser:\n\n{page}\n\n"
