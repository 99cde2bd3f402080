"""Thirty at once: no session more than there are uses, and never more credits held than a card has.

On PostgreSQL they ask two servers in turn; `--rounds 20` asks for longer.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from tests.domains.validations.conftest import validate, vouchers
from tests.domains.vouchers.conftest import a_code, discount, gift, ok
from tests.support.servers import Pair

CLIENTS = 30
HUNDRED = {"amount": 10_000}
AT_A_TIME = 3


def at_once(pair: Pair, deed: Callable[[httpx.Client, int], Any], times: int = CLIENTS) -> list[Any]:
    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(lambda n: deed(pair[n % 2], n), range(times)))


def a_voucher(pair: Pair, quantity: int) -> str:
    body = discount(code=a_code(), redemption={"quantity": quantity})
    return str(ok(pair[0].post("/v1/vouchers", json=body))["code"])


def test_a_voucher_of_four_has_exactly_four_sessions(pair: Pair, rounds: int) -> None:
    for _ in range(rounds):
        code = a_voucher(pair, 4)
        told = at_once(pair, lambda client, _, code=code: validate(client, code, session={"type": "LOCK"}))  # type: ignore[misc]
        assert sum(each["valid"] for each in told) == 4


def test_credits_are_never_held_twice(pair: Pair, rounds: int) -> None:
    for _ in range(rounds):
        code = str(ok(pair[0].post("/v1/vouchers", json=gift(1_000, code=a_code())))["code"])
        asked = vouchers(code, credits=150)

        def hold(client: httpx.Client, _: int, asked: Any = asked) -> Any:
            return validate(client, redeemables=asked, order=HUNDRED, session={"type": "LOCK"})

        assert sum(each["valid"] for each in at_once(pair, hold)) == 6
        [entry] = validate(pair[1], code, order=HUNDRED)["redeemables"]
        assert entry["result"]["gift"] == {"balance": 100, "credits": 100, "locked_credits": 900}


def test_sessions_that_come_and_go_never_hold_too_much(pair: Pair, rounds: int) -> None:
    """Each has a key of its own, holds, is released or ends by itself, and holds again; who holds notes it."""
    code = a_voucher(pair, AT_A_TIME)
    holding: set[int] = set()
    ways = [("release", "end", "again")[n * 7 // 5 % 3] for n in range(CLIENTS * rounds)]

    def come_and_go(client: httpx.Client, n: int) -> None:
        key = f"{code}-{n}"
        short = {"ttl": 30, "ttl_unit": "MILLISECONDS"} if ways[n] == "end" else {}
        told = validate(client, code, session={"type": "LOCK", "key": key, **short})
        if not told["valid"]:
            return
        if ways[n] != "end":
            holding.add(n)
            assert len(holding) <= AT_A_TIME
        if ways[n] == "again":
            assert validate(client, code, session={"type": "LOCK", "key": key})["valid"]
        if ways[n] != "end":
            holding.discard(n)
            assert client.delete(f"/v1/vouchers/{code}/sessions/{key}").status_code == 204

    at_once(pair, come_and_go, CLIENTS * rounds)
    time.sleep(0.1)
    told = [validate(pair[0], code, session={"type": "LOCK"})["valid"] for _ in range(AT_A_TIME + 1)]
    assert told == [True] * AT_A_TIME + [False]
