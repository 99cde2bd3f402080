"""Many redeem at once what rules limit, and what sessions hold: the limit is met exactly, and never passed.

On PostgreSQL they ask two servers in turn. `--rounds 20` asks for longer.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import apsw
import asyncpg
import httpx
import pytest

from patron.config import Settings
from patron.domains.projects.actions.change_settings import change_settings
from patron.domains.projects.wire import ProjectPatch
from patron.kernel.clock import now_ms
from patron.kernel.zones import zone_of
from patron.running import opened, project_ids
from tests.domains.campaigns.conftest import coupons
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
)
from tests.domains.redemptions.racing import at_once, outcomes
from tests.domains.validation_rules.conftest import PATH, rule
from tests.domains.validations.conftest import validate
from tests.support.servers import Pair

CLIENTS = 30
LOCK: Told = {"type": "LOCK"}
VIOLATED = "redemption_rules_violated"
_numbers = count()


def under(pair: Pair, name: str, limit: int) -> Told:
    """A rule by which so much may be counted, and no more."""
    rules = {"1": rule(name, "$less_than_or_equal", limit)}
    return ok(pair[0].post(PATH, json={"name": f"Limit {next(_numbers)}", "rules": rules}))


def of_campaign(pair: Pair, name: str, limit: int, codes: int) -> list[str]:
    """So many codes of a campaign that is under such a rule."""
    limited = under(pair, name, limit)
    campaign = ok(pair[0].post("/v1/campaigns", json=coupons(validation_rules=[limited["id"]])))
    return [made(pair[0], campaign=campaign["name"]) for _ in range(codes)]


def of_amount(code: str, amount: int, **fields: Any) -> Told:
    return {"redeemables": asked(code), "order": {"amount": amount}, **fields}


def test_a_campaign_is_redeemed_as_often_as_it_may_be(pair: Pair, rounds: int) -> None:
    limit = 7 * rounds
    codes = of_campaign(pair, "campaign.redemptions.count", limit, 20)
    found = outcomes(at_once(pair, [of_amount(code, 1_000) for code in codes * rounds], CLIENTS))
    assert found == {"ok": limit, VIOLATED: 13 * rounds}


def test_a_campaigns_budget_of_orders_is_spent_to_the_last(pair: Pair, rounds: int) -> None:
    codes = of_campaign(pair, "campaign.orders.amount", 50_000 * rounds, 20)
    found = outcomes(at_once(pair, [of_amount(code, 10_000) for code in codes * rounds], CLIENTS))
    assert found == {"ok": 5 * rounds, VIOLATED: 15 * rounds}


def test_a_campaigns_budget_of_discounts_is_spent_until_no_more_goes_into_it(pair: Pair, rounds: int) -> None:
    limit = 7_000 * rounds
    codes = of_campaign(pair, "campaign.orders.amount_discounted", limit, 20)
    amounts = [3_000 + n * 7_919 % 9_000 for n in range(20 * rounds)]
    answers = at_once(pair, [of_amount(codes[n % 20], amount) for n, amount in enumerate(amounts)], CLIENTS)
    assert set(outcomes(answers)) == {"ok", VIOLATED}
    orders = [answer.json()["order"] for answer in answers if answer.status_code == 200]
    spent = sum(order["total_applied_discount_amount"] for order in orders)
    refused = [amount for amount, answer in zip(amounts, answers, strict=True) if answer.status_code == 400]
    assert limit - min(refused) // 10 < spent <= limit


@pytest.mark.parametrize("name", ["redemption.count.per_customer", "campaign.redemptions.customers_count"])
def test_each_customer_redeems_as_often_as_they_may(pair: Pair, rounds: int, name: str) -> None:
    """Customers who are new as well: nobody has counted anything for them yet."""
    if name.startswith("campaign"):
        codes = of_campaign(pair, name, 4, 10)
    else:
        codes = [made(pair[0], validation_rules=[under(pair, name, 4)["id"]])]
    people = [a_name() for _ in range(rounds)]
    bodies = [
        {"redeemables": asked(codes[n % len(codes)]), "customer": {"source_id": who}}
        for n in range(15)
        for who in people
    ]
    assert outcomes(at_once(pair, bodies, CLIENTS)) == {"ok": 4 * rounds, VIOLATED: 11 * rounds}
    for who in people:
        assert counted(pair[1], who) == {"total_redeemed": 15, "total_succeeded": 4, "total_failed": 11}


def test_a_day_begins_in_the_projects_zone(pair: Pair, shared_database_url: str, rounds: int) -> None:
    """Of what was redeemed before, the day has what was redeemed since midnight there, and thirty share the rest."""
    begin = _so_that_it_is_morning(shared_database_url)
    code, limit = made(pair[0]), 4 + 3 * rounds
    before = [
        ok(pair[0].post("/v1/redemptions", json={"redeemables": asked(code)}))["redemptions"][0] for _ in range(9)
    ]
    for n, redemption in enumerate(before):
        _move(shared_database_url, redemption["id"], begin - 1 if n < 5 else begin)
    limited = under(pair, "redemption.count.daily", limit)
    ok(
        pair[0].post(
            f"{PATH}/{limited['id']}/assignments", json={"related_object_type": "voucher", "related_object_id": code}
        )
    )
    bodies = [{"redeemables": asked(code)} for _ in range(10 * rounds)]
    assert outcomes(at_once(pair, bodies, CLIENTS)) == {"ok": 3 * rounds, VIOLATED: 7 * rounds}
    ok(rolled_back(pair[1], before[0]["id"]))
    assert outcomes(at_once(pair, bodies[:1], 1)) == {VIOLATED: 1}, "yesterday's gives nothing back to today"
    ok(rolled_back(pair[1], before[-1]["id"]))
    assert outcomes(at_once(pair, bodies[:2], 2)) == {"ok": 1, VIOLATED: 1}


def _so_that_it_is_morning(database_url: str) -> int:
    """Choose a zone where it is about nine, and which is not that of UTC; when its day began (epoch ms)."""
    ahead = 9 - now_ms() // 3_600_000 % 24 or 3
    name = f"Etc/GMT{-ahead:+d}"
    asyncio.run(_choose(database_url, name))
    zone = zone_of(name)
    return zone.start_of(zone.day_of(now_ms()))


async def _choose(database_url: str, timezone: str) -> None:
    async with opened(Settings(database_url=database_url), migrating=False) as patron:
        [project_id] = await project_ids(patron)
        await change_settings(patron.units, project_id, ProjectPatch(timezone=timezone))


def _move(database_url: str, redemption_id: str, moment: int) -> None:
    """Let a redemption be of another moment than it was made at."""
    change = f"UPDATE redemptions SET created_at = {moment} WHERE id = '{redemption_id}'"
    if database_url.startswith("sqlite"):
        connection = apsw.Connection(database_url.removeprefix("sqlite:///"))
        connection.set_busy_timeout(5_000)
        connection.execute(change)
        connection.close()
    else:
        asyncio.run(_execute(database_url, change))


async def _execute(database_url: str, change: str) -> None:
    session = await asyncpg.connect(database_url)
    await session.execute(change)
    await session.close()


def test_a_budget_that_is_given_back_is_spent_again(pair: Pair, rounds: int) -> None:
    codes = of_campaign(pair, "campaign.orders.amount_discounted", 500, 10)

    def take_and_give_back(n: int) -> httpx.Response:
        body = of_amount(codes[n % 10], 1_000)
        answer = pair[n % 2].post("/v1/redemptions", json=body)
        if answer.status_code == 200:
            ok(rolled_back(pair[(n + 1) % 2], answer.json()["redemptions"][0]["id"]))
        return answer

    with ThreadPoolExecutor(CLIENTS) as pool:
        found = outcomes(list(pool.map(take_and_give_back, range(CLIENTS * rounds))))
    assert (set(found) <= {"ok", VIOLATED}, found["ok"] >= 5) == (True, True)
    assert outcomes(at_once(pair, [of_amount(code, 1_000) for code in codes], 10)) == {"ok": 5, VIOLATED: 5}


def held(pair: Pair, n: int, redeemables: list[Told]) -> tuple[bool, httpx.Response]:
    """Hold these by a session of one's own, and redeem them by its key: whether they were held, and the answer."""
    key = a_name("session")
    body: Told = {"redeemables": redeemables, "order": {"amount": 1_000}}
    told = ok(pair[n % 2].post("/v1/validations", json={**body, "session": {**LOCK, "key": key}}))
    redeeming = {**body, "session": {**LOCK, "key": key}}
    return told["valid"], pair[(n + 1) % 2].post("/v1/redemptions", json=redeeming)


