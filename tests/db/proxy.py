"""A line to PostgreSQL that can be cut at the commit: before the server hears of it, or before its answer is heard."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal
from urllib.parse import parse_qs, urlsplit

COMMIT = b"COMMIT\x00"
"""How both the simple query and its completion end."""

Place = Literal["before", "after"]


class Line:
    """Passes bytes on. `cut_at` cuts the connection of the next commit; with `stays_dead`, the line is dead then."""

    def __init__(self, socket_path: str) -> None:
        self._socket_path = socket_path
        self._dead = False
        self.cut_at: Place | None = None
        self.stays_dead = False
        self.cuts = 0

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until either side ends it."""
        if self._dead:
            writer.transport.abort()
            return
        to_reader, to_writer = await asyncio.open_unix_connection(self._socket_path)
        ways = [
            asyncio.create_task(self._pass(reader, to_writer, "before")),
            asyncio.create_task(self._pass(to_reader, writer, "after")),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way, end in zip(ways, (to_writer, writer), strict=True):
            way.cancel()
            end.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, place: Place) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                if self.cut_at == place and COMMIT in data:
                    self.cut_at, self._dead = None, self.stays_dead
                    self.cuts += 1
                    return
                writer.write(data)
                await writer.drain()


@asynccontextmanager
async def line_to(url: str) -> AsyncIterator[tuple[str, Line]]:
    """The URL of a database by a line that can be cut, and the line."""
    parts = urlsplit(url)
    [folder] = parse_qs(parts.query)["host"]
    line = Line(f"{folder}/.s.PGSQL.5432")
    server = await asyncio.start_server(line.take, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"postgresql://{parts.username}@127.0.0.1:{port}{parts.path}", line
    finally:
        server.close()
