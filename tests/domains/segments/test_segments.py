"""Segments of each type: made, told, changed, deleted; who is in them, who comes and goes, and why."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.domains.products.conftest import Made, ok
from tests.http.test_refusals import refused as refused_with
from tests.support.servers import Shop

PATH = "/v1/segments"
VIP: dict[str, Any] = {"metadata.vip": {"conditions": {"$is": [True]}}}
WAIT_SECONDS = 120.0


@pytest.fixture
def client(shop: Shop) -> httpx.Client:
    return shop.client


def refused(answer: httpx.Response, status: int, key: str, details: str) -> None:
    assert details in refused_with(answer, status, key)["details"]


def customer(client: httpx.Client, **fields: Any) -> str:
    return str(ok(client.post("/v1/customers", json=fields))["id"])


def vip(client: httpx.Client, is_vip: bool = True, **fields: Any) -> str:
    return customer(client, metadata={"vip": is_vip}, **fields)


def create(client: httpx.Client, **fields: Any) -> Made:
    return ok(client.post(PATH, json={"name": "VIPs", **fields}))


def members(client: httpx.Client, segment: Made, **params: Any) -> list[str]:
    """The ids of all customers in a segment, page after page."""
    found: list[str] = []
    params = {"segment_id": segment["id"], "limit": 2, **params}
    while True:
        page = ok(client.get("/v1/customers", params=params))
        found += [each["id"] for each in page["customers"]]
        if not page["has_more"]:
            assert page["total"] == len(found)
            return found
        params["cursor"] = page["next_cursor"]


def until(client: httpx.Client, segment: Made, expected: list[str]) -> None:
    """Wait until the background work has brought about these members."""
    ends = time.monotonic() + WAIT_SECONDS
    while (found := members(client, segment)) != expected:
        assert time.monotonic() < ends, (found, expected)
        time.sleep(0.1)


def of_customer(client: httpx.Client, reference: str) -> list[str]:
    told = ok(client.get(f"/v1/customers/{reference}/segments"))
    assert told["total"] == len(told["data"])
    return [each["id"] for each in told["data"]]


def comings(client: httpx.Client, customer_id: str) -> list[str]:
    """Which segments a customer came into (+) and left (-), as the feed tells it, oldest first."""
    feed = ok(client.get(f"/v1/customers/{customer_id}/activity", params={"limit": 100, "order": "created_at"}))
    signs = {"customer.segment.entered": "+", "customer.segment.left": "-"}
    return [signs[each["type"]] + each["data"]["segment"]["id"] for each in feed["data"] if each["type"] in signs]


def how_often(client: httpx.Client, customer_id: str, kind: str) -> int:
    """Of entries that many requests make at once, the feed's order is that of the requests, not of the commits."""
    path = f"/v1/customers/{customer_id}/activity"
    feed = ok(client.get(path, params={"limit": 100, "type": kind}))
    assert not feed["has_more"]
    return len(feed["data"])


def test_a_passive_segment_is_told_and_asks_its_filter_of_everybody(client: httpx.Client) -> None:
    ada, bob = vip(client), vip(client, is_vip=False)
    made = create(client, type="passive", filter={"junction": "and", **VIP})
    assert (made["type"], made["filter"]) == ("passive", {"junction": "and", **VIP})
    assert "updated_at" not in made
    assert ok(client.get(f"{PATH}/{made['id']}")) == made
    assert members(client, made) == [ada]
    ok(client.put(f"/v1/customers/{bob}", json={"metadata": {"vip": True}}))
    assert members(client, made) == [bob, ada]
    assert members(client, made, order="created_at") == [ada, bob]
    assert of_customer(client, bob) == [made["id"]]
    assert comings(client, bob) == []


def test_an_active_segment_follows_each_change_and_the_feed_tells_it(client: httpx.Client) -> None:
    before = vip(client)
    made = create(client, filter=VIP)
    assert made["type"] == "auto-update"
    until(client, made, [before])
    ada = vip(client, name="Ada")
    assert members(client, made) == [ada, before]
    ok(client.put(f"/v1/customers/{ada}", json={"name": "Ada L."}))
    ok(client.put(f"/v1/customers/{ada}", json={"metadata": {"vip": False}}))
    assert members(client, made) == [before]
    ok(client.put(f"/v1/customers/{ada}", json={"metadata": {"vip": True}}))
    assert members(client, made, order="-updated_at") == [ada, before]
    assert members(client, made, name="Ada L.") == [ada]
    assert comings(client, ada) == [f"+{made['id']}", f"-{made['id']}", f"+{made['id']}"]
    assert comings(client, before) == []
    assert client.delete(f"/v1/customers/{ada}").status_code == 204
    assert members(client, made) == [before]


