"""Locations can be read, and there are none."""

from tests.domains.products.conftest import ok
from tests.http.test_refusals import refused
from tests.support.filters import filters
from tests.support.servers import Shop


def test_the_list_is_empty_and_each_is_unknown(shared_shop: Shop) -> None:
    client = shared_shop.client
    nothing = {"object": "list", "data_ref": "data", "data": [], "total": 0, "has_more": False}
    assert ok(client.get("/v1/locations?limit=5&order=created_at")) == nothing
    assert refused(client.get("/v1/locations/loc_1"), 404, "not_found")["resource_type"] == "location"
    refused(client.get("/v1/locations?limit=101"), 400, "invalid_query_params")


def test_their_filters_are_read(shared_shop: Shop) -> None:
    client = shared_shop.client
    assert ok(client.get("/v1/locations", params=filters(name={"$starts_with": "Shop"})))["total"] == 0
    refusal = refused(client.get("/v1/locations", params=filters(shape={"$is": "x"})), 400, "invalid_query_params")
    assert refusal["details"] == "filters.shape: expected a field: name, created_at, updated_at"
