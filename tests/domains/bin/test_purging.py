"""What is purged is gone for good, and what it was called is free."""

import httpx

from tests.domains.bin.conftest import BIN, entry_of, is_binned, product, purged, skus_of, thrown, voucher
from tests.domains.vouchers.conftest import discount, ok, refused
from tests.support.databases import numbers

TABLES = ("vouchers", "voucher_totals", "voucher_transactions", "voucher_transaction_keys", "binned_vouchers")


def test_a_purged_voucher_frees_its_code_and_leaves_no_row(client: httpx.Client, shared_database_url: str) -> None:
    card = voucher(client, 1_000)
    code = card["code"]
    ok(client.post(f"/v1/vouchers/{code}/balance", json={"amount": 5, "source_id": "till"}))
    thrown(client, f"/v1/vouchers/{code}")
    refused(client.post(f"/v1/vouchers/{code}", json=discount()), 409, "duplicate_found")
    assert purged(client, card["id"]).status_code == 204
    rows = {table: f"SELECT COUNT(*) FROM {table} WHERE code = '{code}'" for table in TABLES}
    assert numbers(shared_database_url, rows) == dict.fromkeys(TABLES, 0)
    assert ok(client.post(f"/v1/vouchers/{code}", json=discount()))["id"] != card["id"]


def test_a_product_is_purged_with_all_its_deleted_skus(client: httpx.Client) -> None:
    tea, other = product(client, skus=2), product(client, skus=1)
    skus, [apart] = skus_of(client, tea), skus_of(client, other)
    thrown(client, f"/v1/products/{tea['id']}/skus/{skus[0]['id']}")
    thrown(client, f"/v1/products/{tea['id']}")
    thrown(client, f"/v1/products/{other['id']}")
    assert purged(client, tea["id"]).status_code == 204
    assert not any(is_binned(client, each["id"]) for each in (tea, *skus))
    assert is_binned(client, apart["id"])


def test_a_sku_is_purged_alone(client: httpx.Client) -> None:
    tea = product(client, skus=2)
    skus = skus_of(client, tea)
    thrown(client, f"/v1/products/{tea['id']}/skus/{skus[0]['id']}")
    assert purged(client, skus[0]["id"]).status_code == 204
    assert [each["id"] for each in skus_of(client, tea)] == [skus[1]["id"]]


def test_a_purge_that_is_repeated_under_its_key_is_answered_once_more(client: httpx.Client) -> None:
    card = voucher(client)
    thrown(client, f"/v1/vouchers/{card['code']}")
    address = f"{BIN}/{entry_of(client, card['id'])['id']}"
    key = {"Idempotency-Key": card["id"]}
    assert [client.delete(address, headers=key).status_code for _ in range(2)] == [204, 204]
    refused(client.delete(address), 404, "not_found")


def test_a_purge_of_an_old_entry_takes_nothing_of_what_is_there(client: httpx.Client) -> None:
    card = voucher(client, 1_000)
    thrown(client, f"/v1/vouchers/{card['code']}")
    old = entry_of(client, card["id"])["id"]
    assert client.post(f"{BIN}/{old}/restore").status_code == 204
    thrown(client, f"/v1/vouchers/{card['code']}")
    refused(client.delete(f"{BIN}/{old}"), 404, "not_found")
    new = entry_of(client, card["id"])["id"]
    assert client.post(f"{BIN}/{new}/restore").status_code == 204
    assert len(ok(client.get(f"/v1/vouchers/{card['code']}/transactions"))["data"]) == 1
