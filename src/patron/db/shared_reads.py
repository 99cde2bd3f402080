"""Reads by key that are asked for at once share a statement (PostgreSQL).

Sending a statement and taking its answer costs the server and the database several times what looking up one more key
does. So a read that finds none like it under way goes at once and alone; those that come until it is back go together.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from patron.db.statements import Params, Statement

MOST = 64
"""Reads that share a statement; further ones go with the next."""

Line = tuple[Statement[Any], str]
"""Reads that may share: of one kind, in one project."""


@dataclass(slots=True, eq=False)
class _Asked:
    params: Params
    answer: "asyncio.Future[Any]"


class SharedReads:
    """The first rows of reads by key, from a pool of connections.

    A read never joins one that is under way already, so it sees all that was committed before it was asked for.
    """

    def __init__(self, pool: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._pool = pool
        self._loop = loop
        self._waiting: dict[Line, list[_Asked]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def one(self, statement: Statement[Any], params: dict[str, Any]) -> Any:
        """The first row as the driver gives it; None where there is none. Raises what the driver raises."""
        text = statement.postgres
        values = text.take(params)
        if statement.shared is None:
            return await self._pool.fetchrow(text.sql, *values)
        line = (statement, params["project_id"])
        waiting = self._waiting.get(line)
        if waiting is not None:
            asked = _Asked(values, self._loop.create_future())
            waiting.append(asked)
            return await asked.answer
        self._waiting[line] = []
        try:
            return await self._pool.fetchrow(text.sql, *values)
        finally:
            self._go_on(line)

    def _go_on(self, line: Line) -> None:
        """Send those who wait by now, and keep the line open for others as long as they are under way."""
        waiting = self._waiting.pop(line)
        if waiting:
            self._waiting[line] = waiting[MOST:]
            task = self._loop.create_task(self._together(line, waiting[:MOST]))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _together(self, line: Line, asked: list[_Asked]) -> None:
        statement, project_id = line
        shared = statement.shared
        assert shared is not None
        try:
            found = await self._pool.fetch(shared.sql, project_id, *shared.arrays([each.params for each in asked]))
        except Exception:  # noqa: BLE001 - whose it is, each finds out alone
            await asyncio.gather(*(self._alone(statement, each) for each in asked))
        else:
            rows = {row[0]: row[1:] for row in found}
            for n, each in enumerate(asked, 1):
                _settle(each, rows.get(n))
        finally:
            self._go_on(line)

    async def _alone(self, statement: Statement[Any], asked: _Asked) -> None:
        try:
            _settle(asked, await self._pool.fetchrow(statement.postgres.sql, *asked.params))
        except Exception as fault:  # noqa: BLE001 - it goes to whoever asked
            if not asked.answer.done():
                asked.answer.set_exception(fault)


def _settle(asked: _Asked, row: Any) -> None:
    if not asked.answer.done():
        asked.answer.set_result(row)
