"""What is asked of sessions goes by keys, and looks at no more rows when there are more sessions."""

from collections.abc import Iterator
from typing import Any

import pytest

from bench.shop import BATCH, BEGIN_MS, analyze, fill, project_of, write
from patron.db.statements import Statement
from patron.domains.redeemables.model import SESSION_LOCKS, SessionLock
from patron.domains.redeemables.store import CODES_OF_SESSION, HELD_BY_OTHERS, RECOUNT
from patron.domains.vouchers.model import VOUCHER_TOTALS, VoucherTotals
from tests.support.databases import Postgres, sqlite_file
from tests.support.plans import plan_of

SMALL, LARGE = 2_000, 8_000
OF_A_VOUCHER = 4
Shops = list[tuple[str, str]]

OF_VOUCHER = {"code": "CODE-7", "voucher_id": "v_7", "now": BEGIN_MS}
OF_VOUCHERS = {
    "codes": '["CODE-7", "CODE-8"]',
    "voucher_ids": '["v_7", "v_8"]',
    "now": BEGIN_MS,
    "session_key": "session-7",
}
STATEMENTS: dict[str, tuple[Statement[Any], dict[str, Any]]] = {
    "codes of a session": (CODES_OF_SESSION, {"session_key": "session-7", "limit": 200}),
    "held by others": (HELD_BY_OTHERS, OF_VOUCHERS),
    "recount": (RECOUNT, OF_VOUCHER),
}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shops(request: pytest.FixtureRequest) -> Iterator[Shops]:
    if request.param == "sqlite":
        with sqlite_file() as small, sqlite_file() as large:
            yield [_filled(small, SMALL), _filled(large, LARGE)]
    else:
        server: Postgres = request.getfixturevalue("postgres")
        with server.database() as small, server.database() as large:
            yield [_filled(small, SMALL), _filled(large, LARGE)]


def _filled(url: str, size: int) -> tuple[str, str]:
    fill(url, 10)
    project_id = project_of(url)
    for first in range(0, size, BATCH):
        numbers = range(first, min(first + BATCH, size))
        locks = [_lock(project_id, n) for n in numbers]
        totals = [VoucherTotals(project_id, f"CODE-{n}", held_quantity=1) for n in numbers]
        write(url, {SESSION_LOCKS: locks, VOUCHER_TOTALS: totals})
    analyze(url)
    return url, project_id


def _lock(project_id: str, n: int) -> SessionLock:
    of = n // OF_A_VOUCHER
    return SessionLock(project_id, f"CODE-{of}", f"session-{n}", f"v_{of}", 1, 0, BEGIN_MS, BEGIN_MS + 1)


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_keyed_read_looks_at_its_rows_alone(shops: Shops, name: str) -> None:
    statement, params = STATEMENTS[name]
    small, large = (plan_of(url, statement, {"project_id": project_id, **params}) for url, project_id in shops)
    for plan in (small, large):
        assert plan.steps
        assert not plan.faults, plan.steps
    assert large.rows_read <= small.rows_read
