"""Giving a customer the code that is asked for."""

import httpx
import pytest

from tests.domains.publications.conftest import Make, Publish, a_name, feed, ok, refused


def test_a_code_is_given_to_a_customer_who_is_created_with_it(client: httpx.Client, make: Make) -> None:
    voucher = make()
    source_id = a_name()
    customer = {"source_id": source_id, "name": "Ada", "metadata": {"vip": True}}
    body = {"voucher": voucher["code"], "customer": customer, "metadata": {"why": "birthday"}, "channel": "mail"}
    told = ok(client.post("/v1/publications", json=body))
    known = ok(client.get(f"/v1/customers/{source_id}"))
    assert told["id"].startswith("pub_")
    assert (told["object"], told["result"], told["channel"], told["source_id"]) == (
        "publication",
        "SUCCESS",
        "mail",
        None,
    )
    assert (told["customer_id"], told["tracking_id"], told["metadata"]) == (known["id"], source_id, {"why": "birthday"})
    assert told["customer"] == {field: value for field, value in known.items() if field != "assets"}
    assert told["vouchers_id"] == [voucher["id"]]
    assert told["voucher"]["publish"]["count"] == 1
    assert told["voucher"]["holder_id"] == known["id"]
    assert told["voucher"] == ok(client.get(f"/v1/vouchers/{voucher['code']}"))


def test_a_customer_who_is_there_is_changed_and_given_the_code(client: httpx.Client, make: Make) -> None:
    known = ok(client.post("/v1/customers", json={"source_id": a_name(), "name": "Ada", "metadata": {"a": 1}}))
    body = {"voucher": make()["id"], "customer": {"id": known["id"], "metadata": {"b": 2}}}
    told = ok(client.post("/v1/publications", json=body))
    assert (told["customer"]["id"], told["customer"]["name"]) == (known["id"], "Ada")
    assert told["customer"]["metadata"] == {"a": 1, "b": 2}
    assert told["channel"] == "API"


def test_what_is_on_a_gift_card_is_to_go_for_its_holder(
    client: httpx.Client, make_card: Make, publish: Publish
) -> None:
    source_id = a_name()
    for amount, to_go in ((700, 700), (50, 750)):
        told = ok(publish(make_card(amount)["code"], source_id))
        assert told["customer"]["summary"]["redemptions"]["gift"]["amount_to_go"] == to_go
    held = ok(client.get(f"/v1/customers/{source_id}/redeemables"))
    assert held["total"] == 2


def test_a_code_goes_to_one_customer(client: httpx.Client, make: Make, publish: Publish) -> None:
    code = make()["code"]
    first = ok(publish(code, a_name()))
    other = a_name()
    refusal = refused(publish(code, other), 400, "voucher_already_published")
    assert refusal["details"] == f"Voucher '{code}' has already been published"
    assert refusal["resource_type"] == "publication"
    voucher = ok(client.get(f"/v1/vouchers/{code}"))
    assert (voucher["publish"]["count"], voucher["holder_id"]) == (1, first["customer_id"])
    assert [entry["type"] for entry in feed(client, other)] == ["customer.publication.failed", "customer.created"]
    refused(publish(code, first["tracking_id"]), 400, "voucher_already_published")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [({"active": False}, "is disabled"), ({"expiration_date": "2001-01-01"}, "has expired")],
)
def test_a_voucher_that_cannot_be_used_is_not_given_away(
    make: Make, publish: Publish, fields: dict[str, object], reason: str
) -> None:
    code = make(**fields)["code"]
    refusal = refused(publish(code, a_name()), 400, "no_voucher_suitable_for_publication")
    assert refusal["details"] == f"Voucher '{code}' {reason}"


def test_a_publication_that_failed_is_listed(client: httpx.Client, make: Make, publish: Publish) -> None:
    voucher = make(active=False)
    source_id = a_name()
    refusal = refused(publish(voucher["code"], source_id), 400, "no_voucher_suitable_for_publication")
    [entry] = ok(client.get("/v1/publications", params={"customer": source_id}))["publications"]
    assert entry["id"] == refusal["resource_id"]
    assert (entry["result"], entry["failure_code"], entry["failure_message"]) == (
        "FAILURE",
        refusal["key"],
        refusal["details"],
    )
    assert (entry["vouchers"], entry["vouchers_id"]) == ([voucher["code"]], [voucher["id"]])
    assert "voucher" not in entry


def test_what_leaves_no_trace(client: httpx.Client, make: Make, publish: Publish) -> None:
    source_id = a_name()
    code = make()["code"]
    before = ok(client.get("/v1/publications"))["total"]
    refused(publish("no such code", source_id), 404, "not_found")
    refused(publish(None, source_id), 400, "missing_vouchers")
    refused(publish(None, source_id, campaign={"name": "none"}), 404, "not_found")
    refused(publish(None, source_id, campaign="none"), 404, "not_found")
    refused(publish(code, source_id, campaign={"name": "n", "count": 2}), 400, "too_many_vouchers_requested")
    refused(publish(None, source_id, campaign={"name": "n", "count": 51}), 400, "invalid_payload")
    refused(publish(code, source_id, metadata={"x": [float(2**60)]}), 400, "invalid_payload")
    answer = client.post("/v1/publications", json={"voucher": code, "customer": {"id": "cust_nobody"}})
    refused(answer, 404, "not_found")
    refused(client.post("/v1/publications", json={"voucher": code}), 400, "invalid_payload")
    refused(client.get(f"/v1/customers/{source_id}"), 404, "not_found")
    assert ok(client.get("/v1/publications"))["total"] == before
    assert ok(client.get(f"/v1/vouchers/{code}"))["publish"]["count"] == 0


def test_the_feed_tells_of_it(client: httpx.Client, make: Make, publish: Publish) -> None:
    voucher = make()
    told = ok(publish(voucher["code"], a_name(), metadata={"why": "x"}))
    entry = feed(client, told["customer_id"])[0]
    assert entry["type"] == "customer.publication.succeeded"
    assert entry["data"]["customer"]["id"] == told["customer_id"]
    publication = entry["data"]["publication"]
    assert (publication["id"], publication["metadata"], publication["result"]) == (told["id"], {"why": "x"}, "SUCCESS")
    assert publication["voucher"]["code"] == voucher["code"]
    assert entry["data"]["voucher"]["publish"]["count"] == 1


def test_an_answer_is_repeated_by_its_idempotency_key(client: httpx.Client, make: Make) -> None:
    body = {"voucher": make()["code"], "customer": {"source_id": a_name()}}
    headers = {"Idempotency-Key": a_name("key")}
    first = client.post("/v1/publications", json=body, headers=headers)
    again = client.post("/v1/publications", json=body, headers=headers)
    assert (again.status_code, again.content) == (200, first.content)
    headers = {"Idempotency-Key": a_name("key")}
    refusals = [client.post("/v1/publications", json=body, headers=headers) for _ in range(2)]
    assert refused(refusals[0], 400, "voucher_already_published") == refusals[1].json()
