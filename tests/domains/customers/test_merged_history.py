"""The history of a merged customer: told whole while it moves, moved by a job, and every sum exact throughout."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from secrets import token_bytes
from typing import Any

import pytest

from bench.shop import BEGIN_MS, write
from patron.app import TRACES
from patron.config import Settings
from patron.db.actions import Ctx, Reply
from patron.db.traces import CHUNK
from patron.domains.customers.actions.erase import Erase, erase_of
from patron.domains.customers.actions.merge import MOVING, Merge, MergedHistory, merge_of, move_history_of
from patron.domains.customers.actions.upsert import UPSERT
from patron.domains.customers.wire import CustomerIn
from patron.domains.events.model import ACTIVITY, EVENT_COUNTS, EVENTS, EventCount
from patron.domains.projects.actions.open_project import open_project
from patron.kernel.clock import now_ms
from patron.running import Opened, opened
from tests.domains.customers.conftest import Made, ok
from tests.domains.customers.merges import (
    Resting,
    choose,
    create,
    feed,
    merge,
    merging_shop,
    resting_shop,
    track,
    unmoved,
    wait_for,
)
from tests.domains.events.filled import entry, event
from tests.faults.looks import check_tables
from tests.support.databases import numbers
from tests.support.servers import Client

MANY = 2 * CHUNK + 7


@pytest.fixture
def shop(database_url: str, contract_log: Path) -> Iterator[Resting]:
    with resting_shop(database_url, contract_log) as server:
        yield server


def test_what_is_told_is_the_same_before_and_after_the_history_moves(
    shop: Resting, database_url: str, contract_log: Path
) -> None:
    winner, loser = _two_with_histories(shop.client)
    apart = _told(shop.client, winner["id"]), _told(shop.client, loser["id"])
    ok(merge(shop.client, winner["id"], loser["id"]))
    moving = _told(shop.client, loser["source_id"])
    for kind in ("feed", "consents", "events"):
        assert sorted(moving[kind]) == sorted([*apart[0][kind], *apart[1][kind], *moving["of the merge"][kind]])
    assert moving["counts"] == [5]
    shop.stop()
    assert unmoved(database_url) == 1
    check_tables(database_url)
    with merging_shop(database_url, contract_log) as working:
        wait_for(lambda: unmoved(database_url) == 0)
        assert _told(working.client, winner["id"]) == moving
        assert working.stop() == 0
    assert _rows_of(database_url, loser["id"]) == {"activity": 0, "events": 0, "consent_changes": 0}
    check_tables(database_url)


def test_pages_of_a_history_that_moves_are_as_those_of_one_that_has_moved(shop: Resting) -> None:
    client = shop.client
    winner, loser = _two_with_histories(client)
    ok(merge(client, winner["id"], loser["id"]))
    path = f"/v1/customers/{winner['id']}"
    whole = [each["id"] for each in feed(client, winner["id"])]
    assert whole == sorted(whole, reverse=True)
    upwards = ok(client.get(f"{path}/activity", params={"order": "created_at", "limit": 100}))["data"]
    assert [each["id"] for each in upwards] == whole[::-1]
    older = ok(client.get(f"{path}/activities", params={"limit": 3}))
    assert older["total"] == len(ok(client.get(f"{path}/activities", params={"limit": 100}))["data"])
    assert len(older["data"]) == 3

    every = ok(client.get(f"{path}/consents/history", params={"limit": 100}))
    ids = [each["id"] for each in every["consent_changes"]]
    assert every["total"] == len(ids) == 5
    pages = [ok(client.get(f"{path}/consents/history", params={"limit": 2, "page": n})) for n in (1, 2, 3)]
    assert [each["id"] for page in pages for each in page["consent_changes"]] == ids
    seen, query = [], {"limit": "2"}
    while query:
        page = ok(client.get(f"{path}/consents/history", params=query))
        seen += [each["id"] for each in page["consent_changes"]]
        query = {"limit": "2", "cursor": page["next_cursor"]} if page["has_more"] else {}
    assert seen == ids


def test_a_profile_with_the_histories_of_several_is_told_whole(shop: Resting, database_url: str) -> None:
    client = shop.client
    several = [create(client) for _ in range(4)]
    for each in several:
        track(client, id=each["id"])
    for one, other in ((0, 1), (2, 3), (2, 0)):
        ok(merge(client, several[one]["id"], several[other]["id"]))
    happened = [each for each in feed(client, several[1]["id"]) if each["type"] == "customer.custom_event"]
    assert len(happened) == len(several)
    shop.stop()
    assert unmoved(database_url) == 3
    check_tables(database_url)


def test_a_long_history_moves_in_chunks(database_url: str) -> None:
    async def deeds() -> str:
        async with opened(Settings(database_url=database_url), migrating=True) as patron:
            project_id, winner, loser = await _two(patron)
            await asyncio.to_thread(_write_history, database_url, project_id, loser)
            await _merged(patron, project_id, winner, loser)
            statuses = [(await _move(patron, project_id, loser)).status for _ in range(4)]
            assert statuses == [MOVING, MOVING, 204, 204]
            return winner

    winner = asyncio.run(deeds())
    assert numbers(database_url, _count_of(winner)) == {"activity": MANY + 3, "events": MANY}
    check_tables(database_url)


def test_a_history_follows_a_winner_who_loses_between_two_chunks(database_url: str) -> None:
    async def deeds() -> str:
        async with opened(Settings(database_url=database_url), migrating=True) as patron:
            project_id, second, first = await _two(patron)
            third = await _create(patron, project_id, "third")
            await asyncio.to_thread(_write_history, database_url, project_id, first)
            await _merged(patron, project_id, second, first)
            await _move(patron, project_id, first)
            await _merged(patron, project_id, third, second)
            while (await _move(patron, project_id, second)).status == MOVING:
                pass
            while (await _move(patron, project_id, first)).status == MOVING:
                pass
            return third

    third = asyncio.run(deeds())
    assert numbers(database_url, _count_of(third))["events"] == MANY
    check_tables(database_url)


def test_an_erasure_between_two_chunks_takes_all_of_it(database_url: str) -> None:
    async def deeds() -> tuple[str, str]:
        async with opened(Settings(database_url=database_url), migrating=True) as patron:
            project_id, winner, loser = await _two(patron)
            await asyncio.to_thread(_write_history, database_url, project_id, loser)
            await _merged(patron, project_id, winner, loser)
            await _move(patron, project_id, loser)
            await patron.units.write(erase_of(TRACES), _ctx(project_id), Erase(loser))
            assert (await _move(patron, project_id, loser)).status == 204
            return winner, loser

    for customer_id in asyncio.run(deeds()):
        assert numbers(database_url, _count_of(customer_id)) == {"activity": 0, "events": 0}
    jobs = "SELECT count(*) FROM jobs WHERE task = 'customers.move_history'"
    assert numbers(database_url, {"jobs": jobs}) == {"jobs": 0}
    check_tables(database_url)


def _two_with_histories(client: Client) -> tuple[Made, Made]:
    """A winner and a loser to whom the same things have happened, in turns."""
    two = create(client), create(client)
    for n in range(2):
        for each in two:
            track(client, id=each["id"])
            choose(client, each["id"], unsubscribed=bool(n))
    track(client, id=two[1]["id"])
    choose(client, two[1]["id"], unsubscribed=False)
    return two


def _told(client: Client, reference: str) -> dict[str, Any]:
    """All that is told of somebody's history, and of it what the last merge has brought."""
    document = ok(client.get(f"/v1/customers/{reference}/personal-data"))
    history = ok(client.get(f"/v1/customers/{reference}/consents/history", params={"limit": 100}))
    told = {
        "feed": [each["id"] for each in feed(client, reference)],
        "consents": [each["id"] for each in history["consent_changes"]],
        "events": sorted(each["id"] for each in document["events"]),
        "counts": [each["count"] for each in document["event_counts"]],
    }
    assert sorted(each["id"] for each in document["consent_changes"]) == sorted(told["consents"])
    return {**told, "of the merge": {"feed": told["feed"][:1], "consents": [], "events": []}}


