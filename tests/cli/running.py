"""The `patron` command in processes of its own: one that ends by itself, and one that serves until it is stopped."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 30


class Shell:
    """Runs `patron` with this database, in this folder, with these variables."""

    def __init__(self, database_url: str, folder: Path, **variables: str) -> None:
        self.database_url = database_url
        self.folder = folder
        self.variables = variables

    def run(self, *arguments: str, fails: bool = False, **variables: str) -> str:
        """What it printed to standard output, and, where it must fail, to standard error."""
        done = subprocess.run(
            [sys.executable, "-W", "error::ResourceWarning", "-m", "patron.cli.main", *arguments],
            env={
                "PATRON_DATABASE_URL": self.database_url,
                "COLUMNS": "100",
                "PATH": "/usr/bin:/bin",
                **self.variables,
                **variables,
            },
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "Traceback" not in done.stderr
        assert (done.returncode != 0) is fails, done.stderr
        return done.stdout + done.stderr if fails else done.stdout


class Running:
    """The process; `url` is where it said that it serves, `printed` all that it said on the way."""

    def __init__(self, process: "subprocess.Popen[bytes]", out: Path, err: Path) -> None:
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
        with out.open("wb") as to_out, err.open("wb") as to_err:
            process = subprocess.Popen(
                [sys.executable, "-m", "patron.cli.main", *arguments, "--port", "0"],
                env={"PATRON_DATABASE_URL": database_url, "PATH": os.defpath, **variables},
                stdout=to_out,
                stderr=to_err,
            )
        server = Running(process, out, err)
        try:
            server.wait_for_url()
            yield server
        finally:
            process.kill()
            process.wait()
