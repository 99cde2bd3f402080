"""Products and SKUs from CSV files, and many products in one request (spec I 5)."""

from typing import Any

import httpx
import pytest

from tests.domains.products.conftest import Make, a_source_id, ok
from tests.http.test_refusals import refused
from tests.support.imports import Action, begun, ended, report_of


def imported(client: httpx.Client, content: str, of: str = "products") -> Action:
    """What became of a CSV file, which is answered with 200."""
    action_id = ok(client.post(f"/v1/{of}/importCSV", files={"file": content.encode()}))["async_action_id"]
    return ended(client, action_id)


def bulk(client: httpx.Client, path: str, body: Any) -> Action:
    return ended(client, begun(client.post(f"/v1/products/{path}/async", json=body)))


def product_of(client: httpx.Client, name: str) -> dict[str, Any]:
    return ok(client.get(f"/v1/products/{name}"))


def reasons(action: Action) -> dict[int, str]:
    return {row["row"]: row["reason"] for row in action["result"]["failed"]}


def test_rows_become_products(client: httpx.Client) -> None:
    total = ok(client.get("/v1/products"))["total"]
    tea, cup = a_source_id(), a_source_id()
    action = imported(
        client,
        "Name,source_id,PRICE,attributes,image_url,vendor\n"
        f'Tea,{tea},500,"size, kind",https://x.example/t.png,Mall\n'
        f"Cup,{cup},,,,\n"
        "Nameless of id,,7,,,\n",
    )
    assert (action["type"], action["operation_status"]) == ("PRODUCTS.IMPORT_CSV", "SUCCESS")
    assert action["result"]["message"] == "3 product(s) imported, 0 failed."
    made = product_of(client, tea)
    fields = ("name", "price", "attributes", "image_url", "metadata", "updated_at")
    assert [made[field] for field in fields] == [
        "Tea", 500, ["size", "kind"], "https://x.example/t.png", {"vendor": "Mall"}, None,
    ]  # fmt: skip
    bare = product_of(client, cup)
    assert [bare[field] for field in fields] == ["Cup", None, [], None, {}, None]
    assert ok(client.get("/v1/products"))["total"] == total + 3
    told = report_of(action)
    assert [(row["row"], row["source_id"], row["found"]) for row in told] == [
        ("1", tea, "false"), ("2", cup, "false"), ("3", "Nameless of id", "false"),
    ]  # fmt: skip
    assert [row["id"] for row in told[:2]] == [made["id"], bare["id"]]


def test_a_row_of_a_known_product_changes_what_it_says(client: httpx.Client, make: Make) -> None:
    known = make(name="Tea", price=500, attributes=["size"], metadata={"a": 1})
    other = make(name="Cup")
    action = imported(client, f"id,source_id,name,b\n,{known['source_id']},Green tea,2\n{other['id']},,Mug,\n")
    assert [row["found"] for row in report_of(action)] == ["true", "true"]
    after = product_of(client, known["source_id"])
    assert after["metadata"] == {"a": 1, "b": "2"}
    assert (after["id"], after["name"], after["price"], after["attributes"]) == (
        known["id"],
        "Green tea",
        500,
        ["size"],
    )
    assert product_of(client, other["id"])["name"] == "Mug"
    again = imported(client, f"source_id,name\n{known['source_id']},Green tea\n")
    assert again["result"]["done_count"] == 1
    assert product_of(client, known["source_id"])["updated_at"] == after["updated_at"]


def test_a_product_may_have_several_rows_of_which_the_later_one_counts(client: httpx.Client) -> None:
    tea = a_source_id()
    action = imported(client, f"source_id,name,price\n{tea},Tea,1\n{tea},,2\n{tea},Green tea,\n")
    assert [row["found"] for row in report_of(action)] == ["false", "true", "true"]
    assert (product_of(client, tea)["name"], product_of(client, tea)["price"]) == ("Green tea", 2)


