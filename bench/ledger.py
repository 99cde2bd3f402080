"""A shop whose vouchers were redeemed: for each number one customer, one voucher, a redemption of it for an order, and
its entry in the customer's feed; written in bulk, and made larger step by step.
"""

import random
from collections.abc import Iterator
from typing import Any

from bench.shop import BATCH, BEGIN_MS, Rows, analyze, id_of, project_of, rows_of, source_id_of, voucher_of, write
from patron.db.counts import COUNTS, Count
from patron.db.tables import Table
from patron.domains.customers.model import CUSTOMER_KEYS, CUSTOMER_TOTALS, CUSTOMERS
from patron.domains.events.model import ACTION, ACTIVITY, ENTRY_PREFIX, Activity
from patron.domains.orders.model import NEVER, ORDERS, Order
from patron.domains.orders.model import PREFIX as ORDER_PREFIX
from patron.domains.redemptions.model import LIST, PREFIX, REDEMPTIONS, VOUCHER, Redemption
from patron.domains.redemptions.policy import Said, redemption_of
from patron.domains.vouchers.model import VOUCHER_TOTALS, VOUCHERS, VoucherTotals
from patron.kernel.ids import earliest_id

FILLED: tuple[Table[Any], ...] = (
    CUSTOMERS,
    CUSTOMER_KEYS,
    CUSTOMER_TOTALS,
    VOUCHERS,
    VOUCHER_TOTALS,
    ORDERS,
    REDEMPTIONS,
    ACTIVITY,
)
"""What grows with the shop."""


class Ledger:
    """A database that is filled; it has as much of each as was asked for last."""

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url
        self.size = 0
        self._project_id = project_of(database_url)
        self._chance = random.Random(7)

    def grow(self, size: int) -> None:
        """Add what lacks to this size, and let the database know what its tables hold."""
        for numbers in _batches(self.size, size):
            write(self.database_url, self._rows(numbers))
        added = size - self.size
        write(self.database_url, {COUNTS: [Count(self._project_id, LIST, -size, added)]})
        self.size = size
        analyze(self.database_url)

    def _rows(self, numbers: list[int]) -> Rows:
        codes = [(n, code_of(n)) for n in numbers]
        return {
            **rows_of(self._project_id, numbers, self._chance),
            VOUCHERS: [voucher_of(self._project_id, code, n) for n, code in codes],
            VOUCHER_TOTALS: [VoucherTotals(self._project_id, code, redeemed_quantity=1) for _, code in codes],
            ORDERS: [self._order(n) for n in numbers],
            REDEMPTIONS: [self._redemption(n) for n in numbers],
            ACTIVITY: [self._entry(n) for n in numbers],
        }

    def _redemption(self, n: int) -> Redemption:
        said = Said(
            project_id=self._project_id,
            now=BEGIN_MS + n * 1_000,
            customer_id=id_of(n),
            tracking_id=source_id_of(n),
            metadata="{}",
            order_id=order_id_of(n),
            session_key=None,
            channel="API",
            channel_id="shop",
            version=0,
        )
        voucher_id = voucher_of(self._project_id, code_of(n), n).id
        return redemption_of(said, redemption_id_of(n), related=(VOUCHER, voucher_id), code=code_of(n))

    def _order(self, n: int) -> Order:
        return Order(
            project_id=self._project_id,
            id=order_id_of(n),
            source_id=None,
            status="PAID",
            amount=20_000,
            initial_amount=None,
            discount_amount=2_000,
            items_discount_amount=0,
            total_amount=18_000,
            items=None,
            metadata="{}",
            customer_id=id_of(n),
            referrer_id=None,
            created_at=BEGIN_MS + n * 1_000,
            updated_at=NEVER,
        )

    def _entry(self, n: int) -> Activity:
        return Activity(
            project_id=self._project_id,
            customer_id=id_of(n),
            id=earliest_id(ENTRY_PREFIX, BEGIN_MS + n * 1_000) + "0" * 16,
            type="customer.redemption.succeeded",
            category=ACTION,
            campaign_id=None,
            campaign_type=None,
            campaign="",
            code=code_of(n),
            product_id=None,
            group_id="",
            source='{"channel":"API","user":null}',
            data="{}",
            created_at=BEGIN_MS + n * 1_000,
        )


def _batches(first: int, end: int) -> Iterator[list[int]]:
    for begin in range(first, end, BATCH):
        yield list(range(begin, min(begin + BATCH, end)))


def code_of(n: int) -> str:
    """The code of the voucher with this number; its order is not that of creation."""
    return f"CODE-{n * 7919 % 10_000_019:08}"


def redemption_id_of(n: int) -> str:
    """The id of its first redemption."""
    return earliest_id(PREFIX, BEGIN_MS + n * 1_000) + "0" * 16


def order_id_of(n: int) -> str:
    """The id of the order for which that was."""
    return earliest_id(ORDER_PREFIX, BEGIN_MS + n * 1_000) + "0" * 16
