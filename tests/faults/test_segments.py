"""A server dies while it fills a segment: whoever goes on with it writes down each member once, and tells nobody."""

import random
import signal
import time

import httpx

from bench.shop import fill, id_of
from tests.domains.products.conftest import ok
from tests.faults.looks import check_tables
from tests.faults.processes import server
from tests.faults.rounds import Log
from tests.support.servers import KEYS

CUSTOMERS = 2_500
"""More than one range, and some twenty units."""
WAIT_SECONDS = 120.0
FEW_MEMBERS = 10
EVERYBODY = {"junction": "and", "metadata.lang": {"conditions": {"$is_not": ["of nobody"]}}}


def total(client: httpx.Client, segment_id: str) -> int:
    return int(ok(client.get("/v1/customers", params={"segment_id": segment_id, "limit": 1}))["total"])


def wait_for_more_than(client: httpx.Client, segment_id: str, n: int) -> None:
    ends = time.monotonic() + WAIT_SECONDS
    while (found := total(client, segment_id)) <= n:
        assert time.monotonic() < ends, found
        time.sleep(0.001)


def test_a_filling_that_is_killed_is_gone_on_with(database_url: str, rounds: int, fault_log: Log) -> None:
    chance = random.Random(rounds)
    fill(database_url, CUSTOMERS)
    with (
        server(database_url) as first,
        httpx.Client(verify=False, base_url=first.url, headers=KEYS, timeout=30) as client,
    ):
        made = str(ok(client.post("/v1/segments", json={"name": "A", "filter": EVERYBODY}))["id"])
        wait_for_more_than(client, made, 0)
        first.kill()
    found = [0]
    for _ in range(rounds):
        with (
            server(database_url) as next_one,
            httpx.Client(verify=False, base_url=next_one.url, headers=KEYS, timeout=30) as client,
        ):
            found.append(total(client, made))
            if found[-1] < CUSTOMERS - FEW_MEMBERS:
                wait_for_more_than(client, made, found[-1])
            time.sleep(chance.random() * 0.05)
            next_one.kill()
    with (
        server(database_url) as last,
        httpx.Client(verify=False, base_url=last.url, headers=KEYS, timeout=30) as client,
    ):
        changed = {"metadata": {"lang": "of nobody"}}
        ok(client.put(f"/v1/customers/{id_of(CUSTOMERS - 1)}", json=changed))
        wait_for_more_than(client, made, CUSTOMERS - 2)
        assert total(client, made) == CUSTOMERS - 1
        feed = ok(client.get(f"/v1/customers/{id_of(7)}/activity", params={"limit": 100}))
        assert [each["type"] for each in feed["data"] if "segment" in each["type"]] == []
        assert last.end(signal.SIGTERM) == 0
    check_tables(database_url)
    fault_log.note(f"{rounds + 1} kills of a filling, at {found[1:]} members: all {CUSTOMERS} written down once")
