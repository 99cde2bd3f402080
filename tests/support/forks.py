"""`patron` in processes of their own, forked from one that has imported it: a start takes a tenth of the time.

Otherwise they are as if started by a shell: arguments, variables, folder and output are their own, and a signal ends
them. What a process chooses at import, the beginning of its request ids, is the same in all of them.
"""

import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import warnings
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from patron.cli.main import run

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["pytest", "tests.support.forked"])


class Patron:
    """A running `patron`; its methods are those of `subprocess.Popen`."""

    def __init__(
        self, arguments: list[str], variables: dict[str, str], out: Path, err: Path, folder: Path | None = None
    ) -> None:
        for path in (out, err):
            path.touch()
        given = (arguments, variables, out, err, folder or Path.cwd())
        self._process: ForkServerProcess = _FORKS.Process(target=_patron, args=given, daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        pid = self._process.pid
        assert pid is not None
        return pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired("patron", timeout or 0)
        return code

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _patron(arguments: list[str], variables: dict[str, str], out: Path, err: Path, folder: Path) -> None:
    """The process's life. A resource that nobody closed is told on standard error, with a traceback."""
    os.environ.clear()  # noqa: TID251
    os.environ.update(variables)  # noqa: TID251
    sys.stdout, sys.stderr = out.open("w"), err.open("w", errors="backslashreplace", buffering=1)
    os.dup2(sys.stdout.fileno(), 1)
    os.dup2(sys.stderr.fileno(), 2)
    os.chdir(folder)
    sys.argv = ["patron", *arguments]
    warnings.simplefilter("error", ResourceWarning)
    try:
        run()
    finally:
        gc.collect()
