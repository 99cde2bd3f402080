"""The database fails at each statement of a write in turn: the write has happened wholly or not at all.

On PostgreSQL every connection is cut there, on SQLite the file gives an I/O error; once, or from that statement on
until it is repaired. Sent again with the same Idempotency-Key, the write is done, and done once.
"""

from collections.abc import AsyncIterator
from secrets import token_bytes
from typing import Any, cast

import apsw
import asyncpg
import httpx
import pytest
import sqlalchemy as sa

from patron.app import TRACES
from patron.config import BootstrapKey, Settings
from patron.db.actions import Ctx
from patron.db.postgres import PostgresDatabase
from patron.db.sqlite import SqliteDatabase
from patron.db.statements import Statement
from patron.db.tables import Table
from patron.db.units import Database, Units
from patron.domains.customers.actions.erase import end_erasures_of
from patron.domains.projects.model import PROJECTS
from patron.kernel.clock import now_ms
from patron.queue.purge import Purge
from patron.running import application, bootstrap, opened
from tests.faults.rounds import Log
from tests.support.servers import APP_ID, APP_TOKEN, KEYS

WRITES: dict[str, tuple[str, str, dict[str, Any] | None]] = {
    "create": ("POST", "", {"source_id": "{}", "name": "new", "metadata": {"n": 1}}),
    "upsert": ("POST", "", {"source_id": "old-{}", "name": "new"}),
    "update": ("PUT", "/old-{}", {"name": "new", "address": {"city": "Bath"}}),
    "delete": ("DELETE", "/old-{}", None),
}
ERASE = ("POST", "/old-{}/permanent-deletion", None)


class Harm:
    """Counts the statements that a database is given, and fails the one that it is told to."""

    def __init__(self, database: Database, admin: asyncpg.Connection | None) -> None:
        self._admin = admin
        self.seen = 0
        self.at = 0
        self.after = False
        self.lasts = False
        self.done = 0
        self._wrap_reads(database)
        if isinstance(database, PostgresDatabase):
            self._wrap_steps_of_postgres(database)
        else:
            self._wrap_steps_of_sqlite(database)

    def arm(self, at: int, *, after: bool, lasts: bool) -> None:
        self.seen, self.done = 0, 0
        self.at, self.after, self.lasts = at, after, lasts

    def disarm(self) -> None:
        self.at = 0

    def _is_due(self) -> bool:
        self.seen += 1
        due = self.at > 0 and (self.seen >= self.at if self.lasts else self.seen == self.at)
        self.done += due
        return due

    async def _cut(self) -> None:
        if self._admin is None:
            raise apsw.IOError("injected")
        await self._admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    def _wrap_reads(self, database: Database) -> None:
        read = database.one

        async def one(statement: Statement[Any], **params: Any) -> Any:
            due = self._is_due() and self._admin is not None  # SQLite's own reads are mapped below this point
            if due and not self.after:
                await self._cut()
            found = await read(statement, **params)
            if due and self.after:
                await self._cut()
            return found

        database.one = one  # type: ignore[method-assign]

    def _wrap_steps_of_postgres(self, database: PostgresDatabase) -> None:
        perform = database._perform

        async def harmed(connection: Any, step: Any) -> Any:
            due = self._is_due()
            if due and not self.after:
                await self._cut()
            answer = await perform(connection, step)
            if due and self.after:
                await self._cut()
            return answer

        database._perform = harmed  # type: ignore[method-assign]

    def _wrap_steps_of_sqlite(self, database: SqliteDatabase) -> None:
        perform = database._perform

        def harmed(step: Any) -> Any:
            due = self._is_due()
            if due and not self.after:
                raise apsw.IOError("injected")
            answer = perform(step)
            if due and self.after:
                raise apsw.IOError("injected")
            return answer

        database._perform = harmed  # type: ignore[method-assign]


class Scene:
    """A server in this process, over a database that can be harmed."""

    def __init__(self, units: Units, client: httpx.AsyncClient, harm: Harm) -> None:
        self.units = units
        self.database = units.database
        self.client = client
        self.harm = harm

    async def send(self, name: str, n: int | str) -> httpx.Response:
        method, path, body = ERASE if name == "erase" else WRITES[name]
        if body is not None and "source_id" in body:
            body = {**body, "source_id": body["source_id"].format(n)}
        return await self.client.request(
            method, f"/v1/customers{path.format(n)}", json=body, headers={"Idempotency-Key": f"{name}-{n}"}
        )

    async def prepare(self, name: str, n: int | str) -> None:
        if name != "create":
            await self.client.post("/v1/customers", json={"source_id": f"old-{n}", "name": "old", "phone": "1"})

    async def end_erasures(self) -> None:
        """As the schedule does."""
        projects = await self.database.scan(Statement(sa.select(PROJECTS.sa), PROJECTS.struct))
        for project in projects:
            ctx = Ctx(project.project_id, now_ms(), token_bytes(16))
            await self.units.write(end_erasures_of(TRACES), ctx, Purge(now_ms() + 1))

    async def tables(self) -> dict[str, list[Any]]:
        """Every row of every table, but for the ids that units leave."""
        return {
            table.name: await self.database.scan(Statement(sa.select(table.sa), table.struct))
            for table in Table.all.values()
            if table.name != "units"
        }


