"""A server whose project has a management key, and projects that are made through it."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from tests.support.servers import KEYS, Client, Shop, serving

MANAGEMENT_KEYS = {"X-Management-Id": "manager", "X-Management-Token": "a-management-token"}
PROJECT = {"name": "Shop", "timezone": "Europe/Warsaw", "currency": "EUR", "case_sensitive_codes": True}
CLIENT_KEYS = {"X-Client-Application-Id": "web", "X-Client-Token": "public"}
PAGES = "https://shop.example"
VARIABLES = {
    "PATRON_BOOTSTRAP_MANAGEMENT_ID": MANAGEMENT_KEYS["X-Management-Id"],
    "PATRON_BOOTSTRAP_MANAGEMENT_TOKEN": MANAGEMENT_KEYS["X-Management-Token"],
    "PATRON_BOOTSTRAP_CLIENT_ID": CLIENT_KEYS["X-Client-Application-Id"],
    "PATRON_BOOTSTRAP_CLIENT_TOKEN": CLIENT_KEYS["X-Client-Token"],
    "PATRON_BOOTSTRAP_CLIENT_ORIGINS": PAGES,
    "PATRON_TRUSTED_PROXIES": "127.0.0.1",
}

_numbers = count()


class Managed:
    """A server, and a client with its management key. Every answer goes to the contract's log."""

    def __init__(self, shop: Shop, contract_log: Path) -> None:
        self.shop = shop
        self.url = shop.url
        self._contract_log = contract_log
        self._clients: list[httpx.Client] = []
        self.manager = self.client(MANAGEMENT_KEYS)

    def client(self, keys: dict[str, str]) -> httpx.Client:
        """A client with these keys instead of the shop's, open until the server ends."""
        client = Client(self.url, self._contract_log)
        self._clients.append(client)
        for name in KEYS:
            del client.headers[name]
        client.headers.update(keys)
        return client

    def close(self) -> None:
        """Close every client; one that is closed already stays so."""
        for client in self._clients:
            client.close()

    def new_project(self, **fields: Any) -> dict[str, Any]:
        """A project that the management key creates; the answer's body."""
        body = {**PROJECT, "name": f"Shop {next(_numbers)}", **fields}
        answer = self.manager.post("/management/v1/projects", json=body)
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def define_event(self, name: str, **properties: Any) -> None:
        """Define an event in the shop's own project."""
        project = self.manager.get("/management/v1/projects").json()["data"][-1]["id"]
        body = {"name": name, "schema": {"properties": properties}}
        answer = self.manager.post(f"/management/v1/projects/{project}/custom-event-schemas", json=body)
        assert answer.status_code == 200, answer.text

    def shop_of(self, project: dict[str, Any]) -> httpx.Client:
        """A client with the server key of a project that was created just now."""
        key = project["server_side_key"]
        return self.client({"X-App-Id": key["app_id"], "X-App-Token": key["app_token"]})


@contextmanager
def managed(database_url: str, contract_log: Path) -> Iterator[Managed]:
    """A server whose first project has a management key."""
    with serving(database_url, contract_log, **VARIABLES) as shop:
        server = Managed(shop, contract_log)
        yield server
        server.close()
