"""How tests are shared out to workers: a file's tests on SQLite to one, those on PostgreSQL to one."""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

LONGEST = (
    "properties",
    "bench/test_smoke.py",
    "cli/test_repairing.py",
    "faults",
    "journeys/test_nothing_remains.py",
    "pages/cockpit",
    "cli/test_verify.py",
    "domains/validation_rules/test_races.py",
    "domains/segments/test_segments.py",
)
"""Begun with: at the end, all workers but its own would wait for one of them."""


class ByFileAndDatabase(LoadScopeScheduling):  # type: ignore[misc]
    """A file's fixtures are of one database each, so its two halves cost no more in two workers than in one."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, test = nodeid.partition("::")
        return f"{file} on PostgreSQL" if "postgres" in test.partition("[")[2] else file


def longest_first(items: list[Any]) -> None:
    """Put the files that take longest before all others, each kind in its order."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    path = item.path.as_posix()
    return next((n for n, part in enumerate(LONGEST) if f"tests/{part}" in path), len(LONGEST))
