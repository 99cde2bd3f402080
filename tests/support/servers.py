"""A real server over a project of known keys, and a client that writes down what it was answered."""

import json
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.faults.looks import check_tables
from tests.support.forks import Patron

APP_ID = "shop"
APP_TOKEN = "a-token-for-tests"
KEYS = {"X-App-Id": APP_ID, "X-App-Token": APP_TOKEN}
START_SECONDS = 120.0
PATIENCE = 10
"""So often a client asks again."""


class Shop:
    """A running server: where it is, a client with its key, and its process.

    A test that provokes answers of class 5xx on purpose says so in `expects_faults`; who fills tables with what no
    history explains says by `is_explained` that `patron verify` is not to be asked.
    """

    def __init__(self, url: str, process: Patron, log: Path, contract_log: Path) -> None:
        self.url = url
        self.process = process
        self.expects_faults = False
        self.is_explained = True
        self._log = log
        self.client = Client(url, contract_log)

    @property
    def log(self) -> list[dict[str, Any]]:
        """The lines of the server's log so far."""
        return [json.loads(line) for line in self._log.read_text().splitlines()]

    def stop(self) -> int:
        """Stop as a supervisor does; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(START_SECONDS)


class Client(httpx.Client):
    """An HTTP client with the project's key. Every answer of the API goes to the contract's log.

    Who is told 503, by which nothing was done, asks again, as the documentation says: a busy machine is no fault.
    """

    def __init__(self, url: str, contract_log: Path) -> None:
        # Reading the certificates of all authorities takes longer than most requests, and no server here speaks TLS.
        super().__init__(base_url=url, headers=KEYS, timeout=30, verify=False, event_hooks={"response": [self._note]})
        self._contract_log = contract_log

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        answer = super().send(request, **options)
        for _ in range(PATIENCE):
            if answer.status_code != 503:
                break
            time.sleep(int(answer.headers["Retry-After"]))
            answer = super().send(request, **options)
        return answer

    def _note(self, response: httpx.Response) -> None:
        response.read()
        note_answer(
            self._contract_log,
            method=response.request.method,
            path=response.request.url.raw_path.decode(),
            status=response.status_code,
            body=response.content,
        )


def note_answer(log: Path, *, method: str, path: str, status: int, body: bytes) -> None:
    """Write down an answer in the form that the contract's checker reads."""
    record = {"method": method, "path": path, "status": status, "has_body": bool(body)}
    record["body"] = json.loads(body) if body else None
    with log.open("a") as file:
        file.write(json.dumps(record) + "\n")


Pair = tuple[Client, Client]
"""Clients of two servers over one database."""


@contextmanager
def serving(database_url: str, contract_log: Path, **variables: str) -> Iterator[Shop]:
    """`patron serve` in a process of its own, on a free port.

    It must end well, have logged no fault, and leave tables of which `patron verify` would say nothing.
    """
    with tempfile.TemporaryDirectory(prefix="patron-test-") as folder:
        out, log = Path(folder) / "out", Path(folder) / "log"
        process = start(database_url, out, log, variables)
        try:
            shop = Shop(wait_for_url(process, out, log), process, log, contract_log)
            yield shop
            shop.client.close()
            assert shop.stop() == 0, log.read_text()[-2_000:]
            if not shop.expects_faults:
                faults = [line for line in shop.log if line.get("level") in ("error", "critical")]
                assert not faults, faults[:3]
            if shop.is_explained:
                check_tables(database_url)
        finally:
            process.kill()
            process.wait()


def start(database_url: str, out: Path, log: Path, variables: dict[str, str]) -> Patron:
    """Begin `patron serve` on a free port."""
    environment = {
        "PATH": os.defpath,
        "PATRON_DATABASE_URL": database_url,
        "PATRON_BOOTSTRAP_APP_ID": APP_ID,
        "PATRON_BOOTSTRAP_APP_TOKEN": APP_TOKEN,
        **variables,
    }
    return Patron(["serve", "--port", "0"], environment, out, log)


def wait_for_url(process: Patron, out: Path, log: Path) -> str:
    """The server's URL, once it serves."""
    deadline = time.monotonic() + START_SECONDS
    while "http://" not in out.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.02)
    return "http://" + out.read_text().split("http://")[1].split()[0]
