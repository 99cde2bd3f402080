"""All that is held about one person, in one document. A link to their page is made for each answer, and not held."""

import httpx

from tests.domains.customers.conftest import Make, a_source_id, ok
from tests.http.test_refusals import refused


def test_the_document_has_the_customer_as_the_customer_is_told(client: httpx.Client, make: Make) -> None:
    made = make(name="Ada", metadata={"vip": True})
    for reference in (made["id"], made["source_id"]):
        document = ok(client.get(f"/v1/customers/{reference}/personal-data"))
        assert document["object"] == "personal_data"
        assert document["customer"] == {name: value for name, value in made.items() if name != "assets"}


def test_a_deleted_customer_is_told_by_id_alone(client: httpx.Client, make: Make) -> None:
    made = make(name="Ada")
    client.delete(f"/v1/customers/{made['id']}")
    kept = ok(client.get(f"/v1/customers/{made['id']}/personal-data"))["deleted_customer"]
    assert kept["profile"]["name"] == "Ada"
    assert kept["source_id"].startswith(f"{made['source_id']}_deleted")
    refused(client.get(f"/v1/customers/{made['source_id']}/personal-data"), 404, "not_found")


def test_of_an_unknown_or_erased_customer_nothing_is_held(client: httpx.Client, make: Make) -> None:
    made = make(name="Ada")
    ok(client.post(f"/v1/customers/{made['id']}/permanent-deletion"))
    for reference in (made["id"], made["source_id"], a_source_id()):
        refused(client.get(f"/v1/customers/{reference}/personal-data"), 404, "not_found")
