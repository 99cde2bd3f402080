"""Both databases answer any sequence of requests alike, but for ids and times.

Answers are compared as JSON: PostgreSQL keeps the keys of metadata in an order of its own.
"""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.databases import Postgres, sqlite_file
from tests.support.servers import Client, serving

Operation = tuple[str, str, dict[str, Any] | None, str | None]
"""Method, path with its query (`{n}` is the round's number), body, Idempotency-Key."""

_rounds = count()

SOURCE_IDS = st.sampled_from(("a/{n}", "B {n}", "ü{n}", "c{n}", "Z{n}"))
TEXTS = st.none() | st.sampled_from(("", "x", "Ada", "Łódź", "%_", "'; --"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e6, 1e6) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("kl"), inner, max_size=2),
    max_leaves=4,
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "name": TEXTS | st.just(5),
        "email": TEXTS,
        "birthdate": st.sampled_from((None, "2000-02-29", "2023-02-29")),
        "address": st.none() | st.dictionaries(st.sampled_from(("city", "state")), TEXTS, max_size=2),
        "metadata": st.none() | st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3),
    },
)
KEYS = st.none() | st.sampled_from(("{n} first", "{n} second"))
QUERIES = st.sampled_from(
    (
        "order=source_id&limit=3",
        "order=-source_id&limit=2&page=2",
        "order=source_id&limit=100&name=Ada",
        "order=source_id&limit=100&city=%C5%81%C3%B3d%C5%BA",
        "order=source_id&email=%25_",
        "order=source_id&updated_at[after]=2001-01-01",
        "order=source_id&updated_at[before]=2001-01-01",
        "limit=0",
        "order=name",
    )
)


def _path(source_id: str) -> str:
    return f"/v1/customers/{quote(source_id.replace('{n}', '@'), safe='@').replace('@', '{n}')}"


def _upsert(parts: tuple[str, dict[str, Any], str | None]) -> Operation:
    source_id, fields, key = parts
    return "POST", "/v1/customers", {"source_id": source_id, **fields}, key


def _update(parts: tuple[str, dict[str, Any], str | None]) -> Operation:
    source_id, fields, key = parts
    return "PUT", _path(source_id), fields, key


OPERATIONS = st.one_of(
    st.tuples(SOURCE_IDS, FIELDS, KEYS).map(_upsert),
    st.tuples(SOURCE_IDS, FIELDS, KEYS).map(_update),
    SOURCE_IDS.map(lambda source_id: ("GET", _path(source_id), None, None)),
    st.tuples(SOURCE_IDS, KEYS).map(lambda parts: ("DELETE", _path(parts[0]), None, parts[1])),
    QUERIES.map(lambda query: ("GET", f"/v1/customers?{query}", None, None)),
)


@pytest.fixture(scope="module")
def clients(postgres: Postgres, contract_log: Path) -> Iterator[tuple[Client, Client]]:
    """A server on each database; both are told the same from the first request on."""
    with ExitStack() as stack:
        urls = (stack.enter_context(sqlite_file()), stack.enter_context(postgres.database()))
        first, second = (stack.enter_context(serving(url, contract_log)).client for url in urls)
        yield first, second


@given(st.lists(OPERATIONS, min_size=3, max_size=12))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_two_databases_give_the_same_answers(clients: tuple[Client, Client], operations: list[Operation]) -> None:
    n = str(next(_rounds))
    known: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for operation in operations:
        first, second = (_answer(client, operation, n, ids) for client, ids in zip(clients, known, strict=True))
        assert first == second, operation


def _answer(client: Client, operation: Operation, n: str, ids: dict[str, str]) -> tuple[Any, ...]:
    method, path, body, key = operation
    if body is not None and "source_id" in body:
        body = {**body, "source_id": body["source_id"].replace("{n}", n)}
    headers = {} if key is None else {"Idempotency-Key": key.replace("{n}", n)}
    answer = client.request(method, path.replace("{n}", n), json=body, headers=headers)
    assert answer.status_code < 500
    text = _without_chance(answer.text, ids)
    return answer.status_code, answer.headers.get("Idempotency-Replayed"), json.loads(text) if text else None


def _without_chance(text: str, ids: dict[str, str]) -> str:
    """The text with ids by the order of their appearance, and without times, request ids, cursors and links."""
    text = re.sub(r"cust_\w{24}", lambda found: ids.setdefault(found[0], f"customer {len(ids)}"), text)
    text = re.sub(r'"\d{4}-\d\d-\d\dT[^"]*Z"', '"time"', text)
    return re.sub(r'"(request_id|next_cursor|cockpit_url)":"[^"]*"', r'"\1":"…"', text)
