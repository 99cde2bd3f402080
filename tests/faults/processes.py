"""Server processes that may come to harm."""

import asyncio
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.queue.toys import run_sql
from tests.support.forks import Patron
from tests.support.servers import START_SECONDS, start, wait_for_url

LAPSE = "UPDATE jobs SET due_at = 1 WHERE status = 'running'; UPDATE outbox SET lease_until = 1"


class Running:
    """A server process and where it is."""

    def __init__(self, url: str, process: Patron, database_url: str) -> None:
        self.url = url
        self.process = process
        self._database_url = database_url

    def end(self, number: signal.Signals) -> int:
        """Send a signal, and wait for the end; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(START_SECONDS)

    def kill(self) -> None:
        """End it at once, and let the time pass for which its leases would keep others away from its work."""
        self.end(signal.SIGKILL)
        asyncio.run(run_sql(self._database_url, LAPSE))


@contextmanager
def server(database_url: str) -> Iterator[Running]:
    """`patron serve`, which may be killed, and must not log an error."""
    with tempfile.TemporaryDirectory(prefix="patron-test-") as folder:
        out, log = Path(folder) / "out", Path(folder) / "log"
        process = start(database_url, out, log, {"PATRON_LOG_LEVEL": "error"})
        try:
            yield Running(wait_for_url(process, out, log), process, database_url)
        finally:
            process.kill()
            process.wait()
            faults = log.read_text()
            assert not faults, faults[:2_000]
