"""The list of publications: what it tells, in which order, and what narrows it."""

from typing import Any

import httpx
import pytest

from tests.domains.publications.conftest import Make, Publish, Told, a_name, ok, refused

ORDERS = ("id", "created_at", "voucher_code", "tracking_id", "customer_id", "channel")


def listed(client: httpx.Client, **query: Any) -> list[Told]:
    page = ok(client.get("/v1/publications", params=query))
    entries: list[Told] = page["publications"]
    assert page["total"] >= len(entries)
    return entries


def test_an_entry_tells_of_the_customer_and_the_voucher(
    client: httpx.Client, make: Make, make_card: Make, publish: Publish
) -> None:
    customer = a_name()
    told = ok(publish(make()["code"], customer, metadata={"n": 1}))
    card = ok(publish(make_card(30)["code"], customer))
    second, first = listed(client, customer=customer)
    assert (first["id"], first["metadata"], first["source_id"]) == (told["id"], {"n": 1}, None)
    assert first["customer"]["summary"] == second["customer"]["summary"] == card["customer"]["summary"]
    assert first["voucher"] == {
        "code": told["voucher"]["code"],
        "object": "voucher",
        "campaign": None,
        "discount": told["voucher"]["discount"],
        "is_referral_code": False,
    }
    assert second["voucher"]["gift"] == card["voucher"]["gift"]
    assert first["vouchers_id"] == [told["voucher"]["id"]]


def test_filters_hold_together(client: httpx.Client, make: Make, make_card: Make, publish: Publish) -> None:
    customer, other = a_name(), a_name()
    code, card = make()["code"], make_card()["code"]
    given = ok(publish(code, customer, source_id=a_name("publication")))
    ok(publish(card, other))
    failed = refused(publish(code, other), 400, "voucher_already_published")["resource_id"]
    assert [each["id"] for each in listed(client, voucher=code)] == [failed, given["id"]]
    assert [each["id"] for each in listed(client, voucher=code, result="SUCCESS")] == [given["id"]]
    assert failed in [each["id"] for each in listed(client, result="FAILURE")]
    assert [each["id"] for each in listed(client, source_id=given["source_id"])] == [given["id"]]
    assert [each["id"] for each in listed(client, customer=given["customer_id"])] == [given["id"]]
    for kind in ("gift", "GIFT"):
        assert [each["voucher"]["code"] for each in listed(client, customer=other, voucher_type=kind)] == [card]
    assert [each["id"] for each in listed(client, customer=other, voucher_type="discount")] == [failed]
    assert [each["id"] for each in listed(client, customer=other, is_referral_code=False)] == [failed]
    assert listed(client, is_referral_code=True) == []
    assert listed(client, campaign="none") == []
    refused(client.get("/v1/publications", params={"customer": "nobody"}), 404, "not_found")


@pytest.mark.parametrize("order", ORDERS)
def test_a_cursor_goes_through_any_order(client: httpx.Client, make: Make, publish: Publish, order: str) -> None:
    for n in range(5):
        ok(publish(make()["code"], a_name(), channel=f"channel {n % 2}"))
    by = {"id": "id", "created_at": "id", "voucher_code": "code"}.get(order, order)
    for sign in ("", "-"):
        seen: list[Told] = []
        query: dict[str, Any] = {"limit": 3, "order": sign + order}
        while True:
            page = ok(client.get("/v1/publications", params=query))
            seen += page["publications"]
            if not page["has_more"]:
                break
            query["cursor"] = page["next_cursor"]
        keys = [_key(entry, by) for entry in seen]
        assert len(seen) == page["total"]
        assert keys == sorted(keys, reverse=bool(sign))


def _key(entry: Told, by: str) -> tuple[str, str]:
    code = entry["voucher"]["code"] if "voucher" in entry else "".join(entry["vouchers"][:1])
    return (code if by == "code" else entry.get(by, "")), entry["id"]


def test_there_are_a_thousand_pages(client: httpx.Client) -> None:
    assert listed(client, page=1_000, limit=100) == []
    refused(client.get("/v1/publications", params={"page": 1_001}), 400, "page_over_limit")


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 101}, {"order": "name"}, {"result": "DONE"}, {"voucher_type": "x"}]
)
def test_what_cannot_be_asked(client: httpx.Client, query: dict[str, Any]) -> None:
    refused(client.get("/v1/publications", params=query), 400, "invalid_query_params")


def test_publications_move_with_the_customer(client: httpx.Client, make: Make, publish: Publish) -> None:
    winner, loser = a_name(), a_name()
    source_id, code = a_name("publication"), make()["code"]
    mine = ok(publish(make()["code"], winner))
    theirs = ok(publish(code, loser, source_id=source_id))
    ok(client.post(f"/v1/customers/{winner}/merge", json={"source": loser}))
    entries = listed(client, customer=winner)
    assert [entry["id"] for entry in entries] == [theirs["id"], mine["id"]]
    assert {entry["customer_id"] for entry in entries} == {mine["customer_id"]}
    again = ok(publish(code, winner, source_id=source_id))
    assert (again["id"], again["customer"]["id"]) == (theirs["id"], mine["customer_id"])


def test_a_deleted_customer_is_named_by_the_id(client: httpx.Client, make: Make, publish: Publish) -> None:
    code = make()["code"]
    told = ok(publish(code, a_name()))
    assert client.delete(f"/v1/customers/{told['customer_id']}").status_code == 204
    [entry] = listed(client, voucher=code)
    assert entry["customer"]["id"] == told["customer_id"]
    assert entry["customer"]["summary"] is None


def test_an_erased_customer_leaves_the_code_given_away(client: httpx.Client, make: Make, publish: Publish) -> None:
    code = make()["code"]
    told = ok(publish(code, a_name()))
    before = ok(client.get("/v1/publications"))["total"]
    data = ok(client.get(f"/v1/customers/{told['customer_id']}/personal-data"))
    assert [each["id"] for each in data["publications"]] == [told["id"]]
    ok(client.post(f"/v1/customers/{told['customer_id']}/permanent-deletion"))
    assert listed(client, voucher=code) == []
    assert ok(client.get("/v1/publications"))["total"] == before - 1
    voucher = ok(client.get(f"/v1/vouchers/{code}"))
    assert (voucher["publish"]["count"], "holder_id" in voucher) == (1, False)
    refused(publish(code, a_name()), 400, "voucher_already_published")
