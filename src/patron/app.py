"""The map: the domains in order, lowest first, and what each brings; here everything is wired together.

Each list below has one line a domain, in the order of ranks. No rule and no query stands here.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import msgspec

from patron.config import Settings
from patron.db.migrations.run import migrate, pending
from patron.db.rulebook import Rulebooks
from patron.db.units import Database, Units, open_database
from patron.db.units_table import KEEP_UNITS_MS, UNITS
from patron.domains.customers import routes as customers
from patron.domains.metadata_schemas import model as metadata_schemas
from patron.domains.metadata_schemas import routes as metadata_schema_routes
from patron.domains.projects import model as projects
from patron.domains.projects import policy
from patron.domains.projects import routes as project_routes
from patron.domains.projects.actions.authenticate import Authenticator
from patron.domains.projects.actions.installation import installation_secrets
from patron.domains.projects.actions.manage import reach
from patron.domains.projects.actions.open_project import GivenKey, open_project_once
from patron.domains.projects.store import ALL_PROJECTS
from patron.http.app import build_app
from patron.http.edge import Asgi
from patron.http.idempotency import IDEMPOTENCY_KEYS, KEEP_MS
from patron.http.operations import Surroundings
from patron.http.pages import PageRoute
from patron.http.routes import Route
from patron.http.server import Address, Server, spare_collections
from patron.pages.problems import problem_page
from patron.queue.announcements import Announcements
from patron.queue.purge import purge_of
from patron.queue.schedule import Chore, Schedule

PARTS = (*projects.PARTS, *metadata_schemas.PARTS)
"""What every process holds in its rulebooks."""

ROUTES: tuple[Route, ...] = (*project_routes.ROUTES, *metadata_schema_routes.ROUTES, *customers.ROUTES)
"""Every operation of the API."""

PAGES: tuple[PageRoute, ...] = ()
"""Every page for people."""

CHORES = (
    Chore(purge_of(IDEMPOTENCY_KEYS), KEEP_MS),
    Chore(purge_of(UNITS), KEEP_UNITS_MS),
)
"""What every server does from time to time, in every project."""

BOOTSTRAP = "bootstrap"


class Backlog(Exception):
    """The database lacks revisions of the schema, and this command does not apply them."""

    def __init__(self, revisions: list[str]) -> None:
        super().__init__(f"The database lacks {len(revisions)} schema revision(s): run `patron migrate` first.")


class Opened(msgspec.Struct, frozen=True):
    """An open database with its units of work, and the schema revisions that opening it has applied."""

    database: Database
    units: Units
    applied: list[str]


@asynccontextmanager
async def opened(settings: Settings, *, migrating: bool) -> AsyncIterator[Opened]:
    """The database of these settings, open until every write that was accepted is answered.

    `migrating` brings the schema up to date; without it, a schema that is behind is a `Backlog`.
    """
    database = open_database(settings.database_url, PARTS, size=settings.database_connections)
    await database.start()
    try:
        if migrating:
            applied = await migrate(database, settings.database_url)
        elif behind := await pending(database, settings.database_url):
            raise Backlog(behind)
        else:
            applied = []
        units = Units(database, Rulebooks(PARTS), Announcements((), ()))
        yield Opened(database, units, applied)
        await units.drain()
    finally:
        await database.close()


async def bootstrap(units: Units, settings: Settings) -> None:
    """Make the project of the `PATRON_BOOTSTRAP_…` variables at the first start; later it is there.

    Raises `Conflict` when the database was started with other values.
    """
    if settings.bootstrap:
        keys = tuple(GivenKey(key.kind, key.app_id, key.token, key.origins) for key in settings.bootstrap)
        await open_project_once(units, "Bootstrap", BOOTSTRAP, keys)


async def serve(settings: Settings, ready: Callable[[Opened, str], Awaitable[None]]) -> None:
    """Serve until SIGTERM or SIGINT, and finish what was accepted. `ready` is called once with the server's URL."""
    async with opened(settings, migrating=True) as patron:
        await bootstrap(patron.units, settings)
        secrets = settings.secret_key or await installation_secrets(patron.units)
        address = Address(settings.host, settings.port)
        app = application(patron, secrets, settings.public_url or address.url, settings.trusted_proxies)
        server = Server(app, address, settings.shutdown_seconds)
        schedule = Schedule(patron.units, lambda: project_ids(patron), CHORES)
        schedule.start()
        spare_collections()
        try:
            await server.serve(lambda: ready(patron, server.url))
        finally:
            await schedule.stop()


async def project_ids(patron: Opened) -> list[str]:
    """The ids of every project of the installation."""
    return [project.project_id for project in await patron.database.scan(ALL_PROJECTS)]


def application(
    patron: Opened, secrets: tuple[str, ...], public_url: str, trusted_proxies: tuple[str, ...] = ()
) -> Asgi:
    """The ASGI application over an open database; see `Surroundings`."""
    surroundings = Surroundings(
        units=patron.units,
        authenticate=Authenticator(patron.units).authenticate,
        reach=partial(reach, patron.units),
        rate_limit=policy.rate_limit,
        client_limit=policy.client_limit,
        refusal=policy.refusal,
        secrets=secrets,
        public_url=public_url,
        trusted_proxies=trusted_proxies,
    )
    return build_app(ROUTES, PAGES, surroundings, problem_page, patron.database.ping)
