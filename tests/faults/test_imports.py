"""An import is killed, again and again: in the end each row was carried out once, and the report says so of each."""

import csv
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from bench.shop import project_of
from tests.faults.looks import check_tables
from tests.faults.processes import server
from tests.faults.rounds import Log
from tests.support.databases import numbers
from tests.support.imports import begun, ended, report_of
from tests.support.servers import KEYS

ROWS = 3_000
BAD_EVERY = 250

Begin = Callable[[httpx.Client], httpx.Response]
"""Begins an import."""


def people(rows: int = ROWS) -> str:
    """A file in which every 250th row is bad."""
    lines = [f"p-{n},Person {n},{n % 7}" if n % BAD_EVERY else f"p-{n},too short" for n in range(1, rows + 1)]
    return "\n".join(["Source_id,Name,day", *lines, ""])


def check_report(rows: list[dict[str, str]], many: int = ROWS) -> None:
    """Each row is told once. A row that was carried out twice would have found the customer the second time."""
    assert [int(row["row"]) for row in rows] == list(range(1, many + 1))
    for row in rows:
        is_bad = int(row["row"]) % BAD_EVERY == 0
        assert (row["found"], row["updated"]) == (("", "false") if is_bad else ("false", "true"))


def check_customers(url: str, many: int = ROWS) -> None:
    """All who should be are there, and nobody was changed after being created."""
    with _client(url) as client:
        page = client.get("/v1/customers", params={"limit": 100}).json()
        assert page["total"] == many - many // BAD_EVERY
        assert not [each for each in page["customers"] if "updated_at" in each]
        for n in (1, many // 2 + 1, many - 1):
            assert client.get(f"/v1/customers/p-{n}").json()["metadata"] == {"day": f"{n % 7}"}


def _client(url: str) -> httpx.Client:
    return httpx.Client(verify=False, base_url=url, headers=KEYS, timeout=20, trust_env=False)


def cards(rows: int = ROWS) -> str:
    """A file of gift cards, half of whose credits are used; every 250th row has used more than there was."""
    lines = [f"CARD-{n},100,{50 if n % BAD_EVERY else 101},{n % 7}" for n in range(1, rows + 1)]
    return "\n".join(["Code,Value,Redeemed Amount,day", *lines, ""])


def check_cards(url: str) -> None:
    """All that should be are there, nobody was changed after being created, and no credits were given twice."""
    with _client(url) as client:
        page = client.get("/v1/vouchers", params={"limit": 100}).json()
        assert page["total"] == ROWS - ROWS // BAD_EVERY
        assert {(each["updated_at"], each["gift"]["amount"], each["gift"]["balance"]) for each in page["vouchers"]} == {
            (None, 100, 50)
        }
        assert client.get("/v1/campaigns/Cards").json()["vouchers_count"] == page["total"]


def killed_and_ended(database_url: str, rounds: int, begin: Begin) -> int:
    """Import a file whose servers are killed at work, and look at what became of it; how often they were killed."""
    chance = random.Random(rounds)
    action_id = ""
    kills = max(1, rounds // 3)
    for _ in range(kills):
        with server(database_url) as running, _client(running.url) as client:
            if not action_id:
                action_id = begun(begin(client))
            reached = _progress(client, action_id)
            while _progress(client, action_id) < min(95, reached + chance.randrange(1, 30)):
                time.sleep(0.002)
            running.kill()
        check_tables(database_url)
    with server(database_url) as running:
        with _client(running.url) as client:
            action = ended(client, action_id)
            check_report(report_of(action))
        assert running.end(signal.SIGTERM) == 0
    assert action["status"] == "DONE"
    assert action["result"]["done_count"] == ROWS - ROWS // BAD_EVERY
    assert [each["row"] for each in action["result"]["failed"]] == list(range(BAD_EVERY, ROWS + 1, BAD_EVERY))
    check_tables(database_url)
    return kills


def test_an_import_outlives_its_server(database_url: str, rounds: int, fault_log: Log) -> None:
    kills = killed_and_ended(
        database_url, rounds, lambda client: client.post("/v1/customers/importCSV", files={"file": people().encode()})
    )
    with server(database_url) as running:
        check_customers(running.url)
        assert running.end(signal.SIGTERM) == 0
    fault_log.note(f"kill -9 of the server {kills} time(s): {ROWS} rows, each carried out once")


def bring_cards(client: httpx.Client) -> httpx.Response:
    """Begin to bring them into a campaign of their own."""
    template = {"type": "GIFT_VOUCHER", "gift": {"amount": 7}}
    campaign = {"name": "Cards", "campaign_type": "GIFT_VOUCHERS", "voucher": template, "vouchers_count": 0}
    client.post("/v1/campaigns", json=campaign).raise_for_status()
    return client.post("/v1/campaigns/Cards/importCSV", files={"file": cards().encode()})


def test_an_import_of_gift_cards_outlives_its_server(database_url: str, rounds: int, fault_log: Log) -> None:
    kills = killed_and_ended(database_url, rounds, bring_cards)
    with server(database_url) as running:
        check_cards(running.url)
        assert running.end(signal.SIGTERM) == 0
    fault_log.note(f"kill -9 of the server {kills} time(s): {ROWS} gift cards, each imported once")


def _progress(client: httpx.Client, action_id: str) -> int:
    action: dict[str, Any] = client.get(f"/v1/async-actions/{action_id}").json()
    return int(action["progress"])


def test_the_command_goes_on_where_it_was_killed(
    database_url: str, rounds: int, fault_log: Log, tmp_path: Path
) -> None:
    project_id = project_of(database_url)
    file, report = tmp_path / "people.csv", tmp_path / "report.csv"
    file.write_text(people(2 * ROWS))
    chance = random.Random(rounds)
    stops: list[int] = []
    while True:
        process = _importing(database_url, file, project_id, report)
        if len(stops) < rounds:
            _kill_at_work(process, database_url, chance)
        out, err = process.communicate(timeout=120)
        check_tables(database_url)
        if process.returncode != -signal.SIGKILL:
            break
        stops.append(_rows_done(database_url))
    assert process.returncode == 3, err
    assert f"{2 * (ROWS - ROWS // BAD_EVERY)} customer(s) imported, {2 * ROWS // BAD_EVERY} failed." in out.decode()
    with report.open(encoding="utf-8", newline="") as lines:
        check_report(list(csv.DictReader(lines)), 2 * ROWS)
    with server(database_url) as running:
        check_customers(running.url, 2 * ROWS)
        assert running.end(signal.SIGTERM) == 0
    check_tables(database_url)
    fault_log.note(f"kill -9 of patron import after {stops} of {2 * ROWS} rows: each carried out once")


def _importing(database_url: str, file: Path, project_id: str, report: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "patron.cli.main", "import", "customers", str(file), "--project", project_id]
    environment = {"PATRON_DATABASE_URL": database_url, "PATH": os.defpath}
    return subprocess.Popen(
        [*command, "--report", str(report)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def _kill_at_work(process: "subprocess.Popen[bytes]", database_url: str, chance: random.Random) -> None:
    """Kill a command once it has done some rows more, unless it has come to its end first."""
    before = _rows_done(database_url)
    while process.poll() is None and _rows_done(database_url) == before:
        time.sleep(0.005)
    time.sleep(chance.random() * 0.05)
    process.kill()


def _rows_done(database_url: str) -> int:
    query = "SELECT coalesce(sum(done_count + failed_count), 0) FROM async_actions"
    return numbers(database_url, {"rows": query})["rows"]
