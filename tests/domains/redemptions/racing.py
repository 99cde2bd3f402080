"""Redeeming many things at once, at two servers in turn."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.domains.redemptions.conftest import Told
from tests.support.servers import Pair


def at_once(pair: Pair, bodies: list[Told], clients: int, **headers: str) -> list[httpx.Response]:
    """Redeem all of these at once, at either server in turn."""

    def redeem(n: int) -> httpx.Response:
        return pair[n % 2].post("/v1/redemptions", json=bodies[n], headers=headers)

    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(redeem, range(len(bodies))))


def outcomes(answers: list[httpx.Response]) -> dict[str, int]:
    """How often each answer was given: `ok`, or the key of the refusal."""
    return dict(Counter("ok" if answer.status_code == 200 else answer.json()["key"] for answer in answers))
