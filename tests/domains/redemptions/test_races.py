"""Many redeem at once: no use too many, no credit spent twice, and nobody refused while something is left.

On PostgreSQL they ask two servers in turn. `--rounds 20` redeems a thousand single-use codes, and drains large cards.
"""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.domains.redemptions.conftest import (
    Told,
    a_name,
    asked,
    counted,
    made,
    made_card,
    of_voucher,
    ok,
    rolled_back,
    summary,
)
from tests.support.servers import Client, serving

Pair = tuple[Client, Client]


@pytest.fixture(scope="module")
def pair(shared_database_url: str, contract_log: Path) -> Iterator[Pair]:
    """A client of each of two servers; a SQLite file has one, so there both are of that."""
    servers = 1 if shared_database_url.startswith("sqlite") else 2
    with ExitStack() as stack:
        shops = [stack.enter_context(serving(shared_database_url, contract_log)) for _ in range(servers)]
        yield shops[0].client, shops[-1].client


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--rounds"))


def at_once(pair: Pair, bodies: list[Told], clients: int, **headers: str) -> list[httpx.Response]:
    """Redeem all of these at once, at either server in turn; who is told 503, by which nothing was done, asks again."""

    def redeem(n: int) -> httpx.Response:
        for _ in range(10):
            answer = pair[n % 2].post("/v1/redemptions", json=bodies[n], headers=headers)
            if answer.status_code != 503:
                break
            time.sleep(int(answer.headers["Retry-After"]))
        return answer

    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(redeem, range(len(bodies))))


def outcomes(answers: list[httpx.Response]) -> dict[str, int]:
    """How often each answer was given: `ok`, or the key of the refusal."""
    return dict(Counter("ok" if answer.status_code == 200 else answer.json()["key"] for answer in answers))


def test_each_single_use_code_is_redeemed_once(pair: Pair, rounds: int) -> None:
    codes = [made(pair[0], redemption={"quantity": 1}) for _ in range(17 * rounds)]
    bodies = [{"redeemables": asked(code)} for code in codes for _ in range(3)]
    found = outcomes(at_once(pair, bodies, clients=40))
    assert found == {"ok": len(codes), "quantity_exceeded": 2 * len(codes)}
    assert {of_voucher(pair[1], code)["redemption"]["redeemed_quantity"] for code in codes} == {1}


def test_a_voucher_is_redeemed_as_often_as_it_may_be(pair: Pair) -> None:
    code, who = made(pair[0], redemption={"quantity": 100}), a_name()
    bodies = [{"redeemables": asked(code), "customer": {"source_id": who}} for _ in range(200)]
    assert outcomes(at_once(pair, bodies, clients=40)) == {"ok": 100, "quantity_exceeded": 100}
    assert of_voucher(pair[1], code)["redemption"]["redeemed_quantity"] == 100
    assert counted(pair[1], who) == {"total_redeemed": 200, "total_succeeded": 100, "total_failed": 100}


def test_a_card_is_drained_to_the_last_credit(pair: Pair, rounds: int) -> None:
    balance = 500 * rounds
    card, holder = made_card(pair[0], balance), a_name()
    ok(pair[0].post("/v1/publications", json={"voucher": card, "customer": {"source_id": holder}}))
    amounts = [7 + n % 13 for n in range(60 * rounds)]
    bodies = [{"redeemables": asked((card, amount)), "order": {"amount": 1_000}} for amount in amounts]
    answers = at_once(pair, bodies, clients=30)
    spent = sum(answer.json()["redemptions"][0]["amount"] for answer in answers if answer.status_code == 200)
    assert set(outcomes(answers)) <= {"ok", "gift_amount_exceeded"}
    left = of_voucher(pair[1], card)["gift"]["balance"]
    assert (spent + left, left < max(amounts)) == (balance, True)
    assert counted(pair[1], holder).get("amount_to_go", 0) == left


def test_one_customer_redeems_many_things_at_once(pair: Pair) -> None:
    who = a_name()
    bodies = [
        {"redeemables": asked(made(pair[0])), "customer": {"source_id": who}, "order": {"amount": 100}}
        for _ in range(60)
    ]
    assert outcomes(at_once(pair, bodies, clients=30)) == {"ok": 60}
    assert counted(pair[1], who) == {"total_redeemed": 60, "total_succeeded": 60}
    orders = summary(pair[1], who)["orders"]
    assert (orders["total_count"], orders["total_amount"]) == (60, 60 * 90)


def test_what_is_sent_again_with_its_key_is_redeemed_once(pair: Pair) -> None:
    code, who = made(pair[0]), a_name()
    body = {
        "redeemables": asked(code),
        "customer": {"source_id": who},
        "order": {"source_id": a_name("o"), "amount": 9},
    }
    answers = at_once(pair, [body] * 30, clients=30, **{"Idempotency-Key": a_name("key")})
    assert {ok(answer)["redemptions"][0]["id"] for answer in answers} == {answers[0].json()["redemptions"][0]["id"]}
    assert of_voucher(pair[1], code)["redemption"]["redeemed_quantity"] == 1
    assert counted(pair[1], who) == {"total_redeemed": 1, "total_succeeded": 1}


def test_one_order_is_redeemed_for_by_many(pair: Pair) -> None:
    order = {"source_id": a_name("order"), "amount": 1_000}
    off = {"type": "AMOUNT", "amount_off": 10}
    bodies = [{"redeemables": asked(made(pair[0], discount=off)), "order": order} for _ in range(30)]
    answers = at_once(pair, bodies, clients=30)
    stored = ok(pair[1].get(f"/v1/orders/{order['source_id']}"))
    redeemed = outcomes(answers)["ok"]
    assert (stored["total_discount_amount"], len(stored["redemptions"])) == (10 * redeemed, redeemed)
    assert redeemed == 30


def test_a_redemption_is_rolled_back_once(pair: Pair) -> None:
    card, who = made_card(pair[0], 500), a_name()
    body = {"redeemables": asked((card, 200)), "customer": {"source_id": who}, "order": {"amount": 900}}
    [redemption] = ok(pair[0].post("/v1/redemptions", json=body))["redemptions"]
    with ThreadPoolExecutor(30) as pool:
        answers = list(pool.map(lambda n: rolled_back(pair[n % 2], redemption["id"]), range(30)))
    assert outcomes(answers) == {"ok": 1, "already_rolled_back": 29}
    assert of_voucher(pair[1], card)["gift"]["balance"] == 500
    moved = counted(pair[1], who)
    assert (moved["total_rollback_succeeded"], moved["total_rollback_failed"]) == (1, 29)


def test_uses_that_are_given_back_are_redeemed_again(pair: Pair) -> None:
    """Redemptions and rollbacks of one voucher at once: never more in use than it has."""
    code = made(pair[0], redemption={"quantity": 5})

    def take_and_give_back(n: int) -> Any:
        answer = pair[n % 2].post("/v1/redemptions", json={"redeemables": asked(code)})
        if answer.status_code == 200:
            assert answer.json()["redemptions"][0]["voucher"]["redemption"]["redeemed_quantity"] <= 5
            ok(rolled_back(pair[(n + 1) % 2], answer.json()["redemptions"][0]["id"]))
        return answer

    with ThreadPoolExecutor(30) as pool:
        answers = list(pool.map(take_and_give_back, range(90)))
    assert set(outcomes(answers)) <= {"ok", "quantity_exceeded"}
    assert of_voucher(pair[1], code)["redemption"]["redeemed_quantity"] == 0
