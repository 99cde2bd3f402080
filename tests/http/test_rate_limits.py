"""Rate limits: off unless a project has one, told in headers, and over with the minute."""

from collections.abc import Iterator

import httpx
import pytest

from patron.http.rate_limits import MINUTE_MS, RateLimits
from patron.kernel.problems import Problem
from tests.http.conftest import ToyServer
from tests.http.test_refusals import refused
from tests.http.toys import OTHER_KEY

NOON = 1_795_521_600_000
"""A moment at which a minute begins."""


@pytest.fixture
def limited(server: ToyServer, client: httpx.Client) -> Iterator[httpx.Client]:
    server.toys.limit = 3
    yield client
    server.toys.limit = None


def test_without_a_limit_nothing_is_told(client: httpx.Client) -> None:
    headers = client.get("/v1/notes").headers
    assert not [name for name in headers if name.lower().startswith("x-rate-limit")]


def test_past_the_limit_it_is_a_429_that_says_when_to_go_on(limited: httpx.Client) -> None:
    answers = [limited.get("/v1/notes") for _ in range(8)]
    over = answers[-1]
    refused(over, 429, "too_many_requests")
    assert 1 <= int(over.headers["Retry-After"]) <= 60
    assert (over.headers["X-Rate-Limit-Limit"], over.headers["X-Rate-Limit-Remaining"]) == ("3", "0")
    assert over.headers["X-Rate-Limit-Type"] == "api_calls"
    assert 200 in [answer.status_code for answer in answers]


def test_one_project_uses_up_nothing_of_another(limited: httpx.Client) -> None:
    for _ in range(8):
        limited.get("/v1/notes")
    assert limited.get("/v1/notes", headers=OTHER_KEY).status_code == 200


def test_the_headers_count_down_and_name_the_end_of_the_minute() -> None:
    limits = RateLimits()
    for remaining in (1, 0):
        headers: list[tuple[str, str]] = []
        limits.take("proj_1", 2, NOON + 15_500, headers)
        assert dict(headers) == {
            "X-Rate-Limit-Limit": "2",
            "X-Rate-Limit-Remaining": str(remaining),
            "X-Rate-Limit-Retry": str((NOON + MINUTE_MS) // 1000),
            "X-Rate-Limit-Type": "api_calls",
        }
    with pytest.raises(Problem) as refusal:
        limits.take("proj_1", 2, NOON + 15_500, [])
    assert refusal.value.retry_after == 45


def test_the_next_minute_begins_anew() -> None:
    limits = RateLimits()
    limits.take("proj_1", 1, NOON + 59_999, [])
    with pytest.raises(Problem) as refusal:
        limits.take("proj_1", 1, NOON + 59_999, [])
    assert refusal.value.retry_after == 1
    limits.take("proj_1", 1, NOON + MINUTE_MS, [])
