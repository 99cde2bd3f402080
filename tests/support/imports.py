"""Bulk work over HTTP: begun, and waited for."""

import csv
import io
import time
from typing import Any

import httpx

PATIENCE_SECONDS = 120

Action = dict[str, Any]


def begun(answer: httpx.Response) -> str:
    """The id of the async action that a request has begun."""
    assert answer.status_code == 202, answer.text
    assert set(answer.json()) == {"async_action_id"}
    action_id: str = answer.json()["async_action_id"]
    return action_id


def ended(client: httpx.Client, action_id: str) -> Action:
    """The action, once it has ended."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        answer = client.get(f"/v1/async-actions/{action_id}")
        assert answer.status_code == 200, answer.text
        action: Action = answer.json()
        if action["status"] in ("DONE", "FAILED"):
            return action
        assert time.monotonic() < until, action
        time.sleep(0.02)


def imported(client: httpx.Client, content: bytes | str, **query: str) -> Action:
    """What became of a CSV file, once it is imported."""
    data = content.encode() if isinstance(content, str) else content
    answer = client.post("/v1/customers/importCSV", files={"file": ("people.csv", data)}, params=query)
    return ended(client, begun(answer))


def bulk(client: httpx.Client, customers: list[dict[str, Any]]) -> Action:
    """What became of customers that were sent together."""
    return ended(client, begun(client.post("/v1/customers/bulk/async", json=customers)))


def report_of(action: Action) -> list[dict[str, str]]:
    """The rows of an action's report, downloaded without a key."""
    rows: list[dict[str, str]] = []
    for url in action["result"]["reports"]:
        answer = httpx.get(url, trust_env=False)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        rows += csv.DictReader(io.StringIO(answer.content.decode(), newline=""))
    return rows
