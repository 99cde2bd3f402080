"""A browser, a shop, and a customer's page in it."""

import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser

from tests.support.browsers import Tab, a_tab, chromium
from tests.support.management import VARIABLES
from tests.support.node import install
from tests.support.servers import Shop, serving

SECRET = "a secret that tests alone would have"
SOURCES = Path(__file__).with_name("javascript")

Made = dict[str, Any]
Make = Callable[..., Made]
Choose = Callable[..., None]
OpenTab = Callable[..., AbstractAsyncContextManager[Tab]]

_numbers = count()


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The script that looks for barriers."""
    packages = install(SOURCES, tmp_path_factory.mktemp("axe"))
    return (packages / "axe-core" / "axe.min.js").read_text()


@pytest.fixture(scope="session")
def artefacts(request: pytest.FixtureRequest) -> Path | None:
    """Where pictures are to be kept, if somewhere."""
    chosen: Path | None = request.config.getoption("--artefacts")
    if chosen is not None:
        chosen.mkdir(parents=True, exist_ok=True)
    return chosen


@pytest.fixture(scope="module")
def open_shop(shared_database_url: str, contract_log: Path) -> Iterator[Shop]:
    """A server whose secret is known, for all tests of a module."""
    with serving(shared_database_url, contract_log, PATRON_SECRET_KEY=SECRET, **VARIABLES) as shop:
        yield shop


@pytest.fixture(scope="module")
def anyone(open_shop: Shop) -> Iterator[httpx.Client]:
    """A client without a key."""
    with httpx.Client(verify=False, base_url=open_shop.url, timeout=30) as client:
        yield client


@pytest.fixture
def make(open_shop: Shop) -> Make:
    """Create a customer with these fields; the answer's body."""

    def make(**fields: Any) -> Made:
        body = {"source_id": f"source-{next(_numbers)}", "name": "Ada Lovelace", **fields}
        answer = open_shop.client.post("/v1/customers", json=body)
        assert answer.status_code == 200, answer.text
        made: Made = answer.json()
        return made

    return make


@pytest.fixture
def tab(browser: Browser, open_shop: Shop) -> OpenTab:
    """Open a tab for the shop's pages; options are those of a browser's context, and `size`."""
    return partial(a_tab, browser, open_shop.url)


def link_of(customer: Made) -> str:
    """The address of a customer's page."""
    link: str = customer["assets"]["cockpit_url"]
    return link


@pytest.fixture(scope="module")
def choose(open_shop: Shop, shared_database_url: str) -> Choose:
    """Change the project's settings, by options of `patron projects set`."""

    def patron(*arguments: str) -> str:
        environment = {"PATH": os.defpath, "PATRON_DATABASE_URL": shared_database_url, "COLUMNS": "200"}
        command = [sys.executable, "-m", "patron.cli.main", "projects", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    [project_id] = set(re.findall(r"proj_\w+", patron("list")))

    def choose(*options: str) -> None:
        patron("set", project_id, *options)
        time.sleep(1.1)  # servers follow within a second

    return choose


@pytest.fixture(scope="module")
def asked(open_shop: Shop) -> list[str]:
    """The ids of three consents, of which the first two are a group."""
    client = open_shop.client
    ids = [
        _made(client.post("/v1/consents", json={"name": name, "description": text}))["id"]
        for name, text in (("News", "Once a week."), ("Offers", ""), ("Birthday", "A present for you."))
    ]
    _made(client.post("/v1/consent-groups", json={"name": "By email", "consents": ids[:2]}))
    return ids


def _made(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body
