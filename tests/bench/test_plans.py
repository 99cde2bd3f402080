"""The bench of plans notices what scans, and what looks at more when there is more."""

import pytest

from bench.plans import Found, faults
from bench.watching import Run


def found(looked_at: int, *scans: str) -> Found:
    return Found({"SELECT 1": Run("SELECT 1", looked_at, 3, scans)}, 1.0)


@pytest.mark.parametrize("kind", ["PostgreSQL", "SQLite"])
def test_what_stays_as_it_was_has_no_fault(kind: str) -> None:
    assert not list(faults(kind, found(100), found(101)))


@pytest.mark.parametrize("kind", ["PostgreSQL", "SQLite"])
def test_what_looks_at_more_when_there_is_more_is_told(kind: str) -> None:
    [fault] = faults(kind, found(100), found(130))
    assert fault == "100 → 130: SELECT 1"


def test_a_scan_is_told_however_little_it_looks_at() -> None:
    [fault] = faults("PostgreSQL", found(1), found(1, "Seq Scan orders"))
    assert fault == "Seq Scan orders: SELECT 1"
