"""Pages and keyed reads go by an index, and look at no more rows when there are more vouchers."""

from collections.abc import Iterator
from typing import Any, get_args

import msgspec
import pytest
import sqlalchemy as sa

from bench.shop import BATCH, BEGIN_MS, Rows, analyze, fill, id_of, project_of, write
from patron.db.postgres import WRITES
from patron.db.rulebook import Rulebook
from patron.db.statements import Statement
from patron.domains.metadata_schemas import narrowing
from patron.domains.vouchers.fields import TRANSACTION_FIELDS, VOUCHER_FIELDS
from patron.domains.vouchers.model import (
    BINNED_VOUCHERS,
    DISCOUNT,
    GIFT,
    NEVER,
    VOUCHER_HOLDERS,
    VOUCHER_TOTALS,
    VOUCHER_TRANSACTIONS,
    VOUCHERS,
    BinnedVoucher,
    Voucher,
    VoucherHolder,
    VoucherTotals,
    VoucherTransaction,
)
from patron.domains.vouchers.of_campaign import ONLY_VOUCHERS_OF
from patron.domains.vouchers.store import (
    AFTER_THE_LAST,
    BEFORE_THE_FIRST,
    BY_CODE,
    BY_CODES,
    BY_ID,
    CODE_OF,
    DELETE_TRANSACTIONS,
    FIRST_HOLDING,
    FREE,
    HOLDER_OF,
    LAST_HOLDING,
    TRANSACTION,
    count_of,
    holdings_of,
    page_of,
    transactions_of,
)
from patron.domains.vouchers.wire.asked import Order
from patron.kernel.clock import to_iso
from patron.kernel.ids import earliest_id
from tests.support.databases import Postgres, sqlite_file
from tests.support.plans import Plan, plan_of

SMALL, LARGE = 2_000, 8_000
LIMIT = 11
HELD = 40
NO_RULES = Rulebook("", 0, {})
MORE_CARDS = 2 * LIMIT
"""A page that happens to have more gift cards looks at their totals."""

Shops = list[tuple[str, str]]
"""Of a small shop, then of a large one: the database's URL, and the project's id."""


def code_of(n: int) -> str:
    """The code of the voucher with this number; its order is not that of creation."""
    return f"CODE-{n * 7919 % 1_000_003:07}"


def voucher_id_of(n: int) -> str:
    return earliest_id("v_", BEGIN_MS + n * 1_000) + "0" * 16


CREATED, UPDATED = voucher_id_of(500), BEGIN_MS + 500_000
IDS = msgspec.json.encode([voucher_id_of(3), voucher_id_of(700), "v_nothing"]).decode()

KEYED: dict[str, tuple[Statement[Any], dict[str, Any]]] = {
    "by code": (BY_CODE, {"code": code_of(7)}),
    "by codes": (BY_CODES, {"codes": f'["{code_of(7)}", "{code_of(8)}", "nobody\'s"]'}),
    "only vouchers of campaigns": (ONLY_VOUCHERS_OF, {"campaigns": '["camp_1", "camp_2", "camp_none"]'}),
    "by id": (BY_ID, {"id": voucher_id_of(7)}),
    "code of an id": (CODE_OF, {"id": voucher_id_of(7)}),
    "holder": (HOLDER_OF, {"code": code_of(7)}),
    "free codes": (FREE, {"codes": f'["{code_of(7)}", "nobody\'s"]'}),
    "transaction": (TRANSACTION, {"code": code_of(7), "id": "vtx_7"}),
    **{
        f"holdings, {down=}": (
            holdings_of(down=down),
            {"customer_id": id_of(7), "above": FIRST_HOLDING, "below": LAST_HOLDING, "limit": LIMIT},
        )
        for down in (True, False)
    },
    **{
        f"transactions, {down=}": (
            transactions_of(down=down),
            {"code": code_of(7), "above": BEFORE_THE_FIRST, "below": AFTER_THE_LAST, "limit": LIMIT},
        )
        for down in (True, False)
    },
}
FILTERS: dict[str, Any] = {
    "category": "Even",
    "campaign_id": "camp_1",
    "standalone": None,
    "customer_id": id_of(7),
    "created_before": CREATED,
    "created_after": CREATED,
}
MIDDLES = {"created_at": CREATED, "updated_at": UPDATED, "code": code_of(500)}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shops(request: pytest.FixtureRequest) -> Iterator[Shops]:
    sizes = SMALL, request.config.getoption("--large") or LARGE
    if request.param == "sqlite":
        with sqlite_file() as small, sqlite_file() as large:
            yield [_filled(small, sizes[0]), _filled(large, sizes[1])]
    else:
        server: Postgres = request.getfixturevalue("postgres")
        with server.database() as small, server.database() as large:
            yield [_filled(small, sizes[0]), _filled(large, sizes[1])]


