"""A server for all tests of a file, whose project has keys of each kind; customers, definitions and events in it."""

import asyncio
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from patron.config import Settings
from patron.running import opened, project_ids
from tests.support.management import MANAGEMENT_KEYS, VARIABLES
from tests.support.servers import KEYS, Client, Shop, serving

Made = dict[str, Any]
Make = Callable[..., Made]

_numbers = count()


@pytest.fixture(scope="module")
def server(shared_database_url: str, contract_log: Path) -> Iterator[Shop]:
    with serving(shared_database_url, contract_log, **VARIABLES) as shop:
        yield shop


@pytest.fixture
def client(server: Shop) -> httpx.Client:
    return server.client


@pytest.fixture(scope="module")
def project_id(server: Shop, shared_database_url: str) -> str:
    return asyncio.run(_project(shared_database_url))


async def _project(url: str) -> str:
    async with opened(Settings(database_url=url), migrating=False) as patron:
        [project_id] = await project_ids(patron)
        return project_id


class Definitions:
    """The project's definitions of events: what follows their path goes into each call, `""` for all of them."""

    def __init__(self, client: Client, project_id: str) -> None:
        self.client = client
        self.path = f"/management/v1/projects/{project_id}/custom-event-schemas"

    def get(self, rest: str = "") -> httpx.Response:
        return self.client.get(self.path + rest)

    def post(self, body: Made) -> httpx.Response:
        return self.client.post(self.path, json=body)

    def put(self, rest: str, body: Made) -> httpx.Response:
        return self.client.put(self.path + rest, json=body)

    def delete(self, rest: str) -> httpx.Response:
        return self.client.delete(self.path + rest)


@pytest.fixture(scope="module")
def definitions(server: Shop, project_id: str, contract_log: Path) -> Iterator[Definitions]:
    with Client(server.url, contract_log) as manager:
        for name in KEYS:
            del manager.headers[name]
        manager.headers.update(MANAGEMENT_KEYS)
        yield Definitions(manager, project_id)


@pytest.fixture
def define(definitions: Definitions) -> Make:
    """Define an event with these properties, under a name of its own unless one is given."""

    def define(name: str | None = None, **properties: Made) -> Made:
        body = {"name": name or a_name("event"), "schema": {"properties": properties}}
        return ok(definitions.post(body))

    return define


@pytest.fixture
def make(client: httpx.Client) -> Make:
    """Create a customer with a source_id of its own, and these fields; the answer's body."""

    def make(**fields: Any) -> Made:
        return ok(client.post("/v1/customers", json={"source_id": a_name("customer"), **fields}))

    return make


def a_name(what: str) -> str:
    """One that no other test uses."""
    return f"{what}-{next(_numbers)}"


def ok(answer: httpx.Response) -> Made:
    """The body of an answer that must be a 200."""
    assert answer.status_code == 200, answer.text
    body: Made = answer.json()
    return body


def refused(answer: httpx.Response, status: int, key: str) -> str:
    """The details of a refusal."""
    body = answer.json()
    assert (answer.status_code, body["key"]) == (status, key), answer.text
    return str(body["details"])


def feed_of(client: httpx.Client, customer: str, **query: Any) -> list[Made]:
    """The entries of a page of a customer's feed, the whole of it unless the query says otherwise."""
    page = ok(client.get(f"/v1/customers/{customer}/activity", params={"limit": 100, **query}))
    entries: list[Made] = page["data"]
    return entries


def kinds_of(entries: list[Made]) -> list[str]:
    """What the entries are."""
    return [entry["type"] for entry in entries]
