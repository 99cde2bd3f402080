"""A server for all tests of a file, and an empty project for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.management import Managed, managed

Body = dict[str, Any]
Define = Callable[..., Body]


@pytest.fixture(scope="module")
def server(shared_database_url: str, contract_log: Path) -> Iterator[Managed]:
    with managed(shared_database_url, contract_log) as server:
        yield server


@pytest.fixture
def project(server: Managed) -> Body:
    """A new project."""
    return server.new_project()


@pytest.fixture
def shop(server: Managed, project: Body) -> Iterator[httpx.Client]:
    """A client with the new project's server key."""
    with server.shop_of(project) as client:
        yield client


@pytest.fixture
def define(shop: httpx.Client) -> Define:
    """Create a schema for customers, or of another name, with these definitions."""

    def define(related_object: str = "customer", allow_defined_only: bool | None = None, **properties: Body) -> Body:
        body: Body = {"related_object": related_object, "properties": properties}
        if allow_defined_only is not None:
            body["allow_defined_only"] = allow_defined_only
        return ok(shop.post("/v1/metadata-schemas", json=body))

    return define


def a(kind: str = "string", **constraints: Any) -> Body:
    """A definition, optional and no array unless something else is said."""
    return {"type": kind, "array": False, "optional": True, **constraints}


def ok(answer: httpx.Response) -> Body:
    """The body of an answer that must be a 200."""
    assert answer.status_code == 200, answer.text
    body: Body = answer.json()
    return body


def refused(answer: httpx.Response, status: int, key: str) -> Body:
    """The body of a refusal."""
    body: Body = answer.json()
    assert (answer.status_code, body["key"]) == (status, key), answer.text
    return body