def test_who_holds_a_use_redeems_it_while_others_take_the_rest(pair: Pair, rounds: int) -> None:
    """Every second comes without a session; whoever holds is never refused, and all uses go."""
    code = made(pair[0], redemption={"quantity": 10 * rounds})

    def take(n: int) -> httpx.Response:
        if n % 2:
            return at_once((pair[n // 2 % 2],) * 2, [of_amount(code, 1_000)], 1)[0]
        is_held, answer = held(pair, n // 2, asked(code))
        assert answer.status_code == 200 or not is_held, answer.text
        return answer

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(take, range(40 * rounds)))
    assert outcomes(answers) == {"ok": 10 * rounds, "quantity_exceeded": 30 * rounds}
    assert of_voucher(pair[1], code)["redemption"]["redeemed_quantity"] == 10 * rounds


def test_who_holds_credits_spends_them_while_others_spend_the_rest(pair: Pair, rounds: int) -> None:
    balance = 500 * rounds
    card = made_card(pair[0], balance)

    def spend(n: int) -> httpx.Response:
        redeemables = asked((card, 7 + n % 13))
        if n % 2:
            return at_once((pair[n // 2 % 2],) * 2, [{"redeemables": redeemables, "order": {"amount": 1_000}}], 1)[0]
        is_held, answer = held(pair, n // 2, redeemables)
        assert answer.status_code == 200 or not is_held, answer.text
        return answer

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(spend, range(80 * rounds)))
    assert set(outcomes(answers)) == {"ok", "gift_amount_exceeded"}
    spent = sum(answer.json()["redemptions"][0]["amount"] for answer in answers if answer.status_code == 200)
    left = of_voucher(pair[1], card)["gift"]["balance"]
    assert (spent + left, left < 20) == (balance, True)


def test_a_session_holds_nothing_of_what_rules_count(pair: Pair, rounds: int) -> None:
    """All may hold the code; who redeems first has what the rule leaves, and the others are refused."""
    code = made(pair[0], validation_rules=[under(pair, "redemption.count.daily", 7 * rounds)["id"]])
    holders = [validate(pair[n % 2], code, session=LOCK) for n in range(15 * rounds)]
    assert all(each["valid"] for each in holders)
    bodies = [{"redeemables": asked(code), "session": each["session"]} for each in holders]
    assert outcomes(at_once(pair, bodies, CLIENTS)) == {"ok": 7 * rounds, VIOLATED: 8 * rounds}
