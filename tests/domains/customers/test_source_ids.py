"""Changing a customer's source_id: the new one leads to the customer, the old one is free."""

import httpx
import pytest

from tests.domains.customers.conftest import Made, Make, a_source_id, ok
from tests.domains.customers.test_races import AT_ONCE, at_once
from tests.http.test_refusals import refused


def change(client: httpx.Client, reference: str, source_id: object, **headers: str) -> httpx.Response:
    return client.put(f"/v1/customers/{reference}/source-id", json={"source_id": source_id}, headers=headers)


def id_behind(client: httpx.Client, reference: str) -> str:
    return str(ok(client.get(f"/v1/customers/{reference}"))["id"])


@pytest.mark.parametrize("by", ["id", "source_id"])
def test_the_customer_answers_to_the_new_one_and_the_old_one_is_free(client: httpx.Client, make: Make, by: str) -> None:
    made, new = make(name="Ada"), a_source_id()
    answer = ok(change(client, made[by], new))
    assert (answer["id"], answer["source_id"], answer["name"]) == (made["id"], new, "Ada")
    assert answer["updated_at"]
    assert id_behind(client, new) == made["id"]
    refused(client.get(f"/v1/customers/{made['source_id']}"), 404, "not_found")
    assert make(source_id=made["source_id"])["id"] != made["id"]


def test_a_customer_without_a_source_id_gets_one(client: httpx.Client) -> None:
    made, new = ok(client.post("/v1/customers", json={"name": "Ada"})), a_source_id()
    assert ok(change(client, made["id"], new))["source_id"] == new
    assert id_behind(client, new) == made["id"]


def test_one_that_leads_to_another_is_refused_and_nothing_changes(client: httpx.Client, make: Make) -> None:
    made, other = make(), make()
    problem = refused(change(client, made["id"], other["source_id"]), 409, "duplicate_found")
    assert problem["resource_id"] == other["source_id"]
    for each in (made, other):
        assert id_behind(client, each["source_id"]) == each["id"]


def test_the_one_that_it_has_changes_nothing(client: httpx.Client, make: Make) -> None:
    made = make()
    assert "updated_at" not in ok(change(client, made["id"], made["source_id"]))
    assert id_behind(client, made["source_id"]) == made["id"]


def test_one_of_somebody_who_was_merged_leads_to_the_winner_alone(client: httpx.Client, make: Make) -> None:
    winner, loser, other = make(), make(), make()
    ok(client.post(f"/v1/customers/{winner['id']}/merge", json={"source": loser["id"]}))
    refused(change(client, other["id"], loser["source_id"]), 409, "duplicate_found")
    assert ok(change(client, winner["id"], loser["source_id"]))["source_id"] == loser["source_id"]
    refused(client.get(f"/v1/customers/{winner['source_id']}"), 404, "not_found")
    assert id_behind(client, loser["source_id"]) == winner["id"]


def test_the_names_of_a_merged_one_stay_when_the_winner_is_called_otherwise(client: httpx.Client, make: Make) -> None:
    winner, loser = make(), make()
    ok(client.post(f"/v1/customers/{winner['id']}/merge", json={"source": loser["id"]}))
    ok(change(client, winner["id"], a_source_id()))
    assert id_behind(client, loser["source_id"]) == id_behind(client, loser["id"]) == winner["id"]


def test_an_unknown_customer_is_a_404_and_takes_no_name(client: httpx.Client, make: Make) -> None:
    new = a_source_id()
    refused(change(client, a_source_id(), new), 404, "not_found")
    refused(change(client, "cust_nobody", new), 404, "not_found")
    refused(client.get(f"/v1/customers/{new}"), 404, "not_found")


@pytest.mark.parametrize("source_id", ["", None, 7, "x" * 256, "nul\0", ["a"]])
def test_what_is_no_source_id_is_refused(client: httpx.Client, make: Make, source_id: object) -> None:
    refused(change(client, make()["id"], source_id), 400, "invalid_payload")


def test_a_change_that_is_sent_again_with_its_key_gets_its_answer_again(client: httpx.Client, make: Make) -> None:
    made, new, key = make(), a_source_id(), {"Idempotency-Key": a_source_id()}
    first = ok(change(client, made["id"], new, **key))
    again = change(client, made["id"], new, **key)
    assert (ok(again), again.headers["Idempotency-Replayed"]) == (first, "true")


def test_of_twenty_who_want_one_name_one_gets_it(client: httpx.Client, make: Make) -> None:
    made, new = [make() for _ in range(AT_ONCE)], a_source_id()
    statuses = at_once(lambda n: change(client, made[n]["id"], new).status_code)
    assert sorted(statuses) == [200] + [409] * (AT_ONCE - 1)
    winner = id_behind(client, new)
    for each, status in zip(made, statuses, strict=True):
        assert (each["id"] == winner) == (status == 200)
        if status != 200:
            assert id_behind(client, each["source_id"]) == each["id"]


def test_of_twenty_names_for_one_customer_the_last_holds_alone(client: httpx.Client, make: Make) -> None:
    made, names = make(), [a_source_id() for _ in range(AT_ONCE)]
    at_once(lambda n: ok(change(client, made["id"], names[n])))
    last = ok(client.get(f"/v1/customers/{made['id']}"))["source_id"]
    answers = {name: client.get(f"/v1/customers/{name}").status_code for name in [made["source_id"], *names]}
    assert answers == {name: 200 if name == last else 404 for name in answers}


def test_a_change_and_upserts_of_one_name_leave_it_to_one_customer(client: httpx.Client, make: Make) -> None:
    made, new = make(), a_source_id()

    def deed(n: int) -> Made:
        answer = change(client, made["id"], new) if n % 2 else client.post("/v1/customers", json={"source_id": new})
        assert answer.status_code in (200, 409), answer.text
        return answer.json() if answer.status_code == 200 else {"id": None}

    told = {answer["id"] for answer in at_once(deed)} - {None}
    assert told == {id_behind(client, new)}


def test_a_change_and_deletions_leave_no_name_behind(client: httpx.Client, make: Make) -> None:
    made, new = make(), a_source_id()

    def deed(n: int) -> int:
        path = f"/v1/customers/{made['id']}"
        return (change(client, made["id"], f"{new}-{n}") if n % 2 else client.delete(path)).status_code

    assert set(at_once(deed)) <= {200, 204, 404}
    for name in (made["id"], made["source_id"], *(f"{new}-{n}" for n in range(AT_ONCE))):
        refused(client.get(f"/v1/customers/{name}"), 404, "not_found")
