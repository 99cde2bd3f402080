"""Many rows that one write adds: those alike in some columns are stored as they were added, like all others."""

from collections.abc import Callable

import pytest

from patron.db.actions import Ctx, Outcome, Reply
from patron.db.rows import Rows
from patron.db.sql import MANY
from tests.db.toys import VOUCHERS, P, Toys, Voucher, a_write

ADDED: dict[str, Callable[[int], Voucher]] = {
    "alike in all but their names": lambda n: Voucher(P, f"v{n}", f"C{n}", uses=7),
    "alike but for one": lambda n: Voucher(P, f"v{n}", f"C{n}", uses=int(n == MANY - 2)),
    "alike in nothing": lambda n: Voucher(P, f"v{n}", f"C{n}", uses=n, quantity=1_000 - n, taken=2 * n),
}


def _add(rows: Rows, _ctx: Ctx, vouchers: list[Voucher]) -> Outcome:
    for voucher in vouchers:
        rows.add(VOUCHERS, voucher)
    return Reply(200)


ADD_ALL = a_write("add all", lambda _wants, _ctx, _vouchers: None, _add)


@pytest.mark.parametrize("rows", [MANY - 1, MANY, 3 * MANY])
@pytest.mark.parametrize("how", ADDED)
async def test_rows_are_stored_as_they_were_added(toys: Toys, rows: int, how: str) -> None:
    vouchers = [ADDED[how](n) for n in range(rows)]
    assert await toys.at_once([(ADD_ALL, vouchers)]) == [200]
    assert await toys.vouchers() == {voucher.id: voucher for voucher in vouchers}
