"""Finding customers by id and source_id, and deleting them (spec C 2.5)."""

import httpx

from patron.testing import running
from tests.domains.customers.conftest import Make, a_source_id, ok
from tests.http.test_refusals import refused


def test_a_customer_is_found_by_id_and_by_source_id(client: httpx.Client, make: Make) -> None:
    made = make(name="Ada")
    assert ok(client.get(f"/v1/customers/{made['id']}")) == ok(client.get(f"/v1/customers/{made['source_id']}")) == made


def test_an_unknown_one_is_a_404_in_the_references_words(client: httpx.Client) -> None:
    body = refused(client.get("/v1/customers/nobody"), 404, "not_found")
    assert body["details"] == "Cannot find customer with id nobody"
    assert (body["resource_id"], body["resource_type"]) == ("nobody", "customer")


def test_where_an_id_is_anothers_source_id_the_id_wins(client: httpx.Client, make: Make) -> None:
    first = make(name="first")
    second = ok(client.post("/v1/customers", json={"source_id": first["id"], "name": "second"}))
    assert second["id"] != first["id"]
    assert ok(client.get(f"/v1/customers/{first['id']}"))["name"] == "first"


def test_head_answers_as_get_without_a_body(client: httpx.Client, make: Make) -> None:
    answer = client.head(f"/v1/customers/{make()['id']}")
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_deletion_is_a_204_and_then_the_customer_is_unknown(client: httpx.Client, make: Make) -> None:
    made = make(name="Ada")
    answer = client.delete(f"/v1/customers/{made['source_id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    for path in (made["id"], made["source_id"]):
        refused(client.get(f"/v1/customers/{path}"), 404, "not_found")
        refused(client.put(f"/v1/customers/{path}", json={"name": "x"}), 404, "not_found")
        refused(client.delete(f"/v1/customers/{path}"), 404, "not_found")
    refused(client.post("/v1/customers", json={"id": made["id"]}), 404, "not_found")


def test_a_deletion_frees_the_source_id_again_and_again(client: httpx.Client) -> None:
    source_id = a_source_id()
    ids = set()
    for n in range(3):
        made = ok(client.post("/v1/customers", json={"source_id": source_id, "metadata": {f"round {n}": n}}))
        assert made["metadata"] == {f"round {n}": n}
        ids.add(made["id"])
        assert client.delete(f"/v1/customers/{source_id}").status_code == 204
    assert len(ids) == 3


def test_a_deleted_customer_is_out_of_the_list_and_its_total(client: httpx.Client, make: Make) -> None:
    made = make(email="to-be-deleted@example.com")
    before = ok(client.get("/v1/customers"))["total"]
    client.delete(f"/v1/customers/{made['id']}")
    assert ok(client.get("/v1/customers"))["total"] == before - 1
    assert ok(client.get("/v1/customers", params={"email": "to-be-deleted@example.com"}))["customers"] == []


def test_another_project_neither_sees_nor_reaches_a_customer() -> None:
    with running() as server, server.project() as ours, server.project() as theirs:
        made = ours.post("/v1/customers", json={"source_id": "ada", "name": "Ada"}).json()
        for name in (made["id"], "ada"):
            refused(theirs.get(f"/v1/customers/{name}"), 404, "not_found")
            refused(theirs.put(f"/v1/customers/{name}", json={"name": "x"}), 404, "not_found")
            refused(theirs.delete(f"/v1/customers/{name}"), 404, "not_found")
        refused(theirs.post("/v1/customers", json={"id": made["id"], "name": "x"}), 404, "not_found")
        assert theirs.get("/v1/customers").json()["total"] == 0
        assert theirs.post("/v1/customers", json={"source_id": "ada"}).json()["id"] != made["id"]
        assert ours.get("/v1/customers/ada").json() == made
