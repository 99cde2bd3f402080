"""The door to the database: reads of a project, and writes that go through its lane into shared units."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from patron.db.actions import Action, Ctx, Read, Reply, Wants
from patron.db.announcer import Announcer
from patron.db.lanes import BULK, WRITES, Lane
from patron.db.postgres import PostgresDatabase
from patron.db.rulebook import VERSION_OF, Part, Rulebook, Rulebooks
from patron.db.sqlite import SqliteDatabase
from patron.db.statements import Statement
from patron.db.tables import Table
from patron.db.unit import Member, Unit

T = TypeVar("T")
B = TypeVar("B")

Database = SqliteDatabase | PostgresDatabase

RULEBOOK_SECONDS = 1.0


def open_database(url: str, parts: tuple[Part, ...], *, size: int = 8, durable: bool = True) -> Database:
    """The database that a URL names: `sqlite:///file`, `sqlite://` (in memory) or `postgresql://…`.

    `parts` is the content of the rulebook. ValueError says what is wrong with the URL.
    """
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite":
        return SqliteDatabase(rest.removeprefix("/") or ":memory:", parts, durable=durable)
    if scheme in ("postgresql", "postgres"):
        return PostgresDatabase(url, parts, size=size)
    raise ValueError("the database URL must begin with sqlite:/// or postgresql://")


def file_of(url: str) -> Path | None:
    """The file of a `sqlite:///file` URL; None for any other database."""
    name = url.removeprefix("sqlite:///")
    return None if name == url else Path(name)


class ProjectRead:
    """Reads of one project outside of a unit; `rulebook` is at most a second old."""

    __slots__ = ("_database", "rulebook")

    def __init__(self, database: Database, rulebook: Rulebook) -> None:
        self._database = database
        self.rulebook = rulebook

    async def one(self, statement: Statement[T], **params: Any) -> T | None:
        return await self._database.one(statement, **params)

    async def all(self, statement: Statement[T], **params: Any) -> list[T]:
        return await self._database.all(statement, **params)

    async def scan(self, statement: Statement[T], **params: Any) -> list[T]:
        return await self._database.scan(statement, **params)

    async def snapshot(self, *questions: tuple[Statement[Any], dict[str, Any]]) -> list[list[Any]]:
        return await self._database.snapshot(*questions)


def _still_here() -> bool:
    return False


class Units:
    """Reads and writes of all projects in this process."""

    def __init__(self, database: Database, rulebooks: Rulebooks, announcer: Announcer) -> None:
        self.database = database
        self._rulebooks = rulebooks
        self._announcer = announcer
        self._lanes: dict[tuple[str, bool], Lane] = {}
        self._watchers: dict[Table[Any], Callable[[str], None]] = {}
        self._looks: dict[str, tuple[float, asyncio.Task[None]]] = {}
        self.readings = 0
        """How often anything was read or written through here: by it, long work sees whether it is alone."""

    async def reading(self, project_id: str) -> Read:
        """A read of this project. Looks whether the rulebook moved when the last look is a second ago."""
        self.readings += 1
        now = time.monotonic()
        if now - self._rulebooks.checked_at(project_id) >= RULEBOOK_SECONDS:
            await asyncio.shield(self._looking(project_id, now))
        return ProjectRead(self.database, self._rulebooks.held(project_id))

    async def write(
        self,
        action: Action[B],
        ctx: Ctx,
        body: B,
        *,
        gone: Callable[[], bool] = _still_here,
        size: int = 0,
        bulk: bool = False,
    ) -> Reply:
        """Run a write in a unit of its project; the reply is given after the commit.

        `gone` tells that nobody waits for the answer any more: then a write that has not joined a unit is
        dropped. `size` is the body's in bytes. `bulk` takes the project's second lane, for long work. Raises
        the `Problem` that the action raised, or 503 with `retry_after`.
        """
        read = await self.reading(ctx.project_id)
        wants = await self.gather(action, read, ctx, body)
        return await self._lane(ctx.project_id, bulk=bulk).join(action, ctx, body, wants, gone, size)

    def watch(self, table: Table[Any], tell: Callable[[str], None]) -> None:
        """From now on, tell the project's id after each commit of this process that added rows to the table.

        A table has one watcher: a later one takes the place of the one before.
        """
        self._watchers[table] = tell

    async def drain(self) -> None:
        """Wait until every write that was accepted is answered."""
        while self._lanes:
            await asyncio.gather(*(lane.drained() for lane in list(self._lanes.values())))

    # What lanes call

    async def gather(self, action: Action[B], read: Read, ctx: Ctx, body: B) -> Wants:
        """What a write wants locked, with what the reactions to its events want."""
        return self.completed(ctx.project_id, await action.gather(read, ctx, body))

    def completed(self, project_id: str, wants: Wants) -> Wants:
        """Wants, with the rows of the reactions to the events that they expect."""
        rulebook = self._rulebooks.held(project_id)
        for event in list(wants.events):
            self._announcer.want(event, wants, rulebook)
        return wants

    async def run(self, unit: Unit) -> None:
        """Run a unit; if it changed the rulebook, the next read of this process looks at once. Then tell watchers."""
        await self.database.run(unit)
        if unit.version_moved:
            self._rulebooks.doubt(unit.project_id)
            self._looks.pop(unit.project_id, None)
        for table in unit.added & self._watchers.keys():
            self._watchers[table](unit.project_id)

    def unit(self, members: list[Member], unit_id: str, now: int) -> Unit:
        return Unit(unit_id, members, self._rulebooks, self._announcer, now)

    def retire(self, lane: Lane) -> None:
        """An idle lane is forgotten, so that a million quiet projects cost nothing."""
        self._lanes.pop((lane.project_id, lane.bounds is BULK), None)

    def _lane(self, project_id: str, *, bulk: bool) -> Lane:
        lane = self._lanes.get((project_id, bulk))
        if lane is None:
            lane = self._lanes[project_id, bulk] = Lane(project_id, BULK if bulk else WRITES, self)
        return lane

    def _looking(self, project_id: str, now: float) -> "asyncio.Task[None]":
        """The look that is under way, so that a thousand reads in the same moment ask once; else one that begins now.

        One that began before this process changed the content, or too long ago, may not know what its reader must.
        """
        began, look = self._looks.get(project_id, (float("-inf"), None))
        if look is None or now - began >= RULEBOOK_SECONDS:
            look = asyncio.get_running_loop().create_task(self._look(project_id, now))
            self._looks[project_id] = (now, look)
        return look

    async def _look(self, project_id: str, now: float) -> None:
        try:
            version = await self.database.one(VERSION_OF, project_id=project_id) or 0
            held = self._rulebooks.held(project_id).version
            if version != held:
                newest, newer = await self.database.newer_content(project_id, held)
                self._rulebooks.absorb(project_id, newest, newer)
            if self._is_newest_look(project_id):
                self._rulebooks.confirm(project_id, now)
        finally:
            if self._is_newest_look(project_id):
                del self._looks[project_id]

    def _is_newest_look(self, project_id: str) -> bool:
        _, look = self._looks.get(project_id, (0.0, None))
        return look is asyncio.current_task()
