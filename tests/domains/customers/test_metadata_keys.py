"""Dropping one key of a customer's metadata."""

import httpx

from patron.kernel.clock import from_iso
from tests.domains.customers.conftest import Make, a_source_id, ok
from tests.http.test_refusals import refused


def test_a_dropped_key_is_gone_and_the_others_stay(client: httpx.Client, make: Make) -> None:
    made = make(metadata={"vip": True, "a/b c%": None, "shoe": 40})
    path = f"/v1/customers/{made['source_id']}/metadata"
    after = ok(client.delete(f"{path}/vip"))
    assert after["metadata"] == {"a/b c%": None, "shoe": 40}
    assert from_iso(after["updated_at"]) >= from_iso(made["created_at"])
    assert ok(client.delete(f"{path}/a%2Fb%20c%25"))["metadata"] == {"shoe": 40}
    assert ok(client.delete(f"{path}/shoe"))["metadata"] == {}
    assert ok(client.get(f"/v1/customers/{made['id']}"))["metadata"] == {}


def test_a_key_that_is_not_there_is_a_404_and_moves_nothing(client: httpx.Client, make: Make) -> None:
    made = make(metadata={"vip": True})
    body = refused(client.delete(f"/v1/customers/{made['id']}/metadata/shoe"), 404, "not_found")
    assert (body["resource_type"], body["resource_id"]) == ("metadata_key", "shoe")
    assert ok(client.get(f"/v1/customers/{made['id']}")) == made
    refused(client.delete(f"/v1/customers/{make()['id']}/metadata/vip"), 404, "not_found")


def test_a_key_of_an_unknown_customer_is_a_404(client: httpx.Client) -> None:
    body = refused(client.delete(f"/v1/customers/{a_source_id()}/metadata/vip"), 404, "not_found")
    assert body["resource_type"] == "customer"
