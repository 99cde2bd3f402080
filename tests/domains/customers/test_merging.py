"""Merging two customers: from the answer on, every name of the loser is a name of the winner."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.domains.customers.conftest import Made, a_source_id, ok
from tests.domains.customers.merges import EVENT, choose, create, feed, merge, merging_shop, track
from tests.http.test_refusals import refused
from tests.support.imports import begun, ended
from tests.support.management import CLIENT_KEYS, PAGES
from tests.support.servers import Client, Shop


@pytest.fixture(scope="module")
def shop(shared_database_url: str, contract_log: Path) -> Iterator[Shop]:
    with merging_shop(shared_database_url, contract_log) as server:
        yield server


@pytest.fixture
def client(shop: Shop) -> Client:
    return shop.client


@pytest.fixture
def pair(client: Client) -> tuple[Made, Made]:
    """A winner and a loser, not yet one."""
    return create(client, name="Ada", metadata={"w": 1}), create(client, name="Eve", phone="1", metadata={"l": 1})


def told(customer: Made) -> Made:
    """A customer without the link to their page."""
    return {key: value for key, value in customer.items() if key != "assets"}


def get(client: Client, reference: str) -> Made:
    return told(ok(client.get(f"/v1/customers/{reference}")))


def test_the_answer_is_the_winner_with_what_it_lacked(client: Client, pair: tuple[Made, Made]) -> None:
    winner, loser = pair
    answer = ok(merge(client, winner["id"], loser["id"]))
    assert (answer["id"], answer["source_id"], answer["name"]) == (winner["id"], winner["source_id"], "Ada")
    assert (answer["phone"], answer["metadata"]) == ("1", {"w": 1, "l": 1})
    assert answer["assets"]["cockpit_url"]


@pytest.mark.parametrize("winner_by", ["id", "source_id"])
@pytest.mark.parametrize("loser_by", ["id", "source_id"])
def test_every_name_leads_to_the_winner(client: Client, pair: tuple[Made, Made], winner_by: str, loser_by: str) -> None:
    winner, loser = pair
    total = ok(client.get("/v1/customers"))["total"]
    answer = told(ok(merge(client, winner[winner_by], loser[loser_by])))
    for name in (*(winner[by] for by in ("id", "source_id")), *(loser[by] for by in ("id", "source_id"))):
        assert get(client, name) == answer
    page = ok(client.get("/v1/customers", params={"limit": 100, "order": "-updated_at"}))
    assert page["total"] == total - 1
    assert loser["id"] not in {each["id"] for each in page["customers"]}


WRITES: dict[str, Callable[[Client, str], httpx.Response]] = {
    "change": lambda client, name: client.put(f"/v1/customers/{name}", json={"description": "changed"}),
    "drop a key": lambda client, name: client.delete(f"/v1/customers/{name}/metadata/l"),
    "revoke links": lambda client, name: client.delete(f"/v1/customers/{name}/cockpit-links"),
    "choose": lambda client, name: client.put(f"/v1/customers/{name}/consents", json={"unsubscribed": True}),
    "call otherwise": lambda client, name: client.put(
        f"/v1/customers/{name}/source-id", json={"source_id": f"renamed {name}"}
    ),
}


@pytest.mark.parametrize("by", ["id", "source_id"])
@pytest.mark.parametrize("deed", WRITES)
def test_what_is_written_under_a_losers_name_is_the_winners(
    client: Client, pair: tuple[Made, Made], by: str, deed: str
) -> None:
    winner, loser = pair
    before = told(ok(merge(client, winner["id"], loser["id"])))
    assert WRITES[deed](client, loser[by]).status_code in (200, 204)
    after = ok(client.get(f"/v1/customers/{winner['id']}"))
    assert after["id"] == winner["id"]
    if deed != "revoke links":
        assert told(after) != before


@pytest.mark.parametrize("by", ["id", "source_id"])
def test_an_upsert_under_a_losers_name_changes_the_winner(client: Client, pair: tuple[Made, Made], by: str) -> None:
    winner, loser = pair
    merge(client, winner["id"], loser["id"])
    total = ok(client.get("/v1/customers"))["total"]
    answer = ok(client.post("/v1/customers", json={by: loser[by], "email": "new@example.com"}))
    assert (answer["id"], answer["source_id"]) == (winner["id"], winner["source_id"])
    assert get(client, winner["id"])["email"] == "new@example.com"
    assert ok(client.get("/v1/customers"))["total"] == total


@pytest.mark.parametrize("by", ["id", "source_id"])
def test_an_event_under_a_losers_name_happens_to_the_winner(client: Client, pair: tuple[Made, Made], by: str) -> None:
    winner, loser = pair
    track(client, id=loser["id"])
    merge(client, winner["id"], loser["id"])
    assert ok(track(client, **{by: loser[by]}))["customer"]["id"] == winner["id"]
    happened = [entry for entry in feed(client, winner["id"]) if entry["type"] == "customer.custom_event"]
    assert len(happened) == 2
    document = ok(client.get(f"/v1/customers/{loser[by]}/personal-data"))
    assert [(each["type"], each["count"]) for each in document["event_counts"]] == [(EVENT, 2)]
    assert set(document["names"]["ids"]) == {winner["id"], loser["id"]}
    assert set(document["names"]["source_ids"]) == {winner["source_id"], loser["source_id"]}


def test_a_page_that_names_the_loser_speaks_of_the_winner(client: Client, shop: Shop, pair: tuple[Made, Made]) -> None:
    winner, loser = pair
    merge(client, winner["id"], loser["id"])
    headers = {**CLIENT_KEYS, "Origin": PAGES, "X-Forwarded-For": "10.0.0.1"}
    answer = httpx.post(f"{shop.url}/client/v1/customers", json={"source_id": loser["source_id"]}, headers=headers)
    assert ok(answer)["id"] == winner["id"]


@pytest.mark.parametrize("by", ["id", "source_id"])
def test_rows_of_a_file_find_the_winner(client: Client, pair: tuple[Made, Made], by: str) -> None:
    winner, loser = pair
    merge(client, winner["id"], loser["id"])
    file = f"{by},Description\n{loser[by]},from a file\n"
    answer = client.post("/v1/customers/importCSV", params={"mode": "merge"}, files={"file": ("c.csv", file.encode())})
    action = ended(client, begun(answer))
    assert action["result"]["done_count"] == 1, action
    assert get(client, winner["id"])["description"] == "from a file"


def test_bulk_work_finds_the_winner(client: Client, pair: tuple[Made, Made]) -> None:
    winner, loser = pair
    merge(client, winner["id"], loser["id"])
    body = [{"source_id": loser["source_id"], "description": "in bulk"}]
    ended(client, begun(client.post("/v1/customers/bulk/async", json=body)))
    assert get(client, winner["id"])["description"] == "in bulk"


def test_the_losers_link_opens_the_winners_page_until_either_is_revoked(
    client: Client, shop: Shop, pair: tuple[Made, Made]
) -> None:
    winner, loser = pair
    old, own = loser["assets"]["cockpit_url"], winner["assets"]["cockpit_url"]
    merge(client, winner["id"], loser["id"])
    page = httpx.get(old)
    assert page.status_code == 200
    assert "Ada" in page.text
    client.delete(f"/v1/customers/{winner['id']}/cockpit-links")
    assert [httpx.get(link).status_code for link in (old, own)] == [410, 410]


def test_a_link_of_the_loser_that_was_revoked_opens_nothing(client: Client, pair: tuple[Made, Made]) -> None:
    winner, loser = pair
    client.delete(f"/v1/customers/{loser['id']}/cockpit-links")
    fresh = ok(client.get(f"/v1/customers/{loser['id']}"))["assets"]["cockpit_url"]
    merge(client, winner["id"], loser["id"])
    assert httpx.get(loser["assets"]["cockpit_url"]).status_code == 410
    assert httpx.get(fresh).status_code == 200


def test_the_same_merge_again_changes_nothing(client: Client, pair: tuple[Made, Made]) -> None:
    winner, loser = pair
    first = ok(merge(client, winner["id"], loser["id"]))
    entries = feed(client, winner["id"])
    for name in (loser["id"], loser["source_id"], winner["id"], winner["source_id"]):
        assert ok(merge(client, winner["source_id"], name)) == first
    assert feed(client, winner["id"]) == entries


def test_a_chain_of_merges_leads_to_its_end(client: Client) -> None:
    first, second, third = (create(client, name=name) for name in ("First", "Second", "Third"))
    merge(client, second["id"], first["id"])
    end = told(ok(merge(client, third["id"], first["source_id"])))  # by a name that is the second's by now
    for each in (first, second, third):
        assert get(client, each["id"]) == get(client, each["source_id"]) == end
    assert ok(merge(client, first["id"], second["id"]))["id"] == third["id"]
    assert client.post("/v1/customers", json={"id": first["id"]}).json()["id"] == third["id"]


def test_a_winner_without_a_source_id_takes_the_losers(client: Client) -> None:
    winner = ok(client.post("/v1/customers", json={"name": "nameless"}))
    loser = create(client)
    assert ok(merge(client, winner["id"], loser["id"]))["source_id"] == loser["source_id"]
    assert get(client, loser["source_id"])["id"] == winner["id"]


def test_two_without_a_source_id_become_one(client: Client) -> None:
    winner, loser = (ok(client.post("/v1/customers", json={})) for _ in range(2))
    assert "source_id" not in ok(merge(client, winner["id"], loser["id"]))
    assert get(client, loser["id"])["id"] == winner["id"]


def test_what_was_said_last_to_a_consent_holds(client: Client, pair: tuple[Made, Made]) -> None:
    winner, loser = pair
    choose(client, loser["id"], unsubscribed=False)
    choose(client, winner["id"], unsubscribed=False)
    choose(client, loser["id"], unsubscribed=True)
    merge(client, winner["id"], loser["id"])
    said = ok(client.get(f"/v1/customers/{winner['id']}/consents"))["data"]
    assert said[0]["value"] is True
    history = ok(client.get(f"/v1/customers/{loser['id']}/consents/history"))
    assert [each["value"] for each in history["consent_changes"]] == [True, False, False]


@pytest.mark.parametrize("side", ["winner", "loser"])
def test_an_unknown_or_deleted_customer_is_not_merged(client: Client, pair: tuple[Made, Made], side: str) -> None:
    gone, other = pair
    client.delete(f"/v1/customers/{gone['id']}")
    for name in (gone["id"], gone["source_id"], "cust_nobody", a_source_id()):
        names = (name, other["id"]) if side == "winner" else (other["id"], name)
        assert refused(merge(client, *names), 404, "not_found")["resource_id"] == name
    assert get(client, other["id"]) == told(other)


def test_a_deleted_winner_takes_its_names_along(client: Client, pair: tuple[Made, Made]) -> None:
    winner, loser = pair
    merge(client, winner["id"], loser["id"])
    assert client.delete(f"/v1/customers/{loser['source_id']}").status_code == 204
    for name in (winner["id"], winner["source_id"], loser["id"], loser["source_id"]):
        refused(client.get(f"/v1/customers/{name}"), 404, "not_found")
        refused(client.put(f"/v1/customers/{name}", json={}), 404, "not_found")
    assert ok(client.get(f"/v1/customers/{loser['id']}/personal-data"))["deleted_customer"]["id"] == winner["id"]
    assert create(client, source_id=loser["source_id"])["id"] not in (winner["id"], loser["id"])


@pytest.mark.parametrize("by", ["id", "source_id"])
@pytest.mark.parametrize("is_deleted", [False, True])
def test_an_erased_winner_takes_all_ids_along(
    client: Client, pair: tuple[Made, Made], by: str, *, is_deleted: bool
) -> None:
    winner, loser = pair
    merge(client, winner["id"], loser["id"])
    if is_deleted:
        client.delete(f"/v1/customers/{winner['id']}")
    name = loser["id"] if is_deleted else loser[by]
    assert ok(client.post(f"/v1/customers/{name}/permanent-deletion"))["related_object_id"] == winner["id"]
    for gone in (winner["id"], loser["id"]):
        refused(client.get(f"/v1/customers/{gone}/personal-data"), 404, "not_found")
        refused(client.post(f"/v1/customers/{gone}/permanent-deletion"), 404, "not_found")


def test_a_merge_whose_metadata_would_be_too_large_is_refused_whole(client: Client) -> None:
    winner, loser = (create(client, metadata={f"{side}{n}": n for n in range(501)}) for side in ("w", "l"))
    refused(merge(client, winner["id"], loser["id"]), 400, "invalid_payload")
    assert (get(client, winner["id"]), get(client, loser["id"])) == (told(winner), told(loser))


@pytest.mark.parametrize("body", [{}, {"source": ""}, {"source": None}, {"source": 1}, {"source": "x" * 256}, []])
def test_a_body_that_names_nobody_is_refused(client: Client, pair: tuple[Made, Made], body: object) -> None:
    refused(client.post(f"/v1/customers/{pair[0]['id']}/merge", json=body), 400, "invalid_payload")


def test_an_answer_kept_for_a_key_is_given_again(client: Client, pair: tuple[Made, Made]) -> None:
    winner, loser = pair
    headers = {"Idempotency-Key": a_source_id()}
    path, body = f"/v1/customers/{winner['id']}/merge", {"source": loser["id"]}
    first = ok(client.post(path, json=body, headers=headers))
    again = client.post(path, json=body, headers=headers)
    assert (ok(again), again.headers["Idempotency-Replayed"]) == (first, "true")


def test_the_feed_tells_the_merge_as_an_update(client: Client, pair: tuple[Made, Made]) -> None:
    winner, loser = pair
    merge(client, winner["id"], loser["id"])
    kinds = [entry["type"] for entry in feed(client, loser["id"])]
    assert kinds == ["customer.updated", "customer.created", "customer.created"]
