"""The limit for reads: an application that answers every request with the same bytes, from memory, on the same server.

Run as a program it serves the bytes of a file: `python -m bench.bare FILE`.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvloop

from patron.http.server import Address, Server
from patron.kernel.collector import spare_collections


@contextmanager
def bare_server(body: bytes) -> Iterator[str]:
    """Serve these bytes from a process of its own; the URL."""
    with tempfile.TemporaryDirectory(prefix="patron-bench-") as folder:
        file = Path(folder) / "body"
        file.write_bytes(body)
        command = [sys.executable, "-m", "bench.bare", str(file)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            try:
                yield process.stdout.readline().strip()
            finally:
                process.terminate()


async def _serve(body: bytes) -> None:
    head = {"type": "http.response.start", "status": 200}
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({**head, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    server = Server(app, Address("127.0.0.1", 0), shutdown_seconds=1)

    async def say_where() -> None:
        print(server.url, flush=True)

    spare_collections()
    await server.serve(say_where)


if __name__ == "__main__":
    uvloop.run(_serve(Path(sys.argv[1]).read_bytes()))
