"""The move of a merged customer's history is killed, again and again: nothing is lost, and what is told stays whole."""

import random
import signal
import time
from pathlib import Path

from bench.shop import BEGIN_MS, project_of, write
from patron.domains.events.model import ACTIVITY, EVENT_COUNTS, EVENTS, EventCount
from tests.domains.customers.conftest import Made, ok
from tests.domains.customers.merges import merge, unmoved
from tests.domains.events.filled import entry, event
from tests.faults.looks import check_tables
from tests.faults.processes import server
from tests.faults.rounds import Log
from tests.support.databases import numbers
from tests.support.servers import Client

MANY = 20_000
PATIENCE_SECONDS = 120


def test_a_history_arrives_whole_however_often_its_move_is_killed(
    database_url: str, contract_log: Path, rounds: int, fault_log: Log
) -> None:
    chance = random.Random(rounds)
    winner, loser = _two(database_url, contract_log)
    for n in range(max(1, rounds // 3)):
        with server(database_url) as running, Client(running.url, contract_log) as client:
            if n == 0:
                ok(merge(client, winner["id"], loser["id"]))
            before = _left(database_url, loser)
            while _left(database_url, loser) > max(MANY // 10, before - chance.randrange(500, MANY // 3)):
                time.sleep(0.002)
            running.kill()
        check_tables(database_url)
        assert 0 < _left(database_url, loser) < MANY
        assert unmoved(database_url) == 1
    with server(database_url) as running, Client(running.url, contract_log) as client:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while unmoved(database_url):
            page = ok(client.get(f"/v1/customers/{loser['id']}/activities"))
            assert page["total"] == MANY + 3, "what has moved and what has not are told together"
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert running.end(signal.SIGTERM) == 0
    assert _left(database_url, loser) == 0
    assert _left(database_url, winner) == MANY + 3
    check_tables(database_url)
    fault_log.note(f"kill -9 while the history of a merged customer moved: {MANY} entries, none lost")


def _two(database_url: str, contract_log: Path) -> tuple[Made, Made]:
    """A customer, and another one with a long history."""
    project_id = project_of(database_url)
    with server(database_url) as running, Client(running.url, contract_log) as client:
        winner, loser = (ok(client.post("/v1/customers", json={"source_id": name})) for name in ("winner", "loser"))
        assert running.end(signal.SIGTERM) == 0
    write(database_url, {ACTIVITY: [entry(project_id, loser["id"], n) for n in range(MANY)]})
    write(database_url, {EVENTS: [event(project_id, loser["id"], n) for n in range(MANY)]})
    counts = [EventCount(project_id, loser["id"], f"event-{n}", MANY // 10, BEGIN_MS) for n in range(10)]
    write(database_url, {EVENT_COUNTS: counts})
    return winner, loser


def _left(database_url: str, customer: Made) -> int:
    query = f"SELECT count(*) FROM activity WHERE customer_id = '{customer['id']}'"
    return numbers(database_url, {"n": query})["n"]
