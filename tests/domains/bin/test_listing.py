"""The bin holds what was deleted, in the order of deletion."""

import httpx
import pytest

from tests.domains.bin.conftest import BIN, Made, entries, entry_of, is_binned, product, skus_of, thrown, voucher
from tests.domains.vouchers.conftest import ok, refused
from tests.support.filters import filters


def test_what_is_deleted_is_in_the_bin(client: httpx.Client) -> None:
    card, tea = voucher(client), product(client, skus=1)
    [sku] = skus_of(client, tea)
    thrown(client, f"/v1/vouchers/{card['code']}")
    thrown(client, f"/v1/products/{tea['id']}")
    told = entry_of(client, card["id"])
    assert told == {
        "id": told["id"],
        "created_at": told["created_at"],
        "deleted_by_user_id": None,
        "resource_id": card["id"],
        "resource_type": "voucher",
        "resource_name": card["code"],
        "resource_parent_id": None,
        "object": "voucher",
    }
    assert entry_of(client, tea["id"])["resource_name"] == tea["name"]
    of_sku = entry_of(client, sku["id"])
    assert (of_sku["resource_type"], of_sku["resource_parent_id"]) == ("sku", tea["id"])
    assert of_sku["resource_name"] == "Size 0"


def test_what_has_no_name_is_called_by_its_source_id_or_its_id(client: httpx.Client) -> None:
    named = ok(client.post("/v1/products", json={"source_id": "a-source-id"}))
    bare = ok(client.post("/v1/products", json={}))
    for each in (named, bare):
        thrown(client, f"/v1/products/{each['id']}")
    assert entry_of(client, named["id"])["resource_name"] == "a-source-id"
    assert entry_of(client, bare["id"])["resource_name"] == bare["id"]


def test_what_is_deleted_for_good_is_not_in_the_bin(client: httpx.Client) -> None:
    card = voucher(client)
    thrown(client, f"/v1/vouchers/{card['code']}?force=true")
    assert not is_binned(client, card["id"])


def test_pages_go_on_where_the_last_one_ended(client: httpx.Client) -> None:
    made = []
    for n in range(5):
        each = voucher(client) if n % 2 else product(client)
        thrown(client, f"/v1/vouchers/{each['code']}" if n % 2 else f"/v1/products/{each['id']}")
        made.append(each["id"])
    total = ok(client.get(BIN))["total"]
    for order in ("id", "-id"):
        seen = [each["id"] for page in _pages(client, order) for each in page["data"]]
        assert len(seen) == total
        assert seen == sorted(seen, reverse=order == "-id")
    assert [each["resource_id"] for each in entries(client)][:5] == made[::-1]


def _pages(client: httpx.Client, order: str) -> list[Made]:
    pages = [ok(client.get(BIN, params={"limit": 2, "order": order}))]
    while pages[-1]["has_more"]:
        after = pages[-1]["more_starting_after"]
        assert after == pages[-1]["data"][-1]["id"]
        pages.append(ok(client.get(BIN, params={"limit": 2, "order": order, "starting_after_id": after})))
    assert "more_starting_after" not in pages[-1]
    assert len({page["total"] for page in pages}) == 1
    return pages


def test_a_page_goes_on_after_an_entry_that_is_gone(client: httpx.Client) -> None:
    for _ in range(3):
        thrown(client, f"/v1/vouchers/{voucher(client)['code']}")
    before = [each["id"] for each in entries(client)]
    thrown(client, f"{BIN}/{before[1]}")
    assert [each["id"] for each in entries(client, starting_after_id=before[1])] == before[2:]


@pytest.mark.parametrize(
    ("conditions", "types"),
    [
        ({"$is": "voucher"}, {"voucher"}),
        ({"$is][0": "voucher"}, {"voucher"}),
        ({"$in][0": "sku", "$in][1": "product"}, {"sku", "product"}),
        ({"$is_not": "voucher"}, {"sku", "product"}),
        ({"$not_in][0": "sku", "$not_in][1": "voucher"}, {"product"}),
        ({"$is": "campaign"}, set()),
        ({"$is": "customer"}, set()),
    ],
)
def test_entries_of_a_type_are_asked_for(client: httpx.Client, conditions: dict[str, str], types: set[str]) -> None:
    card, tea = voucher(client), product(client, skus=1)
    thrown(client, f"/v1/vouchers/{card['code']}")
    thrown(client, f"/v1/products/{tea['id']}")
    filters = {f"filters[resource_type][conditions][{name}]": value for name, value in conditions.items()}
    page = ok(client.get(BIN, params={"limit": 100, **filters}))
    assert {each["resource_type"] for each in page["data"]} == types
    assert page["total"] == len(page["data"])


def test_entries_are_asked_for_by_their_names(client: httpx.Client) -> None:
    card, tea = voucher(client), product(client, skus=1)
    thrown(client, f"/v1/vouchers/{card['code']}")
    thrown(client, f"/v1/products/{tea['id']}")
    by_resource = {each["resource_id"]: each for each in entries(client)}
    mine = by_resource[card["id"]]
    for conditions, expected in (
        ({"resource_id": {"$is": card["id"]}}, [card["id"]]),
        ({"resource_name": {"$is": card["code"]}, "resource_type": {"$is": "voucher"}}, [card["id"]]),
        ({"id": {"$is": mine["id"]}}, [card["id"]]),
        ({"id": {"$in": [mine["id"], by_resource[tea["id"]]["id"]]}}, [tea["id"], card["id"]]),
        ({"id": {"$starts_with": mine["id"][:-1]}}, [card["id"]]),
        ({"id": {"$is": "tbe_none"}}, []),
    ):
        page = ok(client.get(BIN, params=filters(**conditions)))
        assert ([each["resource_id"] for each in page["data"]], page["total"]) == (expected, len(expected)), conditions


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("order=created_at", "order"),
        ("starting_after_id=v_1", "starting_after_id"),
        ("starting_after_id=tbe_1", "starting_after_id"),
        ("filters[resource_type][conditions][$after]=2020-01-01", "filters.resource_type.conditions.$after"),
        ("filters[deleted_by][conditions][$is]=me", "filters.deleted_by"),
    ],
)
def test_what_cannot_be_asked_is_refused(client: httpx.Client, query: str, named: str) -> None:
    assert named in refused(client.get(f"{BIN}?{query}"), 400, "invalid_query_params")
