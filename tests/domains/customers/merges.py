"""Servers over a project with an event to track and a consent to give, and what tests of merges ask of them."""

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import httpx

from patron.config import Settings, read_settings
from patron.http.server import Address, Server
from patron.running import application, bootstrap, opened
from tests.domains.customers.conftest import Made, a_source_id, ok
from tests.support.databases import numbers
from tests.support.management import MANAGEMENT_KEYS, VARIABLES
from tests.support.servers import APP_ID, APP_TOKEN, Client, Shop, serving

EVENT = "bought"
SHOP_KEYS = {"PATRON_BOOTSTRAP_APP_ID": APP_ID, "PATRON_BOOTSTRAP_APP_TOKEN": APP_TOKEN}


class Resting(NamedTuple):
    """A server that runs no jobs, so that histories stay where they are."""

    client: Client
    stop: Callable[[], None]


@contextmanager
def merging_shop(database_url: str, contract_log: Path) -> Iterator[Shop]:
    """A server whose project has the event."""
    with serving(database_url, contract_log, **VARIABLES) as shop:
        define(shop.url)
        yield shop


@contextmanager
def resting_shop(database_url: str, contract_log: Path) -> Iterator[Resting]:
    """The same in a thread of this process, without a worker beside it."""
    settings = read_settings({"PATRON_DATABASE_URL": database_url, **SHOP_KEYS, **VARIABLES})
    started: Future[Server] = Future()
    thread = Thread(target=lambda: asyncio.run(_serve(settings, started)), daemon=True)
    thread.start()
    server = started.result(30)

    def stop() -> None:
        server.stop()
        thread.join()

    define(server.url)
    client = Client(server.url, contract_log)
    yield Resting(client, stop)
    client.close()
    stop()


async def _serve(settings: Settings, started: "Future[Server]") -> None:
    async with opened(settings, migrating=True) as patron:
        await bootstrap(patron.units, settings)
        address = Address("127.0.0.1", 0)
        app = application(patron, ("a secret of tests",), address.url)
        server = Server(app, address, shutdown_seconds=1)

        async def ready() -> None:
            started.set_result(server)

        await server.serve(ready)


def define(url: str) -> None:
    """Define the event, once."""
    [project] = httpx.get(f"{url}/management/v1/projects", headers=MANAGEMENT_KEYS).json()["data"]
    path = f"{url}/management/v1/projects/{project['id']}/custom-event-schemas"
    if not httpx.get(path, headers=MANAGEMENT_KEYS).json()["data"]:
        body = {"name": EVENT, "schema": {"properties": {}}}
        httpx.post(path, json=body, headers=MANAGEMENT_KEYS).raise_for_status()


def create(client: Client, **fields: Any) -> Made:
    """A new customer, with a source_id of its own unless one is given."""
    return ok(client.post("/v1/customers", json={"source_id": a_source_id(), **fields}))


def merge(client: Client, winner: str, loser: str) -> httpx.Response:
    return client.post(f"/v1/customers/{winner}/merge", json={"source": loser})


def track(client: Client, **customer: str) -> httpx.Response:
    return client.post("/v1/events", json={"event": EVENT, "customer": customer})


def choose(client: Client, reference: str, **choices: bool) -> None:
    assert client.put(f"/v1/customers/{reference}/consents", json=choices).status_code == 204


def feed(client: Client, reference: str) -> list[Made]:
    """All entries of a feed, read two at a time."""
    entries: list[Made] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = ok(client.get(f"/v1/customers/{reference}/activity", params=query))
        entries += page["data"]
        if not page["has_more"]:
            return entries
        query["starting_after_id"] = page["more_starting_after"]


def wait_for(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def unmoved(database_url: str) -> int:
    """How many histories still stand under an old id."""
    query = "SELECT count(*) FROM merged_customers WHERE moved_at IS NULL"
    return numbers(database_url, {"n": query})["n"]
