"""A client that asks again, as the documentation says, where a server had too much to do."""

import time
from collections.abc import Callable

import httpx


def patiently(ask: Callable[[], httpx.Response]) -> httpx.Response:
    """The answer; who is told 503, by which nothing was done, asks again."""
    for _ in range(10):
        answer = ask()
        if answer.status_code != 503:
            break
        time.sleep(int(answer.headers["Retry-After"]))
    return answer
