"""What is in the bin comes back as it was."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.domains.bin.conftest import BIN, a_name, entry_of, is_binned, product, restored, skus_of, thrown, voucher
from tests.domains.vouchers.conftest import ok, refused
from tests.domains.vouchers.holding import Hold, give


def lasting(told: dict[str, Any]) -> dict[str, Any]:
    """What a deletion and its undoing leave as it is."""
    return {name: value for name, value in told.items() if name not in ("updated_at", "skus")}


def holder(client: httpx.Client) -> str:
    return str(ok(client.post("/v1/customers", json={"source_id": a_name()}))["id"])


def to_go(client: httpx.Client, customer_id: str) -> int:
    summary = ok(client.get(f"/v1/customers/{customer_id}"))["summary"]
    amount: int = summary["redemptions"]["gift"]["amount_to_go"]
    return amount


def test_a_voucher_comes_back_as_it_was(client: httpx.Client) -> None:
    card = voucher(client, 1_000)
    ok(client.post(f"/v1/vouchers/{card['code']}/balance", json={"amount": -300, "source_id": "till"}))
    before, total = ok(client.get(f"/v1/vouchers/{card['id']}")), ok(client.get("/v1/vouchers"))["total"]
    thrown(client, f"/v1/vouchers/{card['code']}")
    assert client.get(f"/v1/vouchers/{card['id']}").status_code == 404
    assert restored(client, card["id"]).status_code == 204
    after = ok(client.get(f"/v1/vouchers/{card['id']}"))
    assert lasting(after) == lasting(before)
    assert after["updated_at"] is not None
    assert ok(client.get("/v1/vouchers"))["total"] == total
    assert not is_binned(client, card["id"])
    assert ok(client.get(f"/v1/vouchers/{card['code']}/transactions"))["data"][0]["source_id"] == "till"


def test_a_restored_gift_card_is_its_holders_again(client: httpx.Client, shared_database_url: str) -> None:
    customer, card = holder(client), voucher(client, 700)
    give(shared_database_url, Hold(card["code"], customer))
    assert to_go(client, customer) == 700
    thrown(client, f"/v1/vouchers/{card['code']}")
    assert to_go(client, customer) == 0
    assert restored(client, card["id"]).status_code == 204
    assert to_go(client, customer) == 700
    assert ok(client.get(f"/v1/customers/{customer}/redeemables"))["total"] == 1


def test_a_gift_card_whose_holder_was_erased_meanwhile_is_nobodys(
    client: httpx.Client, shared_database_url: str
) -> None:
    customer, card = holder(client), voucher(client, 700)
    give(shared_database_url, Hold(card["code"], customer))
    thrown(client, f"/v1/vouchers/{card['code']}")
    assert client.post(f"/v1/customers/{customer}/permanent-deletion").status_code == 200
    assert restored(client, card["id"]).status_code == 204
    assert ok(client.get(f"/v1/vouchers/{card['code']}")).get("holder_id") is None


def test_a_gift_card_whose_holder_was_merged_meanwhile_is_the_others(
    client: httpx.Client, shared_database_url: str
) -> None:
    customer, other, card = holder(client), holder(client), voucher(client, 700)
    give(shared_database_url, Hold(card["code"], customer))
    thrown(client, f"/v1/vouchers/{card['code']}")
    ok(client.post(f"/v1/customers/{other}/merge", json={"source": customer}))
    assert restored(client, card["id"]).status_code == 204
    assert to_go(client, other) == 700


def test_a_product_comes_back_with_the_skus_that_went_with_it(client: httpx.Client) -> None:
    tea = product(client, skus=3)
    [first, *others] = skus_of(client, tea)
    thrown(client, f"/v1/products/{tea['id']}/skus/{first['id']}")
    before = ok(client.get(f"/v1/products/{tea['id']}"))
    thrown(client, f"/v1/products/{tea['id']}")
    assert restored(client, tea["id"]).status_code == 204
    after = ok(client.get(f"/v1/products/{tea['source_id']}"))
    assert {sku["id"] for sku in after["skus"]["data"]} == {sku["id"] for sku in others}
    assert lasting(after) == lasting(before)
    assert ok(client.get(f"/v1/skus/{others[0]['source_id']}"))["id"] == others[0]["id"]
    assert is_binned(client, first["id"])
    assert restored(client, first["id"]).status_code == 204
    assert ok(client.get(f"/v1/products/{tea['id']}"))["skus"]["total"] == 3


def test_a_sku_does_not_come_back_without_its_product(client: httpx.Client) -> None:
    tea = product(client, skus=1)
    [sku] = skus_of(client, tea)
    thrown(client, f"/v1/products/{tea['id']}")
    assert tea["id"] in refused(restored(client, sku["id"]), 409, "parent_missing")
    assert is_binned(client, sku["id"])


def test_a_source_id_that_was_taken_meanwhile_stays_with_who_has_it(client: httpx.Client) -> None:
    tea = product(client)
    thrown(client, f"/v1/products/{tea['id']}")
    other = ok(client.post("/v1/products", json={"source_id": tea["source_id"]}))
    assert tea["source_id"] in refused(restored(client, tea["id"]), 409, "duplicate_found")
    assert ok(client.get(f"/v1/products/{tea['source_id']}"))["id"] == other["id"]
    thrown(client, f"/v1/products/{other['id']}")
    assert restored(client, tea["id"]).status_code == 204


def test_a_product_one_of_whose_skus_cannot_come_back_stays_whole_in_the_bin(client: httpx.Client) -> None:
    tea, other = product(client, skus=2), product(client)
    skus = skus_of(client, tea)
    thrown(client, f"/v1/products/{tea['id']}")
    ok(client.post(f"/v1/products/{other['id']}/skus", json={"source_id": skus[1]["source_id"]}))
    assert skus[1]["source_id"] in refused(restored(client, tea["id"]), 409, "duplicate_found")
    assert all(is_binned(client, each["id"]) for each in (tea, *skus))
    assert client.get(f"/v1/products/{tea['id']}").status_code == 404
    assert client.get(f"/v1/skus/{skus[0]['source_id']}").status_code == 404


@pytest.mark.parametrize("entry", ["tbe_", "tbe_0Tvcokgiv_1", "tbe_0Tvcokgicust_1", "tbe_0Tvcokgiprod_1", "x", "v_1"])
@pytest.mark.parametrize(("method", "suffix"), [("DELETE", ""), ("POST", "/restore")])
def test_what_is_no_entry_is_a_404(client: httpx.Client, entry: str, method: str, suffix: str) -> None:
    refused(client.request(method, f"{BIN}/{entry}{suffix}"), 404, "not_found")


def test_an_entry_of_an_earlier_deletion_is_no_longer_one(client: httpx.Client) -> None:
    for path, made in (("vouchers", voucher(client)), ("products", product(client))):
        thrown(client, f"/v1/{path}/{made['id']}")
        old = entry_of(client, made["id"])["id"]
        assert client.post(f"{BIN}/{old}/restore").status_code == 204
        thrown(client, f"/v1/{path}/{made['id']}")
        assert entry_of(client, made["id"])["id"] != old
        refused(client.delete(f"{BIN}/{old}"), 404, "not_found")
        refused(client.post(f"{BIN}/{old}/restore"), 404, "not_found")
        assert is_binned(client, made["id"])


@pytest.mark.parametrize("what", ["voucher", "product", "sku"])
def test_of_twenty_that_restore_one_entry_one_does(client: httpx.Client, what: str) -> None:
    address = f"{BIN}/{entry_of(client, _deleted(client, what))['id']}/restore"
    assert _all_at_once(client, [("POST", address)] * 20) == [204] + [404] * 19


@pytest.mark.parametrize("what", ["voucher", "product", "sku"])
def test_of_twenty_that_restore_or_purge_one_entry_one_does(client: httpx.Client, what: str) -> None:
    made = _deleted(client, what)
    address = f"{BIN}/{entry_of(client, made)['id']}"
    asked = [("POST", f"{address}/restore"), ("DELETE", address)] * 10
    assert _all_at_once(client, asked) == [204] + [404] * 19
    assert not is_binned(client, made)


def test_of_restoring_and_creating_one_source_id_at_once_one_happens(client: httpx.Client) -> None:
    tea = product(client)
    thrown(client, f"/v1/products/{tea['id']}")
    address = f"{BIN}/{entry_of(client, tea['id'])['id']}/restore"
    with ThreadPoolExecutor(20) as threads:
        creating = [
            threads.submit(client.post, "/v1/products", json={"source_id": tea["source_id"]}) for _ in range(10)
        ]
        restoring = [threads.submit(client.post, address) for _ in range(10)]
        made = {ok(each.result())["id"] for each in creating}
        answers = sorted(each.result().status_code for each in restoring)
    assert len(made) == 1
    assert answers in ([204] + [404] * 9, [409] * 10)
    assert (tea["id"] in made) is (answers[0] == 204)


def _deleted(client: httpx.Client, what: str) -> str:
    """The id of something of this kind that was deleted."""
    if what == "voucher":
        card = voucher(client, 500)
        thrown(client, f"/v1/vouchers/{card['code']}")
        return str(card["id"])
    tea = product(client, skus=1)
    [sku] = skus_of(client, tea)
    thrown(client, f"/v1/products/{tea['id']}" + (f"/skus/{sku['id']}" if what == "sku" else ""))
    return str(sku["id"] if what == "sku" else tea["id"])


def _all_at_once(client: httpx.Client, asked: list[tuple[str, str]]) -> list[int]:
    with ThreadPoolExecutor(20) as threads:
        return sorted(threads.map(lambda each: client.request(*each).status_code, asked))
