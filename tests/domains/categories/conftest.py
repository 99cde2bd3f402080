"""A server for all tests of a file, and an empty project for each test."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.domains.vouchers.conftest import Made, ok, refused
from tests.support.management import Managed, managed

__all__ = ["Made", "ok", "refused"]

_numbers = count()


@pytest.fixture(scope="module")
def server(shared_database_url: str, contract_log: Path) -> Iterator[Managed]:
    with managed(shared_database_url, contract_log) as server:
        yield server


@pytest.fixture
def project(server: Managed) -> Made:
    """A new project."""
    return server.new_project()


@pytest.fixture
def shop(server: Managed, project: Made) -> Iterator[httpx.Client]:
    """A client with the new project's server key."""
    with server.shop_of(project) as client:
        yield client


@pytest.fixture
def rules_path(project: Made) -> str:
    """Where the project's stacking rules are."""
    return f"/management/v1/projects/{project['id']}/stacking-rules"


def category(client: httpx.Client, **fields: Any) -> Made:
    """A category that is created, under a name of its own."""
    body = {"name": f"Category {next(_numbers)}", "hierarchy": 1, **fields}
    return ok(client.post("/v1/categories", json=body))