def test_orders_move_customers_too(client: httpx.Client) -> None:
    spent = create(client, filter={"summary.orders.total_amount": {"conditions": {"$more_than": [1000]}}})
    ada = customer(client, name="Ada")
    ok(client.post("/v1/orders", json={"status": "PAID", "amount": 900, "customer": {"id": ada}}))
    assert members(client, spent) == []
    order = ok(client.post("/v1/orders", json={"status": "PAID", "amount": 200, "customer": {"id": ada}}))
    assert members(client, spent) == [ada]
    ok(client.put(f"/v1/orders/{order['id']}", json={"status": "CANCELED"}))
    assert members(client, spent) == []
    assert comings(client, ada) == [f"+{spent['id']}", f"-{spent['id']}"]


def test_a_static_segment_lists_customers_for_good(client: httpx.Client) -> None:
    ids = [customer(client, name=str(n)) for n in range(3)]
    made = create(client, type="static", customers=[*ids, ids[0]])
    assert (made["type"], made["filter"]) == ("static", None)
    assert members(client, made) == ids[::-1]
    assert of_customer(client, ids[1]) == [made["id"]]
    assert client.delete(f"/v1/customers/{ids[1]}").status_code == 204
    assert members(client, made) == [ids[2], ids[0]]
    assert comings(client, ids[0]) == []
    refused(client.put(f"{PATH}/{made['id']}", json={"name": "Others"}), 400, "invalid_payload", "passive")


def test_a_large_static_segment_is_listed_by_a_job(client: httpx.Client) -> None:
    bulk = [{"source_id": str(n), "name": str(n)} for n in range(450)]
    assert client.post("/v1/customers/bulk/async", json=bulk).status_code == 202
    ends = time.monotonic() + WAIT_SECONDS
    while ok(client.get("/v1/customers"))["total"] < len(bulk):
        assert time.monotonic() < ends
        time.sleep(0.1)
    pages = [ok(client.get("/v1/customers", params={"limit": 100, "page": n})) for n in range(1, 6)]
    ids = [each["id"] for page in pages for each in page["customers"]]
    made = create(client, type="static", customers=ids)
    while (found := ok(client.get("/v1/customers", params={"segment_id": made["id"]}))["total"]) < len(ids):
        assert time.monotonic() < ends, found
        time.sleep(0.1)
    assert client.delete(f"{PATH}/{made['id']}").status_code == 204


def test_who_becomes_one_with_another_is_in_what_either_was_in(client: httpx.Client) -> None:
    ada, bob = customer(client, source_id="ada"), vip(client, source_id="bob")
    listed = create(client, type="static", customers=[ada])
    active = create(client, filter=VIP)
    until(client, active, [bob])
    ok(client.post(f"/v1/customers/{bob}/merge", json={"source": ada}))
    assert (members(client, listed), members(client, active)) == ([bob], [bob])
    assert of_customer(client, ada) == [active["id"], listed["id"]]
    other = create(client, filter={"source_id": {"conditions": {"$is": ["carl"]}}})
    carl = customer(client, source_id="carl")
    assert members(client, other) == [carl]
    ok(client.post(f"/v1/customers/{bob}/merge", json={"source": carl}))
    assert members(client, other) == []


def test_an_explanation_says_what_each_condition_expected_and_found(client: httpx.Client) -> None:
    ada = vip(client, name="Ada", source_id="ada")
    made = create(client, type="passive", filter={**VIP, "$not": {"name": {"conditions": {"$starts_with": ["A"]}}}})
    told = ok(client.get(f"{PATH}/{made['id']}/customers/ada/explanation"))
    assert (told["is_member"], told["customer_id"], told["segment"]["id"]) == (False, ada, made["id"])
    one, other = told["explanation"]["conditions"]
    assert told["explanation"]["junction"] == "and"
    condition = {"property": "metadata.vip", "operator": "$is", "expected": [True], "actual": True, "passes": True}
    assert one == condition
    assert (other["junction"], other["passes"], other["conditions"][0]["actual"]) == ("not", False, "Ada")
    listed = create(client, type="static", customers=[ada])
    told = ok(client.get(f"{PATH}/{listed['id']}/customers/{ada}/explanation"))
    assert (told["is_member"], told["explanation"]) == (True, None)
    refused(client.get(f"{PATH}/{made['id']}/customers/nobody/explanation"), 404, "not_found", "nobody")
    refused(client.get(f"{PATH}/seg_no/customers/{ada}/explanation"), 404, "not_found", "seg_no")


def test_somebody_unknown_is_told_what_everybody_unknown_would_be_in(client: httpx.Client) -> None:
    create(client, type="passive", filter=VIP)
    others = create(client, type="passive", filter={"metadata.vip": {"conditions": {"$is_not": [True]}}})
    assert of_customer(client, "nobody") == [others["id"]]


