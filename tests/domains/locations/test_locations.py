"""Locations can be read, and there are none."""

from tests.domains.products.conftest import ok
from tests.http.test_refusals import refused
from tests.support.servers import Shop


def test_the_list_is_empty_and_each_is_unknown(shared_shop: Shop) -> None:
    client = shared_shop.client
    nothing = {"object": "list", "data_ref": "data", "data": [], "total": 0, "has_more": False}
    assert ok(client.get("/v1/locations?limit=5&order=created_at")) == nothing
    assert refused(client.get("/v1/locations/loc_1"), 404, "not_found")["resource_type"] == "location"
    refused(client.get("/v1/locations?limit=101"), 400, "invalid_query_params")
