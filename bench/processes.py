"""Processor time of the processes that are measured: the server's, and those of its PostgreSQL."""

import os
import resource
from collections.abc import Iterator
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def processor_seconds(folder: Path) -> float:
    """Seconds that our own child processes, and the PostgreSQL whose data is in this folder, have computed so far.

    Those that have ended are counted with the parent that waited for them, so the figure never falls.
    """
    parents = dict(_parents())
    ours = [pid for pid in parents if pid != os.getpid() and (_is_below(pid, parents) or _works_in(pid, folder))]
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime + sum(map(_seconds, ours))


def _parents() -> Iterator[tuple[int, int]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _fields(int(entry.name))):
            yield int(entry.name), int(fields[1])


def _is_below(pid: int, parents: dict[int, int]) -> bool:
    while pid in parents:
        pid = parents[pid]
        if pid == os.getpid():
            return True
    return False


def _works_in(pid: int, folder: Path) -> bool:
    try:
        return Path(os.readlink(f"/proc/{pid}/cwd")) == folder.resolve()
    except OSError:
        return False


def _seconds(pid: int) -> float:
    fields = _fields(pid)
    return sum(map(int, fields[11:15])) / _TICKS


def _fields(pid: int) -> list[str]:
    """What the system tells of a process, from its state on; nothing of one that has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
