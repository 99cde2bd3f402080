"""Importing a file of any size, chunk by chunk; what was killed goes on where it was.

The file's import is an async action, found again by its `mark`. A chunk and the position after it are one unit, so
however often this is broken off and begun anew, each row is carried out once.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from secrets import token_bytes
from typing import Any, TypeVar

import msgspec

from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.db.units import Units
from patron.domains.async_actions.actions.begin import begin
from patron.domains.async_actions.actions.finish import FINISH, finish_of
from patron.domains.async_actions.carrying_on import Applied
from patron.domains.async_actions.files.rows import Row, Size, chunks_of
from patron.domains.async_actions.model import AsyncAction, Type
from patron.domains.async_actions.store import BY_ID, BY_MARK
from patron.kernel.clock import now_ms
from patron.kernel.problems import Problem, import_taken_over

B = TypeVar("B")

CHARACTERS_AT_A_TIME = 1_000_000
AHEAD = {"postgresql": 2, "sqlite": 1}
"""Chunks that are under way at a time. On PostgreSQL one is read while another is written; SQLite writes in this very
process, whose threads would only take turns."""
CHANNEL = "CLI"
BUSY = 503
_PAUSES_SECONDS = (0.1, 0.2, 0.5, 1, 2, 5, 5, 5, 10, 10, 10, 10)


class BeginImport(msgspec.Struct, frozen=True):
    """Begin the import of the file with this mark, in this way; `total` is its size in bytes, 0 where nobody knows."""

    kind: Type
    mark: str
    way: Any
    total: int


async def _gather(_read: Read, _ctx: Ctx, _body: BeginImport) -> Wants:
    return Wants()


def _apply(rows: Rows, ctx: Ctx, body: BeginImport) -> Outcome:
    action = begin(rows, ctx, body.kind, body.way, body.total, mark=body.mark)
    return Reply(200, msgspec.json.encode(action.id))


BEGIN_IMPORT = Action("async_actions.begin_import", _gather, _apply)
"""Body: `BeginImport`. Answers 200 with the async action's id as a JSON string."""


@dataclass(frozen=True, slots=True)
class Importable:
    """What a file may bring.

    `kind` is the type of its async actions. `write` carries out a chunk and answers with `Applied`; its body is what
    `chunk` makes of the action's id, the chunk's number, how many rows lie before it, its rows, the way, and by how
    many bytes it brings the action on. A unit has `rows` at most.
    """

    kind: Type
    write: Action[Any]
    chunk: Callable[[str, int, int, list[Row[Any]], Any, int], Any]
    rows: int


@dataclass(frozen=True, slots=True)
class Pace:
    """How many rows a unit has at most, and how long to leave the database to others after each."""

    rows: int
    pause_seconds: float


ALONE = Pace(1_000, 0.0)
BESIDE_OTHERS = Pace(100, 0.02)
"""For a SQLite file that a server writes to as well: it gets its turn between two units."""


class FileImport:
    """The import of one file into a project: what is left of it, where an earlier run was broken off."""

    def __init__(self, units: Units, importable: Importable, action: AsyncAction, way: Any, pace: Pace) -> None:
        self._units = units
        self._importable = importable
        self._way = way
        self._pace = pace
        self._ahead = AHEAD[units.database.dialect]
        self.action = action
        self.resumed_at = action.rows
        self._rows_before = {action.position: action.rows}

    async def run(
        self,
        rows: Iterator[tuple[Row[Any], Size]],
        read_so_far: Callable[[], int],
        tell: Callable[[AsyncAction], None],
    ) -> AsyncAction:
        """Import what is left of the file; the action as it ended. Problem 503 where the database stays away.

        `rows` are those of the whole file, in order. `read_so_far` tells how many bytes of it have been read. `tell`
        is called with the action after each chunk. Problem 409 where another run has taken the import over.
        """
        next(islice(rows, self.resumed_at, self.resumed_at), None)
        n, passed = self.action.position, self.action.passed
        most_rows = min(self._pace.rows, self._importable.rows)
        writing: deque[asyncio.Task[None]] = deque()
        try:
            for chunk in chunks_of(rows, most_rows=most_rows, most_size=CHARACTERS_AT_A_TIME):
                read = read_so_far()
                self._rows_before[n + 1] = self._rows_before[n] + len(chunk)
                writing.append(asyncio.create_task(self._write(chunk, n, max(0, read - passed))))
                n, passed = n + 1, read
                await asyncio.sleep(self._pace.pause_seconds)  # the write is under way before the next rows are read
                if len(writing) == self._ahead:
                    await writing.popleft()
                    tell(self.action)
        finally:
            await _all_of(writing)
        tell(self.action)
        await self._finish()
        return self.action

    async def _write(self, rows: list[Row[Any]], n: int, passed: int) -> None:
        """Write a chunk until it is done, by this write or, after a lost answer, by an earlier one.

        Problem 409 where somebody else has moved the import to where no chunk of this run begins.
        """
        body = self._importable.chunk(self.action.id, n, self._rows_before[n], rows, self._way, passed)
        while True:
            reply = await patiently(self._units, self.action.project_id, self._importable.write, body)
            applied = msgspec.json.decode(reply.body, type=Applied)
            self._note(applied)
            if not applied.done and (applied.over or self._rows_before.get(applied.position) != applied.rows):
                raise import_taken_over(self.action.id)
            if applied.done or applied.position > n:
                return
            await asyncio.sleep(_PAUSES_SECONDS[0])  # the chunk before is being tried again

    def _note(self, applied: Applied) -> None:
        self.action = msgspec.structs.replace(
            self.action,
            position=applied.position,
            passed=applied.passed,
            done_count=applied.done_count,
            failed_count=applied.failed_count,
        )

    async def _finish(self) -> None:
        read = await self._units.reading(self.action.project_id)
        await patiently(
            self._units, self.action.project_id, FINISH, await finish_of(read, self.action.project_id, self.action.id)
        )
        ended = await read.one(BY_ID, project_id=self.action.project_id, id=self.action.id)
        assert ended is not None
        self.action = ended


async def _all_of(writing: Iterable[asyncio.Task[None]]) -> None:
    """Wait for all, whatever becomes of one; the first fault is raised."""
    for outcome in await asyncio.gather(*writing, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


async def file_import(
    units: Units, project_id: str, importable: Importable, mark: str, way: Any, total: int, pace: Pace
) -> FileImport:
    """The import of the file with this mark: the unfinished one, where there is one, or a new one."""
    read = await units.reading(project_id)
    found = None
    if mark:
        found = await read.one(BY_MARK, project_id=project_id, mark=mark)
    if found is None:
        reply = await patiently(units, project_id, BEGIN_IMPORT, BeginImport(importable.kind, mark, way, total))
        found = await read.one(BY_ID, project_id=project_id, id=msgspec.json.decode(reply.body))
        assert found is not None
    return FileImport(units, importable, found, way, pace)


async def patiently(units: Units, project_id: str, action: Action[B], body: B) -> Reply:
    """Write in the project's bulk lane; while the database is busy or away, try again for a minute."""
    for pause in _PAUSES_SECONDS:
        try:
            return await _write(units, project_id, action, body)
        except Problem as problem:
            if problem.status != BUSY:
                raise
        await asyncio.sleep(pause)
    return await _write(units, project_id, action, body)


async def _write(units: Units, project_id: str, action: Action[B], body: B) -> Reply:
    ctx = Ctx(project_id, now_ms(), token_bytes(16), channel=CHANNEL)
    return await units.write(action, ctx, body, bulk=True)
