"""A page validates with a client key, and learns of no order that it does not know (spec C 7.4, I 3.1)."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.domains.validations.conftest import Made, vouchers
from tests.domains.vouchers.conftest import a_code, discount, ok, refused
from tests.support.management import CLIENT_KEYS, PAGES, VARIABLES
from tests.support.servers import Shop, note_answer, serving

HUNDRED = {"amount": 10_000}
_visitors = count()


@pytest.fixture(scope="module")
def shared_shop(shared_database_url: str, contract_log: Path) -> Iterator[Shop]:
    with serving(shared_database_url, contract_log, **VARIABLES) as server:
        yield server


@pytest.fixture
def page(shared_shop: Shop, contract_log: Path) -> Any:
    """Ask as a page does, each time from another address."""

    def ask(method: str, path: str, **request: Any) -> httpx.Response:
        address = {"Origin": PAGES, "X-Forwarded-For": f"10.1.0.{next(_visitors) % 250}"}
        answer = httpx.request(method, shared_shop.url + path, headers={**CLIENT_KEYS, **address}, **request)
        body = answer.content
        note_answer(contract_log, method=method, path=path, status=answer.status_code, body=body)
        return answer

    return ask


@pytest.fixture
def code(client: httpx.Client) -> str:
    return str(ok(client.post("/v1/vouchers", json=discount(code=a_code(), redemption={"quantity": 1})))["code"])


def test_a_page_validates_as_a_server_does(page: Any, client: httpx.Client, code: str) -> None:
    body = {"redeemables": vouchers(code), "order": HUNDRED}
    told, other = ok(page("POST", "/client/v1/validations", json=body)), ok(client.post("/v1/validations", json=body))
    assert {**told, "id": ""} == {**other, "id": ""}


def test_a_page_may_hold_what_it_validated(page: Any, client: httpx.Client, code: str) -> None:
    body = {"redeemables": vouchers(code), "session": {"type": "LOCK"}}
    assert ok(page("POST", "/client/v1/validations", json=body))["session"]["key"].startswith("ssn_")
    assert not ok(page("POST", "/client/v1/validations", json=body))["valid"]


def test_a_page_finds_an_order_by_its_id_alone(page: Any, client: httpx.Client, code: str) -> None:
    placed = ok(client.post("/v1/orders", json={"source_id": a_code(), "amount": 700, "metadata": {"secret": 1}}))

    def order_of(**order: Any) -> Made:
        body = {"redeemables": vouchers(code), "order": order}
        told: Made = ok(page("POST", "/client/v1/validations", json=body))["order"]
        return told

    guessed = order_of(source_id=placed["source_id"], amount=100)
    assert ("id" in guessed, guessed["metadata"], guessed["amount"]) == (False, {}, 100)
    assert order_of(id=placed["id"])["amount"] == 700


def test_a_page_learns_what_a_customer_holds_only_where_it_may(page: Any, client: httpx.Client, code: str) -> None:
    name = a_code()
    ok(client.post("/v1/publications", json={"voucher": code, "customer": {"source_id": name}}))
    body = {"customer": {"source_id": name}, "options": {"filters": {"code": {"conditions": {"$is": [code]}}}}}
    assert ok(client.post("/v1/qualifications", json=body))["redeemables"]["total"] == 1
    assert ok(page("POST", "/client/v1/qualifications", json=body))["redeemables"]["total"] == 0


def test_a_page_learns_of_promotions_as_a_server_does(page: Any, client: httpx.Client) -> None:
    """They are for everybody."""
    tier = {"name": "Ten off", "action": {"discount": {"type": "AMOUNT", "amount_off": 1_000}}}
    body = {"name": a_code(), "campaign_type": "PROMOTION", "promotion": {"tiers": [tier]}}
    campaign = ok(client.post("/v1/campaigns", json=body))
    asked = {"options": {"filters": {"campaign_id": {"conditions": {"$is": [campaign["id"]]}}}}, "order": HUNDRED}
    [told] = ok(page("POST", "/client/v1/qualifications", json=asked))["redeemables"]["data"]
    assert told["id"] == campaign["promotion"]["tiers"][0]["id"]
    assert told == ok(client.post("/v1/qualifications", json=asked))["redeemables"]["data"][0]


def test_a_query_validates_one(page: Any, code: str) -> None:
    query = {
        "code": code,
        "amount": "10000",
        "item[0][source_id]": "mug",
        "item[0][quantity]": "2",
        "metadata[channel]": "web",
        "order[metadata][a]": "b",
        "customer[source_id]": "anna",
    }
    told = ok(page("GET", "/client/v1/validate", params=query))
    assert (told["valid"], told["code"], told["order"]["total_amount"]) == (True, code, 9_000)
    assert (told["order"]["items"][0]["quantity"], told["order"]["metadata"]) == (2, {"a": "b"})


def test_a_query_may_hold_it(page: Any, code: str) -> None:
    query = {"code": code, "session_type": "LOCK", "session_key": code, "session_ttl": "1", "session_ttl_unit": "HOURS"}
    told = ok(page("GET", "/client/v1/validate", params=query))["session"]
    assert told == {"key": code, "type": "LOCK", "ttl": 1, "ttl_unit": "HOURS"}
    assert ok(page("GET", "/client/v1/validate", params={"code": code}))["error"]["key"] == "quantity_exceeded"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "code"),
        ({"session_type": "x"}, "session_type"),
        ({"amount": "-1"}, "amount"),
        ({"item[a][price]": "1"}, "item"),
    ],
)
def test_a_query_that_is_none_is_refused(page: Any, query: dict[str, str], field: str) -> None:
    asked = {"code": "A", **query} if query else {}
    assert field in refused(page("GET", "/client/v1/validate", params=asked), 400, "invalid_query_params")
