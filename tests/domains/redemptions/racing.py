"""Redeeming many things at once, at two servers in turn."""

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.domains.redemptions.conftest import Told
from tests.support.servers import Pair


def at_once(pair: Pair, bodies: list[Told], clients: int, **headers: str) -> list[httpx.Response]:
    """Redeem all of these at once, at either server in turn."""

    def redeem(n: int) -> httpx.Response:
        return patiently(lambda: pair[n % 2].post("/v1/redemptions", json=bodies[n], headers=headers))

    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(redeem, range(len(bodies))))


def patiently(ask: Callable[[], httpx.Response]) -> httpx.Response:
    """The answer; who is told 503, by which nothing was done, asks again."""
    for _ in range(10):
        answer = ask()
        if answer.status_code != 503:
            break
        time.sleep(int(answer.headers["Retry-After"]))
    return answer


def outcomes(answers: list[httpx.Response]) -> dict[str, int]:
    """How often each answer was given: `ok`, or the key of the refusal."""
    return dict(Counter("ok" if answer.status_code == 200 else answer.json()["key"] for answer in answers))
