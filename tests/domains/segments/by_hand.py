"""A server in this process whose jobs run when a test says so, and whose clock a test moves on."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from secrets import token_bytes
from threading import Thread
from typing import Any, TypeVar

import httpx
import msgspec
import pytest

from patron.app import BACKGROUND
from patron.config import Settings, read_settings
from patron.db.actions import Action, Ctx, Reply
from patron.domains.segments import jobs as segment_jobs
from patron.domains.segments.actions.compare import SETTLED_MS
from patron.http.server import Address, Server
from patron.kernel import clock
from patron.queue.claims import CLAIM, Claim
from patron.queue.jobs import JobRow, Work
from patron.queue.schedule import MOVE_ON
from patron.running import Opened, application, bootstrap, opened
from tests.domains.products.conftest import ok
from tests.support.management import MANAGEMENT_KEYS, VARIABLES
from tests.support.servers import APP_ID, APP_TOKEN, KEYS, Client

T = TypeVar("T")

TASKS = BACKGROUND.all_tasks
LEASE_MS = 600_000
DAY_MS = 24 * 60 * 60 * 1000
_OWN_KEYS = {"PATRON_BOOTSTRAP_APP_ID": APP_ID, "PATRON_BOOTSTRAP_APP_TOKEN": APP_TOKEN}
_numbers = count()


class MovedClock:
    """What the clock reads; it goes on with the real one, some time ahead."""

    def __init__(self) -> None:
        self.ahead_ms = 0

    def time_ns(self) -> int:
        return time.time_ns() + self.ahead_ms * 1_000_000  # noqa: TID251 - stands below the kernel's clock

    def go_on(self, days: int) -> None:
        """It is so many days later."""
        self.ahead_ms += days * DAY_MS


class Project:
    """A project of the server, with a client that has its key, and one that manages it."""

    def __init__(self, server: "ByHand", made: dict[str, Any], client: httpx.Client, manager: httpx.Client) -> None:
        self._server = server
        self.id: str = made["id"]
        self.client = client
        self.manager = manager

    def path(self, of: str) -> str:
        """Where the management API has something of the project."""
        return f"/management/v1/projects/{self.id}/{of}"

    def run_jobs(self, *, between: Callable[[], None] = lambda: None) -> list[str]:
        """Run every job to its end, those too that are due in a while; the names of their tasks.

        `between` is called after each step of a job.
        """
        return self._server.do(self._run_jobs(between))

    def sweep(self) -> list[str]:
        """A quarter of an hour later, run what the schedule has segments do, and the jobs that come of it."""
        self._server.do(self._write(MOVE_ON, segment_jobs.SCHEDULES))
        self._server.clock.ahead_ms += DAY_MS // 96
        self._server.do(self._write(MOVE_ON, segment_jobs.SCHEDULES))
        return self.run_jobs()

    async def _run_jobs(self, between: Callable[[], None]) -> list[str]:
        done: list[str] = []
        while claimed := await self._claim():
            for job in claimed:
                work = _Watched(self._server.patron.units, TASKS[job.task], job, LEASE_MS)
                work.between = between
                await TASKS[job.task].run(work)
                done.append(job.task)
        return done

    async def _claim(self) -> list[JobRow]:
        reply = await self._write(CLAIM, Claim(10, LEASE_MS), later_ms=2 * SETTLED_MS)
        return msgspec.json.decode(reply.body, type=list[JobRow])

    async def _write(self, action: Action[Any], body: Any, *, later_ms: int = 0) -> Reply:
        return await self._server.patron.units.write(
            action, Ctx(self.id, clock.now_ms() + later_ms, token_bytes(16)), body
        )


class _Watched(Work[Any]):
    between: Callable[[], None]

    async def step(self, *given: Any, **more: Any) -> Reply:
        reply = await super().step(*given, **more)
        await asyncio.to_thread(self.between)
        return reply


class ByHand:
    """The server. Nothing of it runs in the background."""

    def __init__(self, patron: Opened, server: Server, loop: asyncio.AbstractEventLoop, contract_log: Path) -> None:
        self.patron = patron
        self.server = server
        self._loop = loop
        self._contract_log = contract_log
        self._clients: list[httpx.Client] = []
        self.clock = MovedClock()

    def do(self, what: Coroutine[Any, Any, T]) -> T:
        """Run this in the server's own loop."""
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(60)

    def at_noon(self) -> None:
        """Move the clock to noon of UTC, so that no test sees midnight come by itself."""
        self.clock.ahead_ms += DAY_MS // 2 - clock.now_ms() % DAY_MS

    def project(self, **fields: Any) -> Project:
        """A new project, with the event `bought`."""
        manager = self._client(MANAGEMENT_KEYS)
        body = {"name": f"Shop {next(_numbers)}", "currency": "EUR", "case_sensitive_codes": True, **fields}
        made = ok(manager.post("/management/v1/projects", json=body))
        events = f"/management/v1/projects/{made['id']}/custom-event-schemas"
        ok(manager.post(events, json={"name": "bought", "schema": {"properties": {}}}))
        key = made["server_side_key"]
        client = self._client({"X-App-Id": key["app_id"], "X-App-Token": key["app_token"]})
        return Project(self, made, client, manager)

    def close(self) -> None:
        """Close every client."""
        for client in self._clients:
            client.close()

    def _client(self, keys: dict[str, str]) -> httpx.Client:
        client = Client(self.server.url, self._contract_log)
        self._clients.append(client)
        for name in KEYS:
            del client.headers[name]
        client.headers.update(keys)
        return client


@contextmanager
def serving_by_hand(database_url: str, contract_log: Path) -> Iterator[ByHand]:
    """A server in a thread of this process, whose clock may be moved on until it ends."""
    given = {"PATRON_DATABASE_URL": database_url, **_OWN_KEYS, **VARIABLES}
    started: Future[tuple[Opened, Server, asyncio.AbstractEventLoop]] = Future()
    thread = Thread(target=lambda: asyncio.run(_serve(read_settings(given), started)), daemon=True)
    thread.start()
    by_hand = ByHand(*started.result(60), contract_log)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "time", by_hand.clock)
        yield by_hand
    by_hand.close()
    by_hand.server.stop()
    thread.join()


async def _serve(settings: Settings, started: "Future[tuple[Opened, Server, asyncio.AbstractEventLoop]]") -> None:
    async with opened(settings, migrating=True) as patron:
        await bootstrap(patron.units, settings)
        address = Address("127.0.0.1", 0)
        server = Server(application(patron, ("a secret of tests",), address.url), address, shutdown_seconds=1)

        async def ready() -> None:
            started.set_result((patron, server, asyncio.get_running_loop()))

        await server.serve(ready)
