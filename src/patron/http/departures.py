"""Departures: whether the client has gone away while its write waits (rule 16)."""

import asyncio

from patron.http.bodies import Receive

PATIENCE_SECONDS = 0.05


class Departure:
    """Looks for the client's departure, but only once a write takes longer than `PATIENCE_SECONDS`.

    Most writes are done by then, and a timer is cheaper than a task. For a request whose body has been read.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._gone = False
        self._task: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._look)

    def gone(self) -> bool:
        """Whether the client is known to have left."""
        return self._gone

    def stop(self) -> None:
        """Look no longer: the write is answered."""
        self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    def _look(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._wait())

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass  # the body of an operation that takes none
        self._gone = True
