"""The `patron` command in processes of its own: one that ends by itself, and one that serves until it is stopped."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.forks import Patron

START_SECONDS = 120
RUN_SECONDS = 120


class Shell:
    """Runs `patron` with this database, in this folder, with these variables."""

    def __init__(self, database_url: str, folder: Path, **variables: str) -> None:
        self.database_url = database_url
        self.folder = folder
        self.variables = variables

    def run(self, *arguments: str, fails: bool = False, **variables: str) -> str:
        """What it printed to standard output, and, where it must fail, to standard error."""
        given = {
            "PATRON_DATABASE_URL": self.database_url,
            "COLUMNS": "100",
            "PATH": "/usr/bin:/bin",
            **self.variables,
            **variables,
        }
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder) / "out", Path(folder) / "err"
            code = Patron(list(arguments), given, out, err, self.folder).wait(RUN_SECONDS)
            printed, told = out.read_text(), err.read_text()
        assert "Traceback" not in told
        assert (code != 0) is fails, told
        return printed + told if fails else printed


class Running:
    """The process; `url` is where it said that it serves, `printed` all that it said on the way."""

    def __init__(self, process: Patron, out: Path, err: Path) -> None:
        self.process = process
        self._out = out
        self._err = err
        self.url = ""

    @property
    def printed(self) -> str:
        return self._out.read_text()

    @property
    def logged(self) -> str:
        return self._err.read_text()

    def wait_for_url(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while "http://" not in self.printed:
            assert self.process.poll() is None, self.logged
            assert time.monotonic() < deadline, self.logged
            time.sleep(0.05)
        self.url = "http://" + self.printed.split("http://")[1].split()[0]

    def stop(self) -> int:
        """Ask it to stop as a supervisor does; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=START_SECONDS)


@contextmanager
def running(database_url: str, *arguments: str, **variables: str) -> Iterator[Running]:
    """`patron …` on a free port, once it says where it serves."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        given = {"PATRON_DATABASE_URL": database_url, "PATH": os.defpath, **variables}
        process = Patron([*arguments, "--port", "0"], given, out, err)
        server = Running(process, out, err)
        try:
            server.wait_for_url()
            yield server
        finally:
            process.kill()
            process.wait()
