"""Merges beside each other and beside everything else, in one server and, on PostgreSQL, in two."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from tests.domains.customers.conftest import Made, ok
from tests.domains.customers.merges import EVENT, create, feed, merge, merging_shop, track, unmoved, wait_for
from tests.faults.looks import check_tables
from tests.support.databases import Postgres, sqlite_file
from tests.support.servers import Client

AT_ONCE = 20


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "sqlite":
        with sqlite_file() as url:
            yield url
    else:
        server: Postgres = request.getfixturevalue("postgres")
        with server.database() as url:
            yield url


@pytest.fixture(scope="module")
def clients(url: str, contract_log: Path) -> Iterator[list[Client]]:
    """Of each server; at the end of all tests, the tables are looked through."""
    with ExitStack() as stack:
        servers = 1 if url.startswith("sqlite") else 2
        yield [stack.enter_context(merging_shop(url, contract_log)).client for _ in range(servers)]
        wait_for(lambda: unmoved(url) == 0)
    check_tables(url)


def at_once(clients: list[Client], *deeds: Any) -> list[Any]:
    """Twenty deeds, of each kind in turn, at each server in turn of its own."""
    given = list(zip(range(AT_ONCE), cycle(deeds), strict=False))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda n_deed: n_deed[1](clients[n_deed[0] // len(deeds) % len(clients)]), given))


def total(client: Client) -> int:
    return int(ok(client.get("/v1/customers"))["total"])


def test_of_twenty_equal_merges_all_are_answered_and_one_is_done(clients: list[Client]) -> None:
    winner, loser = create(clients[0]), create(clients[0])
    before = total(clients[0])
    answers = at_once(clients, lambda client: ok(merge(client, winner["id"], loser["id"])))
    assert {answer["id"] for answer in answers} == {winner["id"]}
    assert len({answer["updated_at"] for answer in answers}) == 1
    assert total(clients[-1]) == before - 1


def test_two_who_are_merged_into_each_other_at_once_are_one(clients: list[Client]) -> None:
    for _ in range(5):
        one, other = create(clients[0]), create(clients[0])
        before = total(clients[0])
        answers = at_once(
            clients,
            lambda client, one=one, other=other: ok(merge(client, one["id"], other["id"])),
            lambda client, one=one, other=other: ok(merge(client, other["id"], one["id"])),
        )
        assert len({answer["id"] for answer in answers}) == 1
        names = (one["id"], one["source_id"], other["id"], other["source_id"])
        assert len({ok(client.get(f"/v1/customers/{name}"))["id"] for name in names for client in clients}) == 1
        assert total(clients[-1]) == before - 1


def test_twenty_who_are_merged_in_a_ring_are_one(clients: list[Client]) -> None:
    ring = [create(clients[0]) for _ in range(AT_ONCE)]
    before = total(clients[0])

    def into_the_next(n: int) -> Made:
        return ok(merge(clients[n % len(clients)], ring[(n + 1) % AT_ONCE]["id"], ring[n]["source_id"]))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(into_the_next, range(AT_ONCE)))
    names = [each[by] for each in ring for by in ("id", "source_id")]
    assert len({ok(clients[-1].get(f"/v1/customers/{name}"))["id"] for name in names}) == 1
    assert total(clients[-1]) == before - AT_ONCE + 1


@pytest.mark.parametrize("by", ["id", "source_id"])
def test_what_is_written_of_the_loser_meanwhile_is_the_winners(clients: list[Client], by: str) -> None:
    for _ in range(3):
        winner, loser = create(clients[0]), create(clients[0])
        before = total(clients[0])
        names = iter(range(AT_ONCE))

        def patch(client: Client, loser: Made = loser, names: Iterator[int] = names) -> None:
            ok(client.post("/v1/customers", json={by: loser[by], "metadata": {f"k{next(names)}": 1}}))

        def happen(client: Client, loser: Made = loser) -> None:
            ok(track(client, **{by: loser[by]}))

        def choose(client: Client, loser: Made = loser) -> None:
            assert client.put(f"/v1/customers/{loser[by]}/consents", json={"unsubscribed": True}).status_code == 204

        def make_one(client: Client, winner: Made = winner, loser: Made = loser) -> None:
            ok(merge(client, winner["id"], loser["id"]))

        at_once(clients, happen, patch, make_one, choose)
        after = ok(clients[-1].get(f"/v1/customers/{winner['id']}"))
        assert set(after["metadata"]) == {f"k{n}" for n in range(AT_ONCE // 4)}
        assert after["system_metadata"]["consents"]["unsubscribed"]["value"] is True
        document = ok(clients[-1].get(f"/v1/customers/{winner['id']}/personal-data"))
        assert [(each["type"], each["count"]) for each in document["event_counts"]] == [(EVENT, AT_ONCE // 4)]
        happened = [each for each in feed(clients[-1], winner["id"]) if each["type"] == "customer.custom_event"]
        assert len(happened) == AT_ONCE // 4
        assert total(clients[-1]) == before - 1


@pytest.mark.parametrize("deed", ["delete", "erase"])
@pytest.mark.parametrize("side", ["winner", "loser"])
def test_who_goes_during_a_merge_goes_whole_or_not_at_all(clients: list[Client], deed: str, side: str) -> None:
    for _ in range(3):
        two = {"winner": create(clients[0]), "loser": create(clients[0])}
        before = total(clients[0])
        gone = f"/v1/customers/{two[side]['id']}"

        def make_one(client: Client, two: dict[str, Made] = two) -> int:
            return merge(client, two["winner"]["id"], two["loser"]["id"]).status_code

        def go(client: Client, gone: str = gone) -> int:
            answer = client.delete(gone) if deed == "delete" else client.post(f"{gone}/permanent-deletion")
            return answer.status_code

        statuses = at_once(clients, make_one, go)
        assert set(statuses) <= {200, 204, 404}
        assert len([status for status in statuses[1::2] if status != 404]) == 1
        left = {name: clients[-1].get(f"/v1/customers/{each['id']}").status_code for name, each in two.items()}
        if 200 in statuses[::2]:
            assert set(left.values()) == {404}, "they were one, and that one is gone"
            assert total(clients[-1]) == before - 2
        else:
            assert left == {name: 404 if name == side else 200 for name in two}
            assert total(clients[-1]) == before - 1
