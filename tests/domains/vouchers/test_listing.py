"""Lists of vouchers: every order, every filter, pages and cursors."""

from typing import Any, get_args

import httpx
import pytest

from patron.domains.vouchers.wire.asked import Order
from tests.domains.vouchers.conftest import Made, Make, a_code, ok, refused
from tests.domains.vouchers.holding import Hold, give


def listed(client: httpx.Client, **params: Any) -> list[str]:
    answer = ok(client.get("/v1/vouchers", params={"limit": 100, **params}))
    assert answer["total"] == len(answer["vouchers"]), params
    return [voucher["code"] for voucher in answer["vouchers"]]


@pytest.fixture(scope="module")
def category() -> str:
    return a_code()


@pytest.fixture
def some(client: httpx.Client, make: Make, category: str) -> list[Made]:
    """Seven vouchers of one category, of which the third and the first were changed, in that order."""
    known = ok(client.get("/v1/vouchers", params={"category": category, "limit": 100, "order": "created_at"}))
    if known["total"]:
        vouchers: list[Made] = known["vouchers"]
        return vouchers
    made = [make(category=category, code=f"{name}-{a_code()}") for name in "dbacfeg"]
    for n in (2, 0):
        ok(client.put(f"/v1/vouchers/{made[n]['code']}", json={"additional_info": "changed"}))
    return made


def test_every_order_goes_both_ways_and_in_pages(client: httpx.Client, some: list[Made], category: str) -> None:
    by_creation = [voucher["code"] for voucher in some]
    changed = [by_creation[2], by_creation[0]]
    expected = {
        "created_at": by_creation,
        "code": sorted(by_creation),
        "updated_at": [code for code in by_creation if code not in changed] + changed,
    }
    for order in get_args(Order):
        whole = expected[order.removeprefix("-")]
        wanted = whole[::-1] if order.startswith("-") else whole
        assert listed(client, category=category, order=order) == wanted, order
        seen: list[str] = []
        params: dict[str, Any] = {"category": category, "order": order, "limit": 3}
        while True:
            page = ok(client.get("/v1/vouchers", params=params))
            seen += [voucher["code"] for voucher in page["vouchers"]]
            assert (page["total"], page["has_more"]) == (7, "next_cursor" in page)
            if not page["has_more"]:
                break
            params["cursor"] = page["next_cursor"]
        assert seen == wanted, order
        second = ok(client.get("/v1/vouchers", params={"category": category, "order": order, "limit": 3, "page": 2}))
        assert [voucher["code"] for voucher in second["vouchers"]] == wanted[3:6]


def test_an_entry_of_the_list_is_the_whole_voucher(client: httpx.Client, some: list[Made], category: str) -> None:
    [entry] = ok(client.get("/v1/vouchers", params={"category": category, "code": some[1]["code"]}))["vouchers"]
    assert entry == ok(client.get(f"/v1/vouchers/{some[1]['code']}"))


def test_filters_hold_together(client: httpx.Client, some: list[Made], category: str) -> None:
    code, voucher_id = some[3]["code"], some[3]["id"]
    assert listed(client, code=code) == [code]
    assert listed(client, code=code, category="other") == []
    assert listed(client, campaign_id="camp_1") == []
    assert listed(client, campaign="Summer") == []
    assert listed(client, ids=[voucher_id, voucher_id, "v_nothing"], category=category) == [code]


@pytest.mark.parametrize("name", ["ids", "ids[]", "ids[{n}]"])
def test_ids_are_given_as_any_client_gives_lists(client: httpx.Client, some: list[Made], name: str) -> None:
    wanted = [some[0], some[5]]
    query = "&".join(f"{name.format(n=n)}={voucher['id']}" for n, voucher in enumerate(wanted))
    answer = ok(client.get(f"/v1/vouchers?order=created_at&{query}"))
    assert [voucher["code"] for voucher in answer["vouchers"]] == [voucher["code"] for voucher in wanted]


@pytest.mark.parametrize("form", ["{},{}", "['{}', '{}']", '["{}","{}"]'])
def test_ids_may_stand_in_one_text(client: httpx.Client, some: list[Made], form: str) -> None:
    text = form.format(some[0]["id"], some[5]["id"])
    assert listed(client, ids=text, order="created_at") == [some[0]["code"], some[5]["code"]]
    assert listed(client, ids="") == []


def test_moments_are_not_included(client: httpx.Client, some: list[Made], category: str) -> None:
    told = ok(client.get(f"/v1/vouchers/{some[0]['code']}"))
    for field in ("created_at", "updated_at"):
        moment = told[field]
        assert told["code"] not in listed(client, category=category, **{f"{field}[before]": moment})
        assert told["code"] not in listed(client, category=category, **{f"{field}[after]": moment})
        assert told["code"] in listed(client, category=category, **{f"{field}[after]": "2001-01-01"})
        assert told["code"] in listed(client, category=category, **{f"{field}[before]": "2101-01-01"})
    assert len(listed(client, category=category, **{"updated_at[before]": "2101-01-01"})) == 2


def test_what_a_customer_holds_is_found_by_either_name(
    client: httpx.Client, some: list[Made], shared_database_url: str
) -> None:
    customer = ok(client.post("/v1/customers", json={"source_id": a_code()}))
    held = [some[1]["code"], some[4]["code"]]
    give(shared_database_url, *(Hold(code, customer["id"]) for code in held))
    for name in (customer["id"], customer["source_id"]):
        assert listed(client, customer=name, order="created_at") == held
    assert listed(client, customer=customer["id"], ids=[some[4]["id"]]) == held[1:]
    assert listed(client, customer=customer["id"], order="-code", code=held[0]) == held[:1]
    refused(client.get("/v1/vouchers", params={"customer": "nobody"}), 404, "not_found")


@pytest.mark.parametrize(
    ("params", "key", "names"),
    [
        ({"limit": 0}, "invalid_query_params", "limit"),
        ({"limit": 101}, "invalid_query_params", "limit"),
        ({"page": 100}, "page_over_limit", "page"),
        ({"order": "id"}, "invalid_query_params", "order"),
        ({"created_at[before]": "soon"}, "invalid_query_params", "created_at[before]"),
        ({"updated_at[after]": ""}, "invalid_query_params", "updated_at[after]"),
        ({"cursor": "x"}, "invalid_query_params", "cursor"),
        ({"ids": ["v"] * 101}, "invalid_query_params", "ids"),
        ({"ids": ",".join(f"v_{n}" for n in range(101))}, "invalid_query_params", "ids"),
    ],
)
def test_what_no_list_can_do_is_refused_by_name(
    client: httpx.Client, params: dict[str, Any], key: str, names: str
) -> None:
    assert refused(client.get("/v1/vouchers", params=params), 400, key).startswith(names)


def test_a_cursor_is_good_for_its_order_alone(client: httpx.Client, some: list[Made], category: str) -> None:
    page = ok(client.get("/v1/vouchers", params={"limit": 1, "order": "code"}))
    answer = client.get("/v1/vouchers", params={"limit": 1, "order": "-code", "cursor": page["next_cursor"]})
    assert refused(answer, 400, "invalid_query_params").startswith("cursor:")
