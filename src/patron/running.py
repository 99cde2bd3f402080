"""Running what the map lists: a database opened for it, a server, a worker, and the application that answers."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from functools import partial

import msgspec

from patron.app import BACKGROUND, LISTENERS, PAGES, PARTS, REACTIONS, ROUTES
from patron.config import Settings
from patron.db.migrations.run import migrate, pending
from patron.db.rulebook import Rulebooks
from patron.db.units import Database, Units, open_database
from patron.domains.projects import policy
from patron.domains.projects.actions.authenticate import Authenticator
from patron.domains.projects.actions.installation import installation_secrets
from patron.domains.projects.actions.manage import reach
from patron.domains.projects.actions.open_project import GivenKey, open_project_once
from patron.domains.projects.store import ALL_PROJECTS
from patron.http.app import build_app, build_probes
from patron.http.edge import Asgi
from patron.http.links import Links
from patron.http.operations import Surroundings
from patron.http.server import Address, Server
from patron.kernel.collector import spare_collections
from patron.pages.problems import problem_page
from patron.queue.announcements import Announcements
from patron.queue.worker import Projects, Worker

BOOTSTRAP = "bootstrap"
JOBS_STOP_SECONDS = 5
"""What a stopped server leaves to jobs that are about to end; others are put back, and lose at most one step."""


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
        heard = {listener.event for listener in LISTENERS}
        units = Units(database, Rulebooks(PARTS), Announcements(REACTIONS, heard))
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


class Serving(msgspec.Struct, frozen=True):
    """A running server: its own URL, the one under which people reach it, and what seals links to its pages."""

    url: str
    public_url: str
    links: Links


async def serve(settings: Settings, ready: Callable[[Opened, Serving], Awaitable[None]]) -> None:
    """Serve until SIGTERM or SIGINT, and finish what was accepted. `ready` is called once, when it serves."""
    async with opened(settings, migrating=True) as patron:
        await bootstrap(patron.units, settings)
        secrets = settings.secret_key or await installation_secrets(patron.units)
        address = Address(settings.host, settings.port)
        public_url = settings.public_url or address.url
        app = application(patron, secrets, public_url, settings.trusted_proxies)
        server = Server(app, address, settings.shutdown_seconds)
        spare_collections()
        beside = working(patron, settings, stop_seconds=JOBS_STOP_SECONDS) if settings.worker == "on" else nullcontext()
        async with beside:
            await server.serve(lambda: ready(patron, Serving(server.url, public_url, Links(secrets))))


async def work(settings: Settings, ready: Callable[[str], Awaitable[None]]) -> None:
    """Run jobs until SIGTERM or SIGINT, and answer probes alone. `ready` is called once with their URL."""
    async with opened(settings, migrating=True) as patron:
        server = Server(
            build_probes(patron.database.ping), Address(settings.host, settings.port), settings.shutdown_seconds
        )
        spare_collections()
        async with working(patron, settings, stop_seconds=settings.shutdown_seconds):
            await server.serve(lambda: ready(server.url))


@asynccontextmanager
async def working(patron: Opened, settings: Settings, *, stop_seconds: float) -> AsyncIterator[None]:
    """A worker that runs jobs beside whatever the block does; at its end, jobs have so long to end before they wait."""
    projects = Projects(lambda: project_ids(patron), policy.is_open)
    worker = Worker(patron.units, BACKGROUND, projects, concurrency=settings.worker_concurrency)
    worker.start()
    try:
        yield
    finally:
        await worker.stop(min(stop_seconds, settings.shutdown_seconds))


async def project_ids(patron: Opened) -> list[str]:
    """The ids of every project of the installation."""
    projects = await patron.database.scan(ALL_PROJECTS)
    return [project.project_id for project in projects if project.deleted_at is None]


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