def test_a_passive_segment_is_changed_and_its_activities_tell_it(client: httpx.Client) -> None:
    made = create(client, type="passive", filter=VIP)
    path = f"{PATH}/{made['id']}"
    assert ok(client.put(path, json={"name": "VIPs"})) == made
    renamed = ok(client.put(path, json={"name": "Best"}))
    assert (renamed["name"], renamed["filter"], "updated_at" in renamed) == ("Best", VIP, True)
    ok(client.put(path, json={"filter": {"name": {"conditions": {"$is": ["Ada"]}}}}))
    refused(client.put(path, json={"filter": {}}), 400, "invalid_payload", "at least one condition")
    told = ok(client.get(f"{path}/activities", params={"limit": 2}))
    kinds = [each["type"] for each in told["data"]]
    assert (kinds, told["has_more"]) == (["segment.filters_updated", "segment.updated"], True)
    rest = ok(client.get(f"{path}/activities", params={"starting_after_id": told["more_starting_after"]}))
    assert ([each["type"] for each in rest["data"]], rest["has_more"]) == (["segment.created"], False)
    assert rest["data"][0]["data"]["segment"] == made
    told = ok(client.get(f"{path}/activities", params={"type": "segment.updated", "category": "ACTION"}))
    assert [each["data"]["segment"]["name"] for each in told["data"]] == ["Best"]
    told = ok(client.get(f"{path}/activities", params={"category": "EFFECT"}))
    assert (told["data"], told["has_more"]) == ([], False)
    refused(client.get(f"{path}/activities", params={"type": "segment.x"}), 400, "invalid_query_params", "type")
    refused(client.get(f"{path}/activities", params={"starting_after_id": "x"}), 400, "invalid_query_params", "entry")


def test_a_deleted_segment_is_gone(client: httpx.Client) -> None:
    ada = vip(client)
    made = create(client, filter=VIP)
    until(client, made, [ada])
    assert client.delete(f"{PATH}/{made['id']}").status_code == 204
    assert of_customer(client, ada) == []
    for answer in (
        client.get(f"{PATH}/{made['id']}"),
        client.get(f"{PATH}/{made['id']}/activities"),
        client.put(f"{PATH}/{made['id']}", json={}),
        client.delete(f"{PATH}/{made['id']}"),
        client.get("/v1/customers", params={"segment_id": made["id"]}),
    ):
        refused(answer, 404, "not_found", made["id"])
    ok(client.put(f"/v1/customers/{ada}", json={"metadata": {"vip": False}}))
    assert comings(client, ada) == []


@pytest.mark.parametrize(
    ("body", "status", "details"),
    [
        ({"type": "static"}, 400, "customers: expected the ids of at least one"),
        ({"type": "static", "customers": ["cust_no"]}, 404, "cust_no"),
        ({"type": "static", "customers": ["x"], "filter": VIP}, 400, "filter: expected none"),
        ({"type": "passive"}, 400, "filter: expected one"),
        ({"type": "passive", "filter": VIP, "customers": ["x"]}, 400, "customers: expected none"),
        ({"type": "moving", "filter": VIP}, 400, "type"),
        ({"type": "passive", "filter": {"shoes": {"conditions": {"$is": 1}}}}, 400, "filter.shoes: expected a field"),
        ({"filter": {"name": {"conditions": {"$more_than": [1]}}}}, 400, "filter.name.conditions.$more_than"),
        ({"name": "", "filter": VIP}, 400, "name"),
    ],
)
def test_what_is_no_segment_is_refused(shared_shop: Shop, body: dict[str, Any], status: int, details: str) -> None:
    answer = shared_shop.client.post(PATH, json={"name": "A", **body})
    refused(answer, status, "not_found" if status == 404 else "invalid_payload", details)


def test_a_project_has_so_many_segments_with_a_filter(client: httpx.Client) -> None:
    with ThreadPoolExecutor(20) as at_once:
        asked = {"name": "A", "type": "passive", "filter": VIP}
        statuses = list(at_once.map(lambda _: client.post(PATH, json=asked).status_code, range(110)))
    assert (statuses.count(200), statuses.count(400)) == (100, 10)
    refused(client.post(PATH, json=asked), 400, "invalid_payload", "at most 100 segments with a filter")


def test_thirty_who_move_one_customer_at_once_are_told_each_coming_and_leaving_once(client: httpx.Client) -> None:
    ada = vip(client, is_vip=False)
    made = create(client, filter=VIP)

    def flip(n: int) -> int:
        path = f"/v1/customers/{ada}"
        return client.put(path, json={"metadata": {"vip": n % 2 == 0}, "name": str(n)}).status_code

    with ThreadPoolExecutor(30) as at_once:
        assert set(at_once.map(flip, range(90))) == {200}
    told = {sign: how_often(client, ada, f"customer.segment.{sign}") for sign in ("entered", "left")}
    is_in = ok(client.get(f"/v1/customers/{ada}"))["metadata"]["vip"]
    assert told["entered"] - told["left"] == is_in
    assert told["entered"] > 0
    assert members(client, made) == ([ada] if is_in else [])
