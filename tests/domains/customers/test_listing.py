"""Listing customers (spec C 2.4): envelope, order, pages, cursors and filters."""

from typing import Any

import httpx
import pytest

from patron.kernel.clock import from_iso
from tests.domains.customers.conftest import Made, ok
from tests.support.servers import Shop

ORDERS = ("created_at", "-created_at", "updated_at", "-updated_at", "source_id", "-source_id")
CITIES = ("Paris", "Lyon", None)


@pytest.fixture(scope="module")
def everybody(shared_shop: Shop) -> list[Made]:
    """Forty customers, of whom many were created in one millisecond, some changed, and one has no source_id."""
    client = shared_shop.client
    made = []
    for n in range(40):
        body: dict[str, Any] = {"source_id": f"s{n * 7 % 40:02}", "name": f"N{n % 4}", "email": f"{n % 10}@x.example"}
        if CITIES[n % 3]:
            body["address"] = {"city": CITIES[n % 3]}
        made.append(ok(client.post("/v1/customers", json=body if n else {"name": "N0"})))
    for n in range(0, 40, 4):
        made[n] = ok(client.put(f"/v1/customers/{made[n]['id']}", json={"phone": "1"}))
    return made


def pages(client: httpx.Client, **params: Any) -> list[Made]:
    """All entries, page after page, by the cursor."""
    entries: list[Made] = []
    page = ok(client.get("/v1/customers", params=params))
    while True:
        entries += page["customers"]
        assert page["has_more"] == ("next_cursor" in page)
        if not page["has_more"]:
            return entries
        page = ok(client.get("/v1/customers", params={**params, "cursor": page["next_cursor"]}))


def ids(entries: list[Made]) -> list[str]:
    return [entry["id"] for entry in entries]


def test_the_envelope_is_the_references(client: httpx.Client, everybody: list[Made]) -> None:
    page = ok(client.get("/v1/customers"))
    assert set(page) == {"object", "data_ref", "customers", "total", "has_more", "next_cursor"}
    assert (page["object"], page["data_ref"], page["total"], page["has_more"]) == ("list", "customers", 40, True)
    assert len(page["customers"]) == 10


def test_entries_are_whole_customers_without_links_to_their_pages(client: httpx.Client, everybody: list[Made]) -> None:
    by_id = {each["id"]: {name: value for name, value in each.items() if name != "assets"} for each in everybody}
    assert all(entry == by_id[entry["id"]] for entry in pages(client, limit=100))


def test_the_newest_come_first(client: httpx.Client, everybody: list[Made]) -> None:
    moments = [entry["created_at"] for entry in pages(client)]
    assert moments == sorted(moments, reverse=True)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("limit", [1, 7, 100])
def test_cursors_pass_each_customer_once_in_every_order(
    client: httpx.Client, everybody: list[Made], order: str, limit: int
) -> None:
    found = pages(client, order=order, limit=limit)
    assert sorted(ids(found)) == sorted(ids(everybody))
    values = [entry.get(order.removeprefix("-"), "") for entry in found]
    assert values == sorted(values, reverse=order.startswith("-"))
    assert ids(found) == ids(pages(client, order=order, limit=100))


@pytest.mark.parametrize("order", ORDERS)
def test_pages_pass_each_customer_once_too(client: httpx.Client, everybody: list[Made], order: str) -> None:
    found = [
        entry
        for page in range(1, 7)
        for entry in ok(client.get("/v1/customers", params={"order": order, "limit": 8, "page": page}))["customers"]
    ]
    assert ids(found) == ids(pages(client, order=order, limit=100))


def test_a_page_after_the_end_is_empty(client: httpx.Client, everybody: list[Made]) -> None:
    page = ok(client.get("/v1/customers?page=99"))
    assert (page["customers"], page["total"], page["has_more"]) == ([], 40, False)


@pytest.mark.parametrize(
    "filters",
    [{"name": "N1"}, {"email": "3@x.example"}, {"city": "Lyon"}, {"name": "N1", "city": "Paris"}, {"name": "n1"}],
)
def test_text_filters_are_exact_and_hold_together(
    client: httpx.Client, everybody: list[Made], filters: dict[str, str]
) -> None:
    def passes(each: Made) -> bool:
        flat = {**each, **(each["address"] or {})}
        return all(flat.get(field) == value for field, value in filters.items())

    expected = sorted(each["id"] for each in everybody if passes(each))
    assert sorted(ids(pages(client, limit=3, **filters))) == expected
    assert ok(client.get("/v1/customers", params=filters))["total"] == len(expected)


@pytest.mark.parametrize("column", ["created_at", "updated_at"])
def test_time_filters_leave_out_their_own_moment(client: httpx.Client, everybody: list[Made], column: str) -> None:
    moments = sorted({each[column] for each in everybody if column in each})
    border = moments[len(moments) // 2]
    for side in ("before", "after"):
        passing = [m for m in moments if (m < border if side == "before" else m > border)]
        expected = sorted(each["id"] for each in everybody if each.get(column) in passing)
        assert sorted(ids(pages(client, **{f"{column}[{side}]": border, "limit": 100}))) == expected


def test_a_date_and_another_zone_are_understood(client: httpx.Client, everybody: list[Made]) -> None:
    total = {}
    for text in ("2001-01-01", "2001-01-01T00:00:00+02:00", "2100-01-01T00:00:00.000Z"):
        total[text] = ok(client.get("/v1/customers", params={"created_at[after]": text}))["total"]
    assert list(total.values()) == [40, 40, 0]


@pytest.mark.parametrize("order", ["created_at", "-created_at"])
def test_starting_after_goes_on_after_a_moment_in_the_direction_of_the_order(
    client: httpx.Client, everybody: list[Made], order: str
) -> None:
    """As the JavaScript client's scroll does: from far away, then from the last entry's moment."""
    far = "1970-01-01T00:00:00Z" if order == "created_at" else "2200-01-01T00:00:00Z"
    assert len(pages(client, order=order, starting_after=far, limit=100)) == 40
    border = everybody[20]["created_at"]
    moments = {e["id"]: from_iso(e["created_at"]) for e in everybody}
    at, down = from_iso(border), order.startswith("-")
    expected = {name for name, moment in moments.items() if (moment < at if down else moment > at)}
    page = ok(client.get("/v1/customers", params={"order": order, "starting_after": border, "limit": 100}))
    assert set(ids(page["customers"])) == expected


def test_updated_at_orders_those_that_never_were_before_all_others(client: httpx.Client, everybody: list[Made]) -> None:
    found = pages(client, order="-updated_at", limit=100)
    assert [("updated_at" in each) for each in found] == [True] * 10 + [False] * 30


def test_a_customer_that_comes_while_the_list_is_read_neither_shifts_nor_repeats_it(
    client: httpx.Client, everybody: list[Made]
) -> None:
    first = ok(client.get("/v1/customers", params={"limit": 20}))
    latest = ok(client.post("/v1/customers", json={"name": "late"}))
    rest = pages(client, limit=20, cursor=first["next_cursor"])
    assert ids(first["customers"] + rest) == ids(
        [each for each in pages(client, limit=100) if each["id"] != latest["id"]]
    )
    client.delete(f"/v1/customers/{latest['id']}")
