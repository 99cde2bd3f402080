"""Codes are made while their server is killed, again and again: in the end there are as many as were asked for."""

import random
import signal
import time
from typing import Any

import httpx

from tests.domains.campaigns.conftest import cards, ended, vouchers_of
from tests.faults.looks import check_tables
from tests.faults.processes import server
from tests.faults.rounds import Log
from tests.support.servers import KEYS

CODES = 4_000


def test_codes_outlive_their_server(database_url: str, rounds: int, fault_log: Log) -> None:
    chance = random.Random(rounds)
    campaign: dict[str, Any] = {}
    action_id = ""
    kills = 0
    for _ in range(max(1, rounds // 3)):
        with server(database_url) as running, _client(running.url) as client:
            if not campaign:
                campaign = client.post("/v1/campaigns", json=cards(300, vouchers_count=CODES)).json()
                action_id = client.get("/v1/async-actions", params={"limit": 1}).json()["async_actions"][0]["id"]
            reached = _progress(client, action_id)
            while _progress(client, action_id) < min(95, reached + chance.randrange(1, 30)):
                time.sleep(0.002)
            running.kill()
            kills += 1
        check_tables(database_url)
    with server(database_url) as running:
        with _client(running.url) as client:
            action = ended(client, action_id)
            assert action["result"]["done_count"] == CODES
            made = vouchers_of(client, campaign)
            assert len({card["code"] for card in made}) == len(made) == CODES
            assert client.get(f"/v1/campaigns/{campaign['id']}").json()["vouchers_count"] == CODES
            summary = client.get(f"/v1/campaigns/{campaign['id']}/summary").json()
            assert summary["created_vouchers_amount"] == 300 * CODES
        assert running.end(signal.SIGTERM) == 0
    check_tables(database_url)
    fault_log.note(f"kill -9 of the server {kills} time(s): {CODES} codes, each made once")


def test_a_campaign_is_deleted_though_its_server_is_killed(database_url: str, fault_log: Log) -> None:
    with server(database_url) as running, _client(running.url) as client:
        campaign = client.post("/v1/campaigns", json=cards(300, vouchers_count=CODES // 2)).json()
        begun = client.get("/v1/async-actions", params={"limit": 1}).json()["async_actions"][0]
        ended(client, begun["id"])
        gone = client.delete(f"/v1/campaigns/{campaign['id']}", params={"force": "true"}).json()
        while _progress(client, gone["async_action_id"]) < 20:
            time.sleep(0.002)
        running.kill()
    check_tables(database_url)
    with server(database_url) as running:
        with _client(running.url) as client:
            assert ended(client, gone["async_action_id"])["result"]["done_count"] == CODES // 2
            assert vouchers_of(client, campaign) == []
        assert running.end(signal.SIGTERM) == 0
    check_tables(database_url)
    fault_log.note(f"kill -9 of the server while a campaign of {CODES // 2} cards is deleted: all are gone")


def _client(url: str) -> httpx.Client:
    return httpx.Client(verify=False, base_url=url, headers=KEYS, timeout=20, trust_env=False)


def _progress(client: httpx.Client, action_id: str) -> int:
    action: dict[str, Any] = client.get(f"/v1/async-actions/{action_id}").json()
    return int(action["progress"])
