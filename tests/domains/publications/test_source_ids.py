"""A publication's source_id stands for one publication, however often it is asked for."""

from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.domains.publications.conftest import Make, Publish, a_name, feed, ok, refused


def test_a_repeat_gives_the_first_answer(client: httpx.Client, make: Make, publish: Publish) -> None:
    voucher = make()
    customer, source_id = a_name(), a_name("publication")
    before = ok(client.get("/v1/publications"))["total"]
    first = ok(publish(voucher["code"], customer, source_id=source_id))
    assert first["source_id"] == source_id
    for reference in (voucher["code"], voucher["id"]):
        assert ok(publish(reference, customer, source_id=source_id, metadata={"other": 1})) == first
    assert ok(client.get("/v1/publications"))["total"] == before + 1
    assert ok(client.get(f"/v1/vouchers/{voucher['code']}"))["publish"]["count"] == 1
    assert [entry["type"] for entry in feed(client, customer)].count("customer.publication.succeeded") == 1


def test_a_repeat_changes_nobody(client: httpx.Client, make: Make) -> None:
    customer = {"source_id": a_name(), "name": "Ada"}
    body = {"voucher": make()["code"], "customer": customer, "source_id": a_name("publication")}
    ok(client.post("/v1/publications", json=body))
    told = ok(client.post("/v1/publications", json={**body, "customer": {**customer, "name": "Eve"}}))
    assert told["customer"]["name"] == "Ada"


def test_for_somebody_or_something_else_it_is_refused(client: httpx.Client, make: Make, publish: Publish) -> None:
    code, other = make()["code"], make()["code"]
    customer, source_id = a_name(), a_name("publication")
    ok(publish(code, customer, source_id=source_id))
    stranger = a_name()
    refusal = refused(publish(code, stranger, source_id=source_id), 400, "duplicate_source_id")
    assert refusal["details"] == f"Publication with source_id: '{source_id}' already exists"
    refused(publish(other, customer, source_id=source_id), 400, "duplicate_source_id")
    refused(client.get(f"/v1/customers/{stranger}"), 404, "not_found")
    assert ok(client.get(f"/v1/vouchers/{other}"))["publish"]["count"] == 0


def test_a_failure_uses_up_no_source_id(client: httpx.Client, make: Make, publish: Publish) -> None:
    code = make(active=False)["code"]
    customer, source_id = a_name(), a_name("publication")
    refused(publish(code, customer, source_id=source_id), 400, "no_voucher_suitable_for_publication")
    ok(client.post(f"/v1/vouchers/{code}/enable"))
    given = ok(publish(code, customer, source_id=source_id))
    listed = ok(client.get("/v1/publications", params={"source_id": source_id}))["publications"]
    assert [(each["id"] == given["id"], each["result"]) for each in listed] == [(True, "SUCCESS"), (False, "FAILURE")]


def test_the_code_of_a_deleted_voucher_is_still_told(client: httpx.Client, make: Make, publish: Publish) -> None:
    code = make()["code"]
    customer, source_id = a_name(), a_name("publication")
    first = ok(publish(code, customer, source_id=source_id))
    assert client.delete(f"/v1/vouchers/{code}", params={"force": True}).status_code == 204
    again = ok(publish(code, customer, source_id=source_id))
    assert (again["id"], again["vouchers"], "voucher" in again) == (first["id"], [code], False)
    other = a_name("publication")
    refused(publish(code, customer, source_id=other), 404, "not_found")
    [entry] = ok(client.get("/v1/publications", params={"source_id": source_id}))["publications"]
    assert (entry["id"], entry["voucher"]["code"]) == (first["id"], code)


def test_one_source_id_many_times_at_once_is_one_code(client: httpx.Client, make: Make, publish: Publish) -> None:
    code, customer, source_id = make()["code"], a_name(), a_name("publication")
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: publish(code, customer, source_id=source_id), range(20)))
    assert len({ok(answer)["id"] for answer in answers}) == 1
    assert ok(client.get(f"/v1/vouchers/{code}"))["publish"]["count"] == 1


def test_one_code_for_many_at_once_goes_to_one(client: httpx.Client, make_card: Make, publish: Publish) -> None:
    code = make_card(500)["code"]
    names = [a_name() for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda name: publish(code, name), names))
    [given] = [answer.json() for answer in answers if answer.status_code == 200]
    assert sum(answer.json().get("key") == "voucher_already_published" for answer in answers) == 19
    for name in names:
        known = ok(client.get(f"/v1/customers/{name}"))
        expected = 500 if known["id"] == given["customer_id"] else 0
        assert known["summary"]["redemptions"]["gift"]["amount_to_go"] == expected
