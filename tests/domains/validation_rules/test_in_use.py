"""What a rule names is not deleted from under it."""

import httpx

from tests.domains.validation_rules.conftest import PATH, Made, Make, ok, refused

COLLECTIONS = "/v1/product-collections"


def collection(client: httpx.Client) -> Made:
    return ok(client.post(COLLECTIONS, json={"type": "STATIC", "name": "Gifts"}))


def test_a_collection_that_a_rule_names_is_not_deleted(client: httpx.Client, make: Make) -> None:
    of_rule, of_list, free = collection(client), collection(client), collection(client)
    named = make({"name": "order.items.any", "conditions": {"$from": [{"id": of_rule["id"]}]}})
    entry = {"object": "products_collection", "id": of_list["id"]}
    other = make(applicable_to={"included": [entry]})
    for made, by in ((of_rule, named), (of_list, other)):
        body = refused(client.delete(f"{COLLECTIONS}/{made['id']}"), 400, "resource_in_use")
        assert by["id"] in body["details"]
        assert (body["resource_id"], body["resource_type"]) == (made["id"], "products_collection")
    assert client.delete(f"{COLLECTIONS}/{free['id']}").status_code == 204
    assert client.delete(f"{PATH}/{named['id']}").status_code == 204
    assert client.delete(f"{COLLECTIONS}/{of_rule['id']}").status_code == 204