def test_rows_that_fail_cost_no_other_row(client: httpx.Client) -> None:
    good = a_source_id()
    lines = [
        (f"{good},Tea,5,", None),
        ("short", "has 1"),
        ("long,a,b,c,d", "has 5"),
        ("t1,,5,", "name"),
        (",,5,", "name"),
        ("t2,Tea,5.5,", "price"),
        ("t3,Tea,-5,", "price"),
        ("t4,Tea,99999999999999999,", "price"),
        (f"{'x' * 256},Tea,5,", "source_id"),
        (f"t5,{'x' * 501},5,", "name"),
        ('t6,Tea,5,"a,,b"', "attributes"),
        ('t7,"Tea,5,', "not closed"),
    ]
    total = ok(client.get("/v1/products"))["total"]
    action = imported(client, "source_id,name,price,attributes\n" + "".join(f"{line}\n" for line, _ in lines))
    told = reasons(action)
    assert list(told) == list(range(2, len(lines) + 1))
    for number, (_, word) in enumerate(lines, 1):
        assert word is None or word in told[number], told[number]
    assert ok(client.get("/v1/products"))["total"] == total + 1
    assert product_of(client, good)["name"] == "Tea"


def test_rows_become_skus_of_their_products(client: httpx.Client, make: Make, make_sku: Make) -> None:
    tea, cup = make(attributes=["size"]), make()
    known = make_sku(cup, sku="Old", price=1, attributes={"size": "S"}, metadata={"a": 1})
    new, second = a_source_id(), a_source_id()
    action = imported(
        client,
        "product_id,sku,source_id,price,currency,image_url,attributes,vendor\n"
        f'{tea["id"]},Small,{new},100,EUR,https://x.example/s.png,"{{""size"": ""S""}}",Mall\n'
        f"{tea['source_id']},Large,{second},,,,,\n"
        f'{cup["id"]},New,{known["source_id"]},2,,,"{{""kind"": ""x""}}",\n',
        of="skus",
    )
    assert (action["type"], action["result"]["message"]) == ("SKUS.IMPORT_CSV", "3 sku(s) imported, 0 failed.")
    assert [row["found"] for row in report_of(action)] == ["false", "false", "true"]
    made = ok(client.get(f"/v1/skus/{new}"))
    fields = ("product_id", "sku", "price", "currency", "image_url", "attributes", "metadata")
    assert [made[field] for field in fields] == [
        tea["id"], "Small", 100, "EUR", "https://x.example/s.png", {"size": "S"}, {"vendor": "Mall"},
    ]  # fmt: skip
    assert product_of(client, tea["id"])["skus"]["total"] == 2
    changed = ok(client.get(f"/v1/skus/{known['id']}"))
    assert (changed["sku"], changed["price"], changed["metadata"]) == ("New", 2, {"a": 1})
    assert changed["attributes"] == {"size": "S", "kind": "x"}
    assert product_of(client, cup["id"])["skus"]["total"] == 1


def test_rows_of_skus_that_fail_cost_no_other_row(client: httpx.Client, make: Make, make_sku: Make) -> None:
    tea, others = make(), make_sku(make())
    good = a_source_id()
    lines = [
        (f"{tea['id']},{good},5,", None),
        (f",{good},5,", "product_id"),
        (f"nobody's,{good},5,", "nobody's"),
        (f"prod_nobody,{good},5,", "prod_nobody"),
        (f"{tea['id']},,5,", "source_id"),
        (f"{tea['id']},{others['source_id']},5,", others["source_id"]),
        (f"{tea['id']},{good},5,red", "JSON object"),
        (f"{tea['id']},{good},5,[1]", "JSON object"),
        (f"{tea['id']},{good},5 EUR,", "price"),
        (f"{tea['id']},{good}", "has 2"),
    ]
    action = imported(
        client, "product_id,source_id,price,attributes\n" + "\n".join(line for line, _ in lines), of="skus"
    )
    told = reasons(action)
    assert list(told) == list(range(2, len(lines) + 1))
    for number, (_, word) in enumerate(lines, 1):
        assert word is None or word in told[number], told[number]
    assert product_of(client, tea["id"])["skus"]["total"] == 1


def test_a_product_has_no_more_skus_than_it_may(client: httpx.Client, make: Make) -> None:
    tea = make()
    lines = "".join(f"{tea['id']},{tea['source_id']}-{n}\n" for n in range(501))
    action = imported(client, f"product_id,source_id\n{lines}", of="skus")
    assert (action["result"]["done_count"], list(reasons(action))) == (500, [501])
    assert "500" in reasons(action)[501]
    assert product_of(client, tea["id"])["skus"]["total"] == 500


