"""The map: the domains in order, lowest first, and what each brings; here everything is wired together.

Each list below has one line a domain, in the order of ranks. No rule and no query stands here.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from functools import partial
from typing import Any

import msgspec

from patron.config import Settings
from patron.db.checks import Check, rulebook_checks
from patron.db.migrations.run import migrate, pending
from patron.db.rulebook import Rulebooks
from patron.db.traces import Mention, Trace
from patron.db.units import Database, Units, open_database
from patron.db.units_table import KEEP_UNITS_MS, UNITS
from patron.domains.async_actions import checks as async_action_checks
from patron.domains.async_actions import jobs as async_action_jobs
from patron.domains.async_actions import routes as async_actions
from patron.domains.async_actions import traces as async_action_traces
from patron.domains.consents import checks as consent_checks
from patron.domains.consents import model as consent_model
from patron.domains.consents import routes as consents
from patron.domains.consents import traces as consent_traces
from patron.domains.customers import checks as customer_checks
from patron.domains.customers import jobs as customer_jobs
from patron.domains.customers import routes as customers
from patron.domains.customers.actions.erase import ending_erasures
from patron.domains.customers.actions.merge import moving_history
from patron.domains.events import checks as event_checks
from patron.domains.events import jobs as event_jobs
from patron.domains.events import model as event_model
from patron.domains.events import routes as event_routes
from patron.domains.events import traces as event_traces
from patron.domains.locations import routes as location_routes
from patron.domains.metadata_schemas import model as metadata_schemas
from patron.domains.metadata_schemas import routes as metadata_schema_routes
from patron.domains.orders import checks as order_checks
from patron.domains.orders import jobs as order_jobs
from patron.domains.orders import routes as orders
from patron.domains.orders import traces as order_traces
from patron.domains.product_collections import model as product_collections
from patron.domains.product_collections import routes as collection_routes
from patron.domains.products import checks as product_checks
from patron.domains.products import routes as product_routes
from patron.domains.projects import model as projects
from patron.domains.projects import policy
from patron.domains.projects import routes as project_routes
from patron.domains.projects.actions.authenticate import Authenticator
from patron.domains.projects.actions.installation import installation_secrets
from patron.domains.projects.actions.manage import reach
from patron.domains.projects.actions.open_project import GivenKey, open_project_once
from patron.domains.projects.store import ALL_PROJECTS
from patron.domains.segments import routes as segments
from patron.domains.vouchers import checks as voucher_checks
from patron.domains.vouchers import jobs as voucher_jobs
from patron.domains.vouchers import routes as vouchers
from patron.domains.vouchers import traces as voucher_traces
from patron.http import checks as edge
from patron.http import idempotency
from patron.http.app import build_app, build_probes
from patron.http.edge import Asgi
from patron.http.links import Links
from patron.http.operations import Surroundings
from patron.http.pages import PageRoute
from patron.http.routes import Route
from patron.http.server import Address, Server
from patron.kernel.collector import spare_collections
from patron.pages.cockpit import routes as cockpit
from patron.pages.problems import problem_page
from patron.queue import checks as job_checks
from patron.queue import jobs, outbox
from patron.queue.announcements import Announcements
from patron.queue.jobs import JOBS, KEEP_ENDED_MS, Task
from patron.queue.listeners import Listener
from patron.queue.purge import purging
from patron.queue.schedule import Scheduled
from patron.queue.worker import Background, Projects, Worker

PARTS = (
    *projects.PARTS,
    *metadata_schemas.PARTS,
    *consent_model.PARTS,
    *product_collections.PARTS,
    *event_model.PARTS,
)
"""What every process holds in its rulebooks."""

TRACES: tuple[Trace | Mention, ...] = (
    *idempotency.TRACES,
    *outbox.TRACES,
    *jobs.TRACES,
    *async_action_traces.TRACES,
    *consent_traces.TRACES,
    *event_traces.TRACES,
    *order_traces.TRACES,
    *voucher_traces.TRACES,
)
"""Where there may be rows about a customer, beside the customer's own; who asks is told of them in this order."""

ROUTES: tuple[Route, ...] = (
    *project_routes.ROUTES,
    *metadata_schema_routes.ROUTES,
    *async_actions.ROUTES,
    *customers.ROUTES,
    *customers.person_routes(TRACES),
    *consents.ROUTES,
    *product_routes.ROUTES,
    *collection_routes.ROUTES,
    *location_routes.ROUTES,
    *event_routes.ROUTES,
    *orders.ROUTES,
    *segments.ROUTES,
    *vouchers.ROUTES,
)
"""Every operation of the API."""

PAGES: tuple[PageRoute, ...] = (*async_actions.PAGES, *vouchers.PAGES, *cockpit.PAGES)
"""Every page for people."""

REACTIONS = (*event_jobs.REACTIONS,)
"""What must be true when the cause commits, in the order of domains."""

TASKS: tuple[Task[Any], ...] = (*customer_jobs.TASKS, *order_jobs.TASKS, *voucher_jobs.TASKS, moving_history(TRACES))
"""Every kind of background work."""

LISTENERS: tuple[Listener[Any], ...] = ()
"""Who is told of which event after its commit."""

SCHEDULES = (
    Scheduled("units.purge", "7 * * * *", "UTC", purging(UNITS, KEEP_UNITS_MS)),
    Scheduled(
        "idempotency_keys.purge", "17 * * * *", "UTC", purging(idempotency.IDEMPOTENCY_KEYS, idempotency.KEEP_MS)
    ),
    Scheduled("jobs.purge", "27 * * * *", "UTC", purging(JOBS, KEEP_ENDED_MS, by="finished_at")),
    *async_action_jobs.SCHEDULES,
    Scheduled("erasures.end", "*/10 * * * *", "UTC", ending_erasures(TRACES)),
)
"""What every project does at which times."""

BACKGROUND = Background(TASKS, LISTENERS, SCHEDULES)

CHECKS: tuple[Check, ...] = (
    *rulebook_checks(PARTS),
    *edge.CHECKS,
    *job_checks.CHECKS,
    *async_action_checks.CHECKS,
    *customer_checks.CHECKS,
    *customer_checks.history_checks(TRACES),
    *consent_checks.CHECKS,
    *product_checks.CHECKS,
    *event_checks.CHECKS,
    *order_checks.CHECKS,
    *voucher_checks.CHECKS,
)
"""What `patron verify` looks for."""

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
