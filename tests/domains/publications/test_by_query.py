"""Publishing by a GET, whose query says all that the body of a POST would."""

from typing import Any

import httpx

from tests.domains.publications.conftest import Make, a_name, ok, refused

PATH = "/v1/publications/create"


def test_a_query_publishes(client: httpx.Client, make: Make) -> None:
    code, source_id = make()["code"], a_name()
    query = {
        "voucher": code,
        "customer[source_id]": source_id,
        "customer[name]": "Ada & Co",
        "customer[address][city]": "Paris",
        "customer[metadata][lang]": "fr",
        "metadata[why]": "1",
        "source_id": a_name("publication"),
        "join_once": "true",
    }
    told = ok(client.get(PATH, params=query))
    assert (told["customer"]["name"], told["customer"]["address"]["city"]) == ("Ada & Co", "Paris")
    assert (told["customer"]["metadata"], told["metadata"]) == ({"lang": "fr"}, {"why": "1"})
    assert (told["voucher"]["code"], told["source_id"]) == (code, query["source_id"])
    assert ok(client.get(PATH, params=query)) == told


def test_it_takes_an_idempotency_key(client: httpx.Client, make: Make) -> None:
    query = {"voucher": make()["code"], "customer[source_id]": a_name()}
    headers = {"Idempotency-Key": a_name("key")}
    first, again = (client.get(PATH, params=query, headers=headers) for _ in range(2))
    assert (ok(first)["id"], again.headers["Idempotency-Replayed"]) == (ok(again)["id"], "true")


def test_what_a_query_cannot_ask(client: httpx.Client, make: Make) -> None:
    code = make()["code"]
    someone = {"customer[source_id]": a_name()}

    def get(**query: Any) -> httpx.Response:
        return client.get(PATH, params=query)

    assert "customer" in refused(get(voucher=code), 400, "invalid_query_params")["details"]
    refused(get(**someone), 400, "missing_vouchers")
    refused(get(voucher=code, customer="Ada"), 400, "invalid_query_params")
    refused(get(**someone, **{"campaign[name]": "n", "campaign[count]": "2"}, source_id="x"), 400,
            "too_many_vouchers_requested")  # fmt: skip
    refused(get(**someone, **{"campaign[name]": "n", "campaign[count]": "many"}), 400, "invalid_query_params")
    refused(get(**someone, campaign="none"), 404, "not_found")
    refused(get(voucher=code, **{"customer[id]": "cust_nobody"}), 404, "not_found")
    deep = "customer[metadata]" + "[a]" * 20
    refused(get(voucher=code, **{deep: "x"}), 400, "invalid_query_params")
    refused(get(voucher=code, **{"customer[metadata][a]": "x", "customer[metadata][a][b]": "y"}), 400,
            "invalid_query_params")  # fmt: skip
    assert ok(client.get(f"/v1/vouchers/{code}"))["publish"]["count"] == 0