def _rows_of(database_url: str, customer_id: str) -> dict[str, int]:
    tables = ("activity", "events", "consent_changes")
    return numbers(
        database_url, {each: f"SELECT count(*) FROM {each} WHERE customer_id = '{customer_id}'" for each in tables}
    )


def _count_of(customer_id: str) -> dict[str, str]:
    tables = ("activity", "events")
    return {each: f"SELECT count(*) FROM {each} WHERE customer_id = '{customer_id}'" for each in tables}


def _write_history(database_url: str, project_id: str, customer_id: str) -> None:
    write(database_url, {ACTIVITY: [entry(project_id, customer_id, n) for n in range(MANY)]})
    events = [event(project_id, customer_id, n) for n in range(MANY)]
    write(database_url, {EVENTS: events})
    counts = {each.type: sum(other.type == each.type for other in events) for each in events[:10]}
    write(
        database_url,
        {EVENT_COUNTS: [EventCount(project_id, customer_id, kind, n, BEGIN_MS) for kind, n in counts.items()]},
    )


async def _two(patron: Opened) -> tuple[str, str, str]:
    """A project's id, and those of a winner and a loser in it."""
    project_id = await open_project(patron.units, "Shop")
    winner, loser = [await _create(patron, project_id, name) for name in ("winner", "loser")]
    return project_id, winner, loser


async def _create(patron: Opened, project_id: str, source_id: str) -> str:
    reply = await patron.units.write(UPSERT, _ctx(project_id), CustomerIn(source_id=source_id))
    return str(json.loads(reply.body)["id"])


async def _merged(patron: Opened, project_id: str, winner: str, loser: str) -> None:
    assert (await patron.units.write(merge_of(TRACES), _ctx(project_id), Merge(winner, loser))).status == 200


async def _move(patron: Opened, project_id: str, customer_id: str) -> Reply:
    return await patron.units.write(move_history_of(TRACES), _ctx(project_id), MergedHistory(customer_id), bulk=True)


def _ctx(project_id: str) -> Ctx:
    return Ctx(project_id, now_ms(), token_bytes(16))