def _filled(url: str, size: int) -> tuple[str, str]:
    fill(url, size)
    project_id = project_of(url)
    for first in range(0, size, BATCH):
        write(url, _rows(project_id, range(first, min(first + BATCH, size)), size // 2))
    analyze(url)
    return url, project_id


def _rows(project_id: str, numbers: range, held: int) -> Rows:
    """Vouchers, every other one a gift card of a category with two transactions; the first forty are one customer's."""
    vouchers = [_voucher(project_id, n) for n in numbers]
    cards = [voucher for voucher in vouchers if voucher.type == GIFT]
    holders = [
        VoucherHolder(project_id, voucher.code, id_of(7 if n < HELD else n), f"rh_{n:024}", voucher.id, BEGIN_MS)
        for n, voucher in zip(numbers, vouchers, strict=True)
        if n < held
    ]
    binned = [BinnedVoucher(project_id, f"BIN-{n:07}", f"v_{n:024}", "{}", 1) for n in numbers]
    return {
        BINNED_VOUCHERS: binned,
        VOUCHERS: vouchers,
        VOUCHER_TOTALS: [VoucherTotals(project_id, card.code, 0, 0, 500, 0, 500, 2) for card in cards],
        VOUCHER_TRANSACTIONS: [_transaction(project_id, card, n) for card in cards for n in (1, 2)],
        VOUCHER_HOLDERS: holders,
    }


def _voucher(project_id: str, n: int) -> Voucher:
    is_card = n % 2 == 0
    return Voucher(
        project_id=project_id,
        code=code_of(n),
        id=voucher_id_of(n),
        campaign_id=None if n % 5 == 0 else f"camp_{n % 40}",
        type=GIFT if is_card else DISCOUNT,
        category="Even" if is_card else None,
        discount=None if is_card else '{"type":"PERCENT","percent_off":10}',
        gift_effect="APPLY_TO_ORDER" if is_card else None,
        start_at=None,
        expires_at=None,
        validity=None,
        active=1,
        additional_info=None,
        metadata="{}",
        quantity=None,
        publish_count=0,
        created_at=BEGIN_MS + n * 1_000,
        updated_at=NEVER if n % 3 else BEGIN_MS + n * 1_000,
    )


def _transaction(project_id: str, card: Voucher, n: int) -> VoucherTransaction:
    name = f"vtx_{card.id}{n}"
    return VoucherTransaction(
        project_id, card.code, n, name, card.id, None, "CREDITS_ADDITION", 250, 250 * n, 250 * n, "API", None, None, 1
    )


def plans(shops: Shops, statement: Statement[Any], params: dict[str, Any], **settings: Any) -> list[Plan]:
    return [plan_of(url, statement, {"project_id": project_id, **params}, **settings) for url, project_id in shops]


def assert_keyed(shops: Shops, statement: Statement[Any], params: dict[str, Any], **settings: Any) -> None:
    found = plans(shops, statement, params, **settings)
    for plan in found:
        assert plan.steps
        assert not plan.faults, plan.steps
    assert_no_more_rows(*found)


def assert_no_more_rows(small: Plan, large: Plan) -> None:
    assert large.rows_read <= small.rows_read + MORE_CARDS


@pytest.mark.parametrize("name", KEYED)
def test_a_keyed_read_looks_at_its_rows_alone(shops: Shops, name: str) -> None:
    assert_keyed(shops, *KEYED[name])


@pytest.mark.parametrize("order", get_args(Order))
@pytest.mark.parametrize("after", [False, True])
def test_a_page_in_any_order_looks_at_the_pages_rows_alone(shops: Shops, order: str, after: bool) -> None:
    where = {"value": MIDDLES[order.removeprefix("-")], "id": CREATED} if after else {}
    assert_keyed(shops, page_of(order, (), after=after), {"limit": LIMIT, "offset": 0, **where})


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("order", ["created_at", "-created_at"])
def test_a_filtered_page_goes_by_the_filters_index(shops: Shops, name: str, order: str) -> None:
    assert_keyed(shops, page_of(order, (name,), after=False), {"limit": LIMIT, "offset": 0, name: FILTERS[name]})


@pytest.mark.parametrize("name", ["updated_before", "updated_after"])
def test_moments_of_change_go_by_the_order_of_changes(shops: Shops, name: str) -> None:
    page = page_of("-updated_at", (name,), after=False)
    assert_keyed(shops, page, {"limit": LIMIT, "offset": 0, name: UPDATED})


@pytest.mark.parametrize(("name", "value"), [("ids", IDS), ("code", code_of(7))])
def test_vouchers_by_their_names_are_looked_up_one_by_one(shops: Shops, name: str, value: str) -> None:
    """They are sorted after that: there are a hundred at most."""
    found = plans(shops, page_of("-created_at", (name,), after=False), {"limit": LIMIT, "offset": 0, name: value})
    for plan in found:
        assert not [step for step in plan.steps if step.startswith(("SCAN vouchers", "Seq Scan"))], plan.steps
    assert_no_more_rows(*found)


@pytest.mark.parametrize("order", ["created_at", "-created_at"])
@pytest.mark.parametrize(("field", "value"), [("campaign_id", "camp_1"), ("category", "Even"), ("categories", "Even")])
def test_filters_go_by_an_index_as_parameters_do(shops: Shops, field: str, value: str, order: str) -> None:
    only = narrowing(VOUCHER_FIELDS, {field: {"conditions": {"$is": value}}}, NO_RULES, BEGIN_MS)
    assert_keyed(shops, only.of(page_of(order, (), after=False)), {"limit": LIMIT, "offset": 0, **only.values})


@pytest.mark.parametrize("order", ["created_at", "-created_at"])
def test_the_holder_of_a_filter_is_asked_for_what_they_hold(shops: Shops, order: str) -> None:
    only = narrowing(VOUCHER_FIELDS, {"holder_id": {"conditions": {"$is": id_of(7)}}}, NO_RULES, BEGIN_MS)
    where = {"customer_id": only.only("holder_id"), "limit": LIMIT, "offset": 0, **only.values}
    assert_keyed(shops, only.of(page_of(order, ("customer_id",), after=False)), where)


@pytest.mark.parametrize(
    ("field", "values"), [("id", [voucher_id_of(3), voucher_id_of(700)]), ("code", [code_of(7), code_of(70)])]
)
def test_vouchers_by_their_names_are_few(shops: Shops, field: str, values: list[str]) -> None:
    only = narrowing(VOUCHER_FIELDS, {field: {"conditions": {"$in": values}}}, NO_RULES, BEGIN_MS)
    for plan in plans(shops, only.of(count_of(())), dict(only.values)):
        assert not [step for step in plan.steps if step.startswith(("SCAN vouchers", "Seq Scan"))], plan.steps
        assert plan.rows_read <= len(values)


@pytest.mark.parametrize("field", ["created_at", "created_date"])
def test_moments_of_creation_are_asked_of_ids(shops: Shops, field: str) -> None:
    given = {field: {"conditions": {"$before": to_iso(BEGIN_MS + 10_000)}}}
    only = narrowing(VOUCHER_FIELDS, given, NO_RULES, BEGIN_MS)
    for plan in plans(shops, only.of(count_of(())), dict(only.values)):
        assert not plan.faults, plan.steps
        assert plan.rows_read <= 10
        assert all("id" in step for step in plan.steps if step.startswith("SEARCH vouchers")), plan.steps


def test_transactions_are_narrowed_as_they_are_read(shops: Shops) -> None:
    only = narrowing(TRANSACTION_FIELDS, {"type": {"conditions": {"$is": "CREDITS_ADDITION"}}}, NO_RULES, BEGIN_MS)
    where = {"code": code_of(8), "above": BEFORE_THE_FIRST, "below": AFTER_THE_LAST, "limit": LIMIT}
    assert_keyed(shops, only.of(transactions_of(down=True)), {**where, **only.values})


def test_what_is_kept_of_a_voucher_is_deleted_by_its_key(shops: Shops) -> None:
    params = {"code": code_of(900), "reference": code_of(900)}
    assert_keyed(shops, DELETE_TRANSACTIONS, params, settings=WRITES)


def test_a_scan_would_be_noticed(shops: Shops) -> None:
    everything = Statement(sa.select(VOUCHERS.c.id).order_by(VOUCHERS.c.additional_info), str)
    for url, _ in shops:
        assert plan_of(url, everything, {}).faults
