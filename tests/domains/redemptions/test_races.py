"""Many redeem at once: no use too many, no credit spent twice, and nobody refused while something is left.

On PostgreSQL they ask two servers in turn. `--rounds 20` redeems a thousand single-use codes, and drains large cards.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.domains.redemptions.conftest import (
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
from tests.domains.redemptions.racing import at_once, outcomes
from tests.support.servers import Pair


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
