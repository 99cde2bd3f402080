"""What a database does for the requests that a server is sent: each statement as it was run, and what it looked at."""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import apsw
import httpx

from bench.ledger import FILLED
from bench.places import postgres, served
from patron.config import Settings
from patron.http.logs import configure_logs
from patron.running import application, opened
from tests.support.databases import Postgres, sqlite_file
from tests.support.plans import nodes, rows_read_by
from tests.support.servers import KEYS

_TABLES = {table.name for table in FILLED}
_PLAN = re.compile(r"^LOG:  duration: [^{]*plan:\s*(\{.*\})", re.DOTALL)
_EXPLAINING = {
    "session_preload_libraries": "auto_explain",
    "auto_explain.log_min_duration": "-1",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_buffers": "on",
    "auto_explain.log_timing": "off",
    "auto_explain.log_format": "json",
    "log_line_prefix": "PATRON ",
}
_NOT_ASKED = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE")


@dataclass(frozen=True, slots=True)
class Run:
    """A statement as it was run. `looked_at` is rows on PostgreSQL, and steps of its machine on SQLite; `buffers` are
    pages of PostgreSQL's; `faults` are steps of its plan that look at all of what grows.
    """

    sql: str
    looked_at: int
    buffers: int
    faults: tuple[str, ...] = ()


Send = Callable[[str, str, dict[str, Any] | None], httpx.Response]
"""Send a request: method, path, JSON body."""


class Watch:
    """A running server, and a way to see what its database does for a request."""

    def __init__(self, database_url: str, send: Send, seen: Callable[[Callable[[], object]], list[Run]]) -> None:
        self.database_url = database_url
        self.send = send
        self.seen = seen
        """Do this, and tell each statement that was run for it."""


@contextmanager
def on_postgres() -> Iterator[tuple[str, Callable[[], Any]]]:
    """An empty database, and what opens a `Watch` over it."""
    with postgres() as server:
        server.configure(**_EXPLAINING)
        with server.database() as url:
            yield url, lambda: _watched_postgres(server, url)


@contextmanager
def _watched_postgres(server: Postgres, url: str) -> Iterator[Watch]:
    with served(url, PATRON_WORKER="off") as shop, httpx.Client(base_url=shop, headers=KEYS, timeout=60) as client:

        def seen(deed: Callable[[], object]) -> list[Run]:
            server.configure(**{"auto_explain.log_min_duration": "0"})
            client.get("/v1/redemptions?limit=1")  # by which the server's connections hear of it
            at = len(server.log())
            deed()
            server.configure(**{"auto_explain.log_min_duration": "-1"})
            return [_explained(entry) for entry in _plans(server.log()[at:])]

        yield Watch(url, lambda method, path, body: client.request(method, path, json=body), seen)


def _plans(log: str) -> Iterator[dict[str, Any]]:
    for entry in log.split("PATRON ")[1:]:
        if found := _PLAN.match(entry.replace("\n\t", "\n")):
            yield json.loads(found[1])


def _explained(told: dict[str, Any]) -> Run:
    steps = nodes(told["Plan"])
    scans = [step["Relation Name"] for step in steps if step["Node Type"] == "Seq Scan"]
    buffers = told["Plan"].get("Shared Hit Blocks", 0) + told["Plan"].get("Shared Read Blocks", 0)
    faults = tuple(f"Seq Scan {name}" for name in scans if name in _TABLES)
    return Run(" ".join(told["Query Text"].split()), round(sum(map(rows_read_by, steps))), buffers, faults)


@contextmanager
def on_sqlite() -> Iterator[tuple[str, Callable[[], Any]]]:
    """An empty file, and what opens a `Watch` over it."""
    with sqlite_file() as url:
        yield url, lambda: _watched_sqlite(url)


@contextmanager
def _watched_sqlite(url: str) -> Iterator[Watch]:
    """The server is in this process, since nobody else is told what SQLite does."""
    traced: list[tuple[str, int]] = []

    def trace(event: dict[str, Any]) -> None:
        traced.append((" ".join(event["sql"].split()), event["stmt_status"]["SQLITE_STMTSTATUS_VM_STEP"]))

    def hook(connection: apsw.Connection) -> None:
        connection.trace_v2(apsw.SQLITE_TRACE_PROFILE, trace)

    configure_logs("error", "json")
    apsw.connection_hooks.append(hook)
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        client = runner.run(_client(url, stack))

        def send(method: str, path: str, body: dict[str, Any] | None) -> httpx.Response:
            return runner.run(client.request(method, path, json=body))

        def seen(deed: Callable[[], object]) -> list[Run]:
            traced.clear()
            deed()
            asked = [each for each in traced if not each[0].startswith(_NOT_ASKED)]
            return [Run(sql, steps, 0, _scans(url, sql)) for sql, steps in asked]

        try:
            yield Watch(url, send, seen)
        finally:
            apsw.connection_hooks.remove(hook)
            runner.run(stack.aclose())


async def _client(url: str, stack: AsyncExitStack) -> httpx.AsyncClient:
    """A client of an application over this file; the stack closes both."""
    patron = await stack.enter_async_context(opened(Settings(database_url=url), migrating=False))
    app: Any = application(patron, ("a secret of the bench",), "http://bench")
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bench", headers=KEYS)
    return await stack.enter_async_context(client)


def _scans(url: str, sql: str) -> tuple[str, ...]:
    connection = apsw.Connection(url.removeprefix("sqlite:///"))
    steps = [str(row[3]) for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", (None,) * sql.count("?"))]
    connection.close()
    return tuple(step for step in steps if step.startswith("SCAN") and step.split()[1] in _TABLES)
