"""After an erasure nothing of the person remains: in no byte of SQLite's files, no row of PostgreSQL, and no log."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import asyncpg
import httpx
import pytest

from patron.app import ROUTES
from tests.domains.customers.test_registering import switch
from tests.support.management import CLIENT_KEYS, MANAGEMENT_KEYS, PAGES, VARIABLES
from tests.support.servers import Shop, serving

OTHERS = 40
LENGTHS = (1, 50, 5_000, 700)

OF_THE_SHOP = (
    "/management/",
    "/v1/metadata-schemas",
    "/v1/consents",
    "/v1/consent-groups",
    "/v1/product",
    "/v1/skus",
    "/v1/categories",
    "/v1/vouchers",
    "/v1/campaigns",
    "/v1/promotions/",
    "/v1/trash-bin",
    "/v1/segments/{segmentId}",
    "/v1/validation-rules",
)
"""Where operations write, but nothing about a customer."""

EVENT = "bought"


class Person:
    """Somebody whose every value is a marker of its own; the markers are kept."""

    def __init__(self) -> None:
        self.markers: list[str] = []
        self._numbers = count()

    def a(self, what: str, length: int = 0) -> str:
        """A value that stands nowhere else."""
        marker = f"mark{id(self):x}-{what}-{next(self._numbers)}"
        self.markers.append(marker)
        return marker + "x" * length


def create(client: httpx.Client, person: Person) -> str:
    """A customer with everything that a profile takes, created under an Idempotency-Key that names them too."""
    body = {
        "source_id": person.a("source"),
        "name": person.a("name"),
        "description": person.a("description", 3_000),
        "email": person.a("email") + "@example.com",
        "phone": person.a("phone"),
        "address": {"city": person.a("city"), "line_1": person.a("line", 400)},
        "metadata": {person.a("key"): person.a("value", 9_000), "inner": {person.a("inner_key"): [person.a("entry")]}},
    }
    answer = client.post("/v1/customers", json=body, headers={"Idempotency-Key": person.a("idempotency")})
    return str(answer.json()["id"])


def update(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    body = {"name": person.a("name"), "metadata": {"note": person.a("note", 900)}}
    return client.put(f"/v1/customers/{customer}", json=body, headers={"Idempotency-Key": person.a("idempotency")})


def drop_a_key(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    key = person.a("dropped")
    client.put(f"/v1/customers/{customer}", json={"metadata": {key: person.a("value")}})
    return client.delete(
        f"/v1/customers/{customer}/metadata/{key}", headers={"Idempotency-Key": person.a("idempotency")}
    )


def read(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    client.get("/v1/customers", params={"email": person.markers[3] + "@example.com"})
    client.get(f"/v1/customers/{person.markers[0]}")
    return client.get(f"/v1/customers/{customer}/personal-data")


def register(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    return _from_a_page(client, person, "POST", "/client/v1/customers", {"source_id": person.markers[0]})


def choose(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    headers = {"Idempotency-Key": person.a("idempotency")}
    return client.put(f"/v1/customers/{customer}/consents", json={"unsubscribed": True}, headers=headers)


def choose_from_a_page(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    path = f"/client/v1/customers/{person.markers[0]}/consents"
    return _from_a_page(client, person, "PUT", path, {"unsubscribed": False})


def track(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    body = {"event": EVENT, "customer": {"id": customer}, "metadata": {"thing": person.a("thing", 2_000)}}
    return client.post("/v1/events", json=body, headers={"Idempotency-Key": person.a("idempotency")})


def track_from_a_page(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    body = {"event": EVENT, "customer": {"source_id": person.markers[0]}, "metadata": {"thing": person.a("thing")}}
    return _from_a_page(client, person, "POST", "/client/v1/events", body)


def try_a_filter(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    body = {"filter": {"source_id": {"conditions": {"$in": [person.markers[0], person.a("filter")]}}}}
    return client.post("/v1/segments/preview", json=body, headers={"Idempotency-Key": person.a("idempotency")})


def list_in_a_segment(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    body = {"name": "Somebody", "type": "static", "customers": [customer]}
    return client.post("/v1/segments", json=body, headers={"Idempotency-Key": person.a("idempotency")})


def try_a_rule(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    asked = {"name": "customer.metadata", "property": "note", "conditions": {"$is": [person.a("asked")]}}
    body = {"rules": {"1": asked}, "customer": {"id": customer}}
    return client.post("/v1/validation-rules/test", json=body, headers={"Idempotency-Key": person.a("idempotency")})


def revoke_links(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    headers = {"Idempotency-Key": person.a("idempotency")}
    return client.delete(f"/v1/customers/{customer}/cockpit-links", headers=headers)


def import_a_file(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    file = f"Source_id,Name,Note\n{person.markers[0]},{person.a('name')},{person.a('note')}\n"
    return _ended(client, client.post("/v1/customers/importCSV", files={"file": ("customers.csv", file.encode())}))


def change_many(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    body = [{"source_id": person.markers[0], "phone": person.a("phone")}]
    return _ended(client, client.post("/v1/customers/bulk/async", json=body))


def change_metadata_of_many(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    body = {"source_ids": [person.markers[0]], "metadata": {"note": person.a("note")}}
    return _ended(client, client.post("/v1/customers/metadata/async", json=body))


def order(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    body = {
        "source_id": person.a("order"),
        "status": "PAID",
        "amount": 100,
        "metadata": {person.a("key"): person.a("note", 900)},
        "items": [{"amount": 1, "metadata": {"engraving": person.a("engraving", 300)}}],
        "customer": {"id": customer, "name": person.a("name")},
    }
    return client.post("/v1/orders", json=body, headers={"Idempotency-Key": person.a("idempotency")})


def change_an_order(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    made = client.post("/v1/orders", json={"customer": {"id": customer}, "metadata": {"note": person.a("note")}}).json()
    other = {"source_id": "other-1"}
    referred = {"customer": other, "referrer": {"id": customer, "phone": person.a("phone")}}
    client.post("/v1/orders", json=referred)
    body = {"status": "PAID", "metadata": {"note": person.a("note")}}
    headers = {"Idempotency-Key": person.a("idempotency")}
    return client.put(f"/v1/orders/{made['id']}", json=body, headers=headers)


def import_orders(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    person_in = {"source_id": person.markers[0], "description": person.a("description")}
    rows = [{"source_id": person.a("imported"), "customer": person_in, "metadata": {"note": person.a("note")}}]
    return _ended(client, client.post("/v1/orders/import", json=rows))


def publish(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    """A code that somebody gets, and one that they are refused."""
    body = {
        "voucher": a_voucher(client),
        "customer": {"id": customer, "name": person.a("name")},
        "source_id": person.a("publication"),
        "metadata": {person.a("key"): person.a("note", 900)},
        "channel": person.a("channel"),
    }
    answer = client.post("/v1/publications", json=body, headers={"Idempotency-Key": person.a("idempotency")})
    refused = {**body, "source_id": person.a("publication"), "metadata": {"note": person.a("note")}}
    headers = {"Idempotency-Key": person.a("idempotency")}
    assert client.post("/v1/publications", json=refused, headers=headers).status_code == 400
    return answer


def publish_by_query(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    query = {
        "voucher": a_voucher(client),
        "customer[id]": customer,
        "customer[phone]": person.a("phone"),
        "metadata[note]": person.a("note"),
    }
    headers = {"Idempotency-Key": person.a("idempotency")}
    return client.get("/v1/publications/create", params=query, headers=headers)


def publish_from_a_page(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    body = {"voucher": a_voucher(client), "customer": {"source_id": person.markers[0]}, "channel": person.a("channel")}
    return _from_a_page(client, person, "POST", "/client/v1/publish", body)


def validate(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    """With a session that holds it, which their feed tells; without one, nothing is written."""
    body = {
        "redeemables": [{"object": "voucher", "id": a_voucher(client)}],
        "order": {"amount": 100, "metadata": {"note": person.a("note")}},
        "customer": {"id": customer, "name": person.a("name"), "metadata": {person.a("key"): person.a("value", 900)}},
        "metadata": {"note": person.a("note", 300)},
    }
    client.post("/v1/validations", json=body, headers={"Idempotency-Key": person.a("idempotency")})
    headers = {"Idempotency-Key": person.a("idempotency")}
    return client.post("/v1/validations", json={**body, "session": {"type": "LOCK"}}, headers=headers)


def validate_from_a_page(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    body = {
        "redeemables": [{"object": "voucher", "id": a_voucher(client)}],
        "customer": {"source_id": person.markers[0], "phone": person.a("phone")},
        "session": {"type": "LOCK"},
    }
    return _from_a_page(client, person, "POST", "/client/v1/validations", body)


def validate_by_query(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    query = {"code": a_voucher(client), "customer[source_id]": person.markers[0], "metadata[note]": person.a("note")}
    return _from_a_page(client, person, "GET", f"/client/v1/validate?{urlencode(query)}&session_type=LOCK", None)


def qualify(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    body = {"customer": {"id": customer, "name": person.a("name")}, "metadata": {"note": person.a("note")}}
    return client.post("/v1/qualifications", json=body, headers={"Idempotency-Key": person.a("idempotency")})


def qualify_from_a_page(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    body = {"customer": {"source_id": person.markers[0], "phone": person.a("phone")}}
    return _from_a_page(client, person, "POST", "/client/v1/qualifications", body)


def a_voucher(client: httpx.Client) -> str:
    body = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 5}}
    return str(client.post("/v1/vouchers", json=body).json()["code"])


def a_redemption(client: httpx.Client, person: Person, who: dict[str, Any]) -> dict[str, Any]:
    """The body of a redemption in which everything is about them, but for the code."""
    order = {
        "source_id": person.a("order"),
        "amount": 100,
        "items": [{"amount": 100, "metadata": {"engraving": person.a("engraving")}}],
        "metadata": {person.a("key"): person.a("note", 900)},
    }
    common = {"customer": {**who, "name": person.a("name")}, "order": order, "metadata": {"till": person.a("till")}}
    return {**common, "session": {"key": person.a("session")}, "tracking_id": person.a("tracking")}


def redeem(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    """Something that they redeem, and something that they are refused."""
    body = a_redemption(client, person, {"id": customer})
    redeemables = [{"object": "voucher", "id": a_voucher(client)}]
    refused = {**a_redemption(client, person, {"id": customer}), "redeemables": [{"object": "voucher", "id": "NONE"}]}
    headers = {"Idempotency-Key": person.a("idempotency")}
    assert client.post("/v1/redemptions", json=refused, headers=headers).status_code == 404
    headers = {"Idempotency-Key": person.a("idempotency")}
    return client.post("/v1/redemptions", json={**body, "redeemables": redeemables}, headers=headers)


def redeem_one(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    body, headers = a_redemption(client, person, {"id": customer}), {"Idempotency-Key": person.a("idempotency")}
    return client.post(f"/v1/vouchers/{a_voucher(client)}/redemption", json=body, headers=headers)


def redeem_tier(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    body, headers = a_redemption(client, person, {"id": customer}), {"Idempotency-Key": person.a("idempotency")}
    tier = {"name": "Ten off", "action": {"discount": {"type": "PERCENT", "percent_off": 10}}}
    promotion = {"name": a_voucher(client), "campaign_type": "PROMOTION", "promotion": {"tiers": [tier]}}
    [made] = client.post("/v1/campaigns", json=promotion).json()["promotion"]["tiers"]
    return client.post(f"/v1/promotions/tiers/{made['id']}/redemption", json=body, headers=headers)


def redeem_from_a_page(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    body = a_redemption(client, person, {"source_id": person.markers[0]})
    body["redeemables"] = [{"object": "voucher", "id": a_voucher(client)}]
    return _from_a_page(client, person, "POST", "/client/v1/redemptions", body)


def redeem_one_from_a_page(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    body = a_redemption(client, person, {"source_id": person.markers[0]})
    return _from_a_page(client, person, "POST", f"/client/v1/redeem?code={a_voucher(client)}", body)


def roll_back(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    """Once, and once more, which is refused."""
    redemption = redeem_one(client, person, customer).json()
    answers = []
    for _ in range(2):
        body = {"reason": person.a("reason"), "metadata": {"note": person.a("note")}, "customer": {"id": customer}}
        headers = {"Idempotency-Key": person.a("idempotency")}
        answers.append(client.post(f"/v1/redemptions/{redemption['id']}/rollback", json=body, headers=headers))
    assert answers[1].status_code == 400
    return answers[0]


def roll_all_back(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    body = a_redemption(client, person, {"id": customer})
    body["redeemables"] = [{"object": "voucher", "id": a_voucher(client)} for _ in range(2)]
    parent = client.post("/v1/redemptions", json=body).json()["parent_redemption"]
    undo, headers = {"reason": person.a("reason")}, {"Idempotency-Key": person.a("idempotency")}
    return client.post(f"/v1/redemptions/{parent['id']}/rollbacks", json=undo, headers=headers)


def merge_another(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    """Somebody with a history of their own, who is the same person."""
    other = create(client, person)
    update(client, person, other)
    track(client, person, other)
    publish(client, person, other)
    redeem(client, person, other)
    headers = {"Idempotency-Key": person.a("idempotency")}
    return client.post(f"/v1/customers/{customer}/merge", json={"source": other}, headers=headers)


def call_otherwise(client: httpx.Client, person: Person, customer: str) -> httpx.Response:
    """And back again, since the others know the first name."""
    for source_id in (person.a("renamed"), person.markers[0]):
        headers = {"Idempotency-Key": person.a("idempotency")}
        path, body = f"/v1/customers/{customer}/source-id", {"source_id": source_id}
        answer = client.put(path, json=body, headers=headers)
    return answer


def _from_a_page(client: httpx.Client, person: Person, method: str, path: str, body: Any) -> httpx.Response:
    address = {"Origin": PAGES, "X-Forwarded-For": f"10.0.0.{len(person.markers) % 250}"}
    headers = {**CLIENT_KEYS, **address, "Idempotency-Key": person.a("idempotency")}
    return httpx.request(method, client.base_url.join(path), json=body, headers=headers)


def _ended(client: httpx.Client, answer: httpx.Response) -> httpx.Response:
    """The answer that began bulk work, once the work is done."""
    deadline = time.monotonic() + 120
    action: dict[str, Any] = {}
    while action.get("status") not in ("DONE", "FAILED"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
        action = client.get(f"/v1/async-actions/{answer.json()['async_action_id']}").json()
    assert (action["status"], action["result"]["done_count"]) == ("DONE", 1)
    return answer


PLANTED: dict[str, Callable[[httpx.Client, Person, str], httpx.Response]] = {
    "PUT /v1/customers/{customerId}": update,
    "DELETE /v1/customers/{customerId}/metadata/{key}": drop_a_key,
    "POST /client/v1/customers": register,
    "PUT /v1/customers/{customerId}/consents": choose,
    "PUT /client/v1/customers/{customerId}/consents": choose_from_a_page,
    "POST /v1/events": track,
    "POST /client/v1/events": track_from_a_page,
    "DELETE /v1/customers/{customerId}/cockpit-links": revoke_links,
    "POST /v1/customers/importCSV": import_a_file,
    "POST /v1/customers/bulk/async": change_many,
    "POST /v1/customers/metadata/async": change_metadata_of_many,
    "POST /v1/segments/preview": try_a_filter,
    "POST /v1/segments": list_in_a_segment,
    "POST /v1/validation-rules/test": try_a_rule,
    "POST /v1/orders": order,
    "PUT /v1/orders/{orderId}": change_an_order,
    "POST /v1/orders/import": import_orders,
    "POST /v1/publications": publish,
    "GET /v1/publications/create": publish_by_query,
    "POST /client/v1/publish": publish_from_a_page,
    "POST /v1/validations": validate,
    "POST /client/v1/validations": validate_from_a_page,
    "GET /client/v1/validate": validate_by_query,
    "POST /v1/qualifications": qualify,
    "POST /client/v1/qualifications": qualify_from_a_page,
    "POST /v1/redemptions": redeem,
    "POST /v1/vouchers/{code}/redemption": redeem_one,
    "POST /v1/promotions/tiers/{promotionTierId}/redemption": redeem_tier,
    "POST /client/v1/redemptions": redeem_from_a_page,
    "POST /client/v1/redeem": redeem_one_from_a_page,
    "POST /v1/redemptions/{redemptionId}/rollback": roll_back,
    "POST /v1/redemptions/{redemptionId}/rollbacks": roll_all_back,
    "POST /v1/customers/{customerId}/merge": merge_another,
    "PUT /v1/customers/{customerId}/source-id": call_otherwise,
    "GET /v1/customers/{customerId}/personal-data": read,
}
"""By its operation, what leaves something about a customer."""

BEGIN_AND_END = {
    "POST /v1/customers",
    "DELETE /v1/customers/{customerId}",
    "POST /v1/customers/{customerId}/permanent-deletion",
}


def test_every_operation_that_writes_is_tried() -> None:
    writes = {
        f"{route.method} {route.path}" for route in ROUTES if route.writes and not route.path.startswith(OF_THE_SHOP)
    }
    assert writes - BEGIN_AND_END <= set(PLANTED)


@pytest.fixture
def shop(database_url: str, contract_log: Path) -> Iterator[Shop]:
    """With keys of each kind, and a kind of event."""
    with serving(database_url, contract_log, **VARIABLES) as server:
        [project] = httpx.get(f"{server.url}/management/v1/projects", headers=MANAGEMENT_KEYS).json()["data"]
        definition = {
            "name": EVENT,
            "schema": {"properties": {"thing": {"type": "string", "optional": True, "deleted": False}}},
        }
        path = f"/management/v1/projects/{project['id']}/custom-event-schemas"
        httpx.post(f"{server.url}{path}", json=definition, headers=MANAGEMENT_KEYS).raise_for_status()
        switches = ("create_customers", "track_events", "change_consents", "publish", "redeem")
        asyncio.run(switch(database_url, **dict.fromkeys(switches, True)))
        yield server


def test_nothing_remains_of_an_erased_customer(shop: Shop, database_url: str) -> None:
    client = shop.client
    living, deleted = Person(), Person()
    customers = {living: create(client, living), deleted: create(client, deleted)}
    _crowd(client)
    for plant in PLANTED.values():
        for person, customer in customers.items():
            answer = plant(client, person, customer)
            assert answer.status_code in (200, 202, 204), answer.text
        _crowd(client)
    headers = {"Idempotency-Key": deleted.a("idempotency")}
    assert client.delete(f"/v1/customers/{customers[deleted]}", headers=headers).status_code == 204
    stored = _everything(database_url)
    for person in customers:
        assert any(marker.encode() in stored for marker in person.markers), "the look finds what is there"
    total = client.get("/v1/customers").json()["total"]

    erased = client.post(f"/v1/customers/{living.markers[0]}/permanent-deletion").json()
    assert erased["related_object_id"] == customers[living]
    assert client.post(f"/v1/customers/{customers[deleted]}/permanent-deletion").status_code == 200

    stored = _everything(database_url) + json.dumps(shop.log).encode()
    for person in customers:
        assert [marker for marker in person.markers if marker.encode() in stored] == []
    assert client.get("/v1/customers").json()["total"] == total - 1


def _crowd(client: httpx.Client) -> None:
    """Others come and change, so that rows move from page to page of the file."""
    for n in range(OTHERS):
        metadata = {"note": "y" * LENGTHS[n % len(LENGTHS)]}
        client.post("/v1/customers", json={"source_id": sha256(b"%d" % n).hexdigest(), "metadata": metadata})
        client.post("/v1/customers", json={"source_id": f"other-{n % 20}", "metadata": metadata})


def _everything(database_url: str) -> bytes:
    if database_url.startswith("sqlite"):
        folder = Path(database_url.removeprefix("sqlite:///")).parent
        return b"\n".join(path.read_bytes() for path in folder.iterdir())
    return asyncio.run(_all_rows(database_url))


async def _all_rows(url: str) -> bytes:
    session = await asyncpg.connect(url)
    try:
        names = await session.fetch("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
        rows: list[Any] = []
        for (name,) in names:
            rows += await session.fetch(f"SELECT t::text FROM {name} t")
        return "\n".join(row[0] for row in rows).encode()
    finally:
        await session.close()