@pytest.mark.parametrize(
    ("of", "content", "named"),
    [
        ("products", "", "name,source_id,price"),
        ("products", "price\n5\n", "name or source_id"),
        ("products", "source_id,SOURCE_ID\na,b\n", "each column once"),
        ("products", "name;price\na;5\n", "commas"),
        ("skus", "product_id,price\na,5\n", "source_id"),
        ("skus", "", "product_id,source_id"),
    ],
)
def test_a_file_that_no_row_can_be_read_from_is_refused(
    client: httpx.Client, of: str, content: str, named: str
) -> None:
    answer = client.post(f"/v1/{of}/importCSV", files={"file": content.encode()})
    assert named in refused(answer, 400, "invalid_payload")["details"]


def test_products_are_merged_in_bulk_and_missing_ones_created(client: httpx.Client, make: Make) -> None:
    known, new = make(name="Tea", price=5, metadata={"a": 1}), a_source_id()
    total = ok(client.get("/v1/products"))["total"]
    rows = [
        {"source_id": known["source_id"], "price": 6, "metadata": {"b": 2}},
        {"source_id": new, "attributes": ["size"], "image_url": "https://x.example/i.png"},
        {"source_id": new, "name": "Cup"},
    ]
    action = bulk(client, "bulk", rows)
    assert (action["type"], action["result"]["done_count"]) == ("PRODUCTS.BULK_UPDATE", 3)
    assert [row["found"] for row in report_of(action)] == ["true", "false", "true"]
    after = product_of(client, known["source_id"])
    assert (after["name"], after["price"], after["metadata"]) == ("Tea", 6, {"a": 1, "b": 2})
    made = product_of(client, new)
    assert (made["name"], made["attributes"], made["image_url"]) == ("Cup", ["size"], "https://x.example/i.png")
    assert ok(client.get("/v1/products"))["total"] == total + 1


def test_metadata_goes_to_all_products_that_are_named(client: httpx.Client, make: Make) -> None:
    known, full, new = make(metadata={"a": 1}), make(metadata={f"k{n}": n for n in range(1_000)}), a_source_id()
    names = [known["source_id"], full["source_id"], new]
    action = bulk(client, "metadata", {"source_ids": names, "metadata": {"origin": "PL"}})
    assert (action["type"], action["result"]["done_count"]) == ("PRODUCTS.METADATA_UPDATE", 2)
    [error] = action["result"]["errors"]
    assert (error["source_id"], error["row"], error["key"]) == (full["source_id"], 2, "invalid_payload")
    assert product_of(client, known["source_id"])["metadata"] == {"a": 1, "origin": "PL"}
    assert product_of(client, new)["metadata"] == {"origin": "PL"}


@pytest.mark.parametrize(
    ("path", "body", "key"),
    [
        ("bulk", [{"name": "x"}], "invalid_payload"),
        ("bulk", [{"source_id": ""}], "invalid_payload"),
        ("bulk", [{"source_id": "a", "price": -1}], "invalid_payload"),
        ("bulk", [{"source_id": "a", "metadata": {"n": 1e300}}], "invalid_payload"),
        ("bulk", {}, "invalid_payload"),
        ("metadata", {"source_ids": [], "metadata": {}}, "not_enough_source_ids"),
        ("metadata", {"source_ids": ["a"]}, "invalid_payload"),
        ("metadata", {"metadata": {}}, "invalid_payload"),
    ],
)
def test_a_malformed_request_is_a_400(client: httpx.Client, path: str, body: Any, key: str) -> None:
    refused(client.post(f"/v1/products/{path}/async", json=body), 400, key)


@pytest.mark.parametrize("path", ["products/bulk/async", "products/metadata/async"])
def test_more_than_10_mb_are_a_413(client: httpx.Client, path: str) -> None:
    content = b"[" + b" " * 10_485_760
    answer = client.post(f"/v1/{path}", content=content, headers={"Content-Type": "application/json"})
    assert "10485760" in refused(answer, 413, "payload_too_large")["details"]
