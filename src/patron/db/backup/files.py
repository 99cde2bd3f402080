"""A file that is there wholly or not at all, and for its owner's eyes only."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

OWNER_ONLY = 0o600

Tell = Callable[[int, int | None], None]
"""Called from time to time with how much is done and how much there is (None: nobody knows), in bytes."""


class BackupRefused(Exception):
    """A backup or a restoration that was not made; the text says why, and what to do. Nothing was changed."""


@contextmanager
def written_whole(file: Path) -> Iterator[Path]:
    """An empty file to write to, which gets its name when the block ends well and is gone when it does not.

    Raises `BackupRefused` where the name is taken, since a backup never replaces an older one, or has no folder.
    """
    if not file.parent.is_dir():
        raise BackupRefused(f"There is no folder {file.parent}. Make it, and let this user write there.")
    _refuse_taken(file)
    unfinished = file.with_name(f".{file.name}.{token_hex(4)}.unfinished")
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
    try:
        yield unfinished
        _sync(unfinished)
        _refuse_taken(file)
        unfinished.rename(file)
        _sync(file.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def _refuse_taken(file: Path) -> None:
    if file.exists():
        raise BackupRefused(f"{file} exists already. Name another file, or remove this one first.")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
