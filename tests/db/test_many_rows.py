"""Many rows that one write adds: those alike in some columns are stored as they were added, like all others."""

from collections.abc import Callable
from itertools import combinations, product

import msgspec
import pytest

from patron.db.actions import Ctx, Outcome, Reply
from patron.db.rows import Rows
from patron.db.sql import MANY, PostgresSql
from tests.db.toys import USE, VOUCHERS, P, Toys, Voucher, a_write

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


async def test_few_rows_are_stored_as_they_were_written_whatever_came_before(toys: Toys) -> None:
    """Columns in which all rows were alike so far go as one value, until rows come that are not."""
    expected = {}
    for round_, change in enumerate([{}, {}, {"uses": 1}, {}, {"uses": 2, "quantity": 3}, {"taken": 4}, {}]):
        vouchers = [Voucher(P, f"v{round_}-{n}", f"C{round_}-{n}", quantity=100) for n in range(5)]
        vouchers[3] = msgspec.structs.replace(vouchers[3], **change)
        assert await toys.at_once([(ADD_ALL, vouchers[:1]), (ADD_ALL, vouchers[1:])]) == [200, 200]
        used = [voucher.id for voucher in vouchers[1:]] * 2
        assert set(await toys.at_once([(USE, voucher_id) for voucher_id in used])) <= {200, 400}
        for n, voucher in enumerate(vouchers):
            uses = voucher.uses if n == 0 else min(voucher.uses + 2, voucher.quantity)
            expected[voucher.id] = msgspec.structs.replace(voucher, uses=uses)
    assert await toys.vouchers() == expected


def test_few_rows_soon_need_no_new_statement() -> None:
    sql = PostgresSql(VOUCHERS)
    vouchers = [Voucher(P, f"v{n}", f"C{n}", *counts) for n, counts in enumerate(product((0, 1), (5, 6)))]
    texts = [sql.insertion(list(some))[0] for n in (1, 2, 3) for some in combinations(vouchers, n)]
    assert 1 < len(set(texts)) <= len(VOUCHERS.fields)
    assert len(set(texts[-4:])) == 1