@pytest.fixture
async def scene(database_url: str) -> AsyncIterator[Scene]:
    settings = Settings(database_url=database_url, bootstrap=(BootstrapKey("server", APP_ID, APP_TOKEN),))
    admin = None if database_url.startswith("sqlite") else await asyncpg.connect(database_url)
    async with opened(settings, migrating=True) as patron:
        await bootstrap(patron.units, settings)
        transport = httpx.ASGITransport(cast("Any", application(patron, ("secret",), "http://shop.test")))
        async with httpx.AsyncClient(
            verify=False, transport=transport, base_url="http://patron", headers=KEYS
        ) as client:
            yield Scene(patron.units, client, Harm(patron.database, admin))
    if admin is not None:
        await admin.close()


@pytest.mark.parametrize("lasts", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("name", WRITES)
async def test_a_write_happens_wholly_or_not_at_all(scene: Scene, name: str, lasts: bool, fault_log: Log) -> None:
    wanted, statements = await _unharmed(scene, name)
    assert statements >= 5
    refused = 0
    for at in range(1, statements + 1):
        for after in (False, True):
            case = f"{at}{'after' if after else 'before'}"
            await scene.prepare(name, case)
            refused += await _harmed(scene, name, case, wanted, at=at, after=after, lasts=lasts)
    fault_log.note(
        f"{statements} statements, each failed before and after: {refused} refused, all done when sent again"
    )


@pytest.mark.parametrize("lasts", [False, True], ids=["once", "lasting"])
async def test_an_erasure_is_brought_to_its_end(scene: Scene, lasts: bool, rounds: int, fault_log: Log) -> None:
    """It takes several units: a part may be done, the answer of another try is then that nobody is there any more."""
    _, statements = await _unharmed(scene, "erase")
    tried = range(1, statements + 1, max(1, statements // rounds))
    assert len(tried) >= min(rounds, 10)
    for at in tried:
        for after in (False, True):
            case = f"{at}{'after' if after else 'before'}"
            await scene.prepare("erase", case)
            scene.harm.arm(at, after=after, lasts=lasts)
            first = await scene.send("erase", case)
            assert scene.harm.done
            scene.harm.disarm()
            assert first.status_code in (200, 503), first.text
            await _patiently(scene)
            assert (await scene.send("erase", case)).status_code in (200, 404)
            await scene.end_erasures()
            left = {name: rows for name, rows in (await scene.tables()).items() if f"old-{case}" in repr(rows)}
            assert not left
    told = f"erasure: {len(tried)} of {statements} statements"
    fault_log.note(f"{told}, each failed before and after: nothing left of anybody")


async def _unharmed(scene: Scene, name: str) -> tuple[int, int]:
    """The status of the write's answer, and how many statements it takes when it is not the first of its kind."""
    for case in ("first", "second"):
        await scene.prepare(name, case)
        scene.harm.arm(0, after=False, lasts=False)
        answer = await scene.send(name, case)
    return answer.status_code, scene.harm.seen


async def _harmed(scene: Scene, name: str, case: str, wanted: int, *, at: int, after: bool, lasts: bool) -> bool:
    """Send a write that meets harm, look at what is left of it, and send it again; whether it was refused."""
    before = await scene.tables()
    scene.harm.arm(at, after=after, lasts=lasts)
    answer = await scene.send(name, case)
    assert scene.harm.done
    scene.harm.disarm()
    assert answer.status_code in (wanted, 503), answer.text
    left = await _patiently(scene)
    if answer.status_code == 503:
        assert answer.headers["Retry-After"]
        assert left == before
    again = await scene.send(name, case)
    assert again.status_code == wanted
    if answer.status_code == wanted:
        assert again.content == answer.content
        assert await scene.tables() == left
    return answer.status_code == 503


async def _patiently(scene: Scene) -> dict[str, list[Any]]:
    """The tables, once the connections that were cut have been replaced: each of them refuses one read."""
    while (await scene.client.get("/v1/customers/none")).status_code == 503:
        pass
    return await scene.tables()
