"""Many publish one campaign at once: no code twice, and nobody refused while one is left.

On PostgreSQL they ask two servers in turn. `--rounds 20` gives away a thousand codes, and asks two hundred times with
one source_id.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import asyncpg
import httpx
import pytest

from tests.domains.publications.conftest import TEN_PERCENT, Told, a_name, ok, refused
from tests.domains.publications.test_campaigns import codes_of, made_of
from tests.support.servers import Pair

CLIENTS = 30


def campaign(client: httpx.Client, codes: int, **fields: Any) -> Told:
    voucher = {"type": "DISCOUNT_VOUCHER", "discount": TEN_PERCENT}
    body = {"name": a_name("campaign"), "campaign_type": "DISCOUNT_COUPONS", "voucher": voucher, **fields}
    return made_of(client, {**body, "vouchers_count": codes})


def ask(pair: Pair, bodies: list[Told], clients: int = CLIENTS) -> list[httpx.Response]:
    """Publish all of these at once, at either server in turn."""
    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(lambda n: pair[n % 2].post("/v1/publications", json=bodies[n]), range(len(bodies))))


def to(customer: str, campaign: Told, **fields: Any) -> Told:
    return {"customer": {"source_id": customer}, "campaign": {"name": campaign["id"]}, **fields}


def test_every_code_is_given_to_one_and_then_there_is_none(pair: Pair, rounds: int) -> None:
    codes = 50 * rounds
    made = campaign(pair[0], codes)
    answers = ask(pair, [to(a_name(), made) for _ in range(codes + 40)])
    given = [answer.json() for answer in answers if answer.status_code == 200]
    assert sorted(told["voucher"]["code"] for told in given) == sorted(codes_of(pair[1], made))
    assert len({told["customer_id"] for told in given}) == codes
    for answer in answers:
        if answer.status_code != 200:
            refused(answer, 400, "no_voucher_suitable_for_publication")


def test_nobody_is_refused_while_a_code_is_left(pair: Pair) -> None:
    """Beside those who ask once too often for theirs: they draw codes that they do not take."""
    made = campaign(pair[0], 41, join_once=True)
    greedy = a_name()
    ok(pair[0].post("/v1/publications", json=to(greedy, made)))
    bodies = [to(a_name() if n % 3 else greedy, made) for n in range(60)]
    given = {ok(answer)["voucher"]["code"] for answer in ask(pair, bodies)}
    assert sorted(given) == sorted(codes_of(pair[1], made))
    refused(pair[1].post("/v1/publications", json=to(a_name(), made)), 400, "no_voucher_suitable_for_publication")


@pytest.mark.parametrize("gives_away", [False, True])
def test_codes_that_others_hold_are_waited_for(pair: Pair, shared_database_url: str, gives_away: bool) -> None:
    """Whoever holds them may give them away, or not: only then it is known whether one is left."""
    if shared_database_url.startswith("sqlite"):
        pytest.skip("A SQLite file has one that writes.")
    made = campaign(pair[0], 3)
    body = to(a_name(), made)

    async def beside() -> httpx.Response:
        session = await asyncpg.connect(shared_database_url)
        held = session.transaction()
        await held.start()
        await session.execute("SELECT 1 FROM vouchers WHERE campaign_id = $1 FOR UPDATE", made["id"])
        answer = asyncio.get_running_loop().run_in_executor(None, lambda: pair[0].post("/v1/publications", json=body))
        await asyncio.sleep(0.5)
        assert not answer.done()
        if gives_away:
            await session.execute("UPDATE vouchers SET active = 0 WHERE campaign_id = $1", made["id"])
        await held.commit()
        await session.close()
        return await answer

    answer = asyncio.run(beside())
    if gives_away:
        refused(answer, 400, "no_voucher_suitable_for_publication")
    else:
        assert ok(answer)["voucher"]["code"] == codes_of(pair[1], made)[0]


def test_several_at_a_time_are_given_whole_or_not_at_all(pair: Pair) -> None:
    made = campaign(pair[0], 64)
    bodies = [to(a_name(), made) for _ in range(20)]
    for body in bodies:
        body["campaign"]["count"] = 4
    answers = ask(pair, bodies)
    given = [code for answer in answers if answer.status_code == 200 for code in answer.json()["vouchers"]]
    assert sorted(given) == sorted(codes_of(pair[1], made))
    for answer in answers:
        if answer.status_code != 200:
            refused(answer, 400, "no_voucher_suitable_for_publication")


def test_one_source_id_is_one_code(pair: Pair, rounds: int) -> None:
    made = campaign(pair[0], 20)
    body = to(a_name(), made, source_id=a_name("publication"))
    answers = ask(pair, [body] * 10 * rounds, clients=10 * rounds)
    assert len({(ok(answer)["id"], answer.json()["voucher"]["code"]) for answer in answers}) == 1
    assert ok(pair[0].get("/v1/publications", params={"campaign": made["name"]}))["total"] == 1


def test_one_customer_who_joins_once_has_one_code(pair: Pair) -> None:
    made = campaign(pair[0], 20, join_once=True)
    answers = ask(pair, [to(customer := a_name(), made)] * 40)
    assert len({ok(answer)["voucher"]["code"] for answer in answers}) == 1
    assert ok(pair[1].get(f"/v1/customers/{customer}/redeemables"))["total"] == 1


def test_one_new_code_is_made_for_each(pair: Pair) -> None:
    made = campaign(pair[0], 1, type="AUTO_UPDATE")
    answers = ask(pair, [to(a_name(), made) for _ in range(40)])
    assert len({ok(answer)["voucher"]["code"] for answer in answers}) == 40
    assert ok(pair[0].get(f"/v1/campaigns/{made['id']}"))["vouchers_count"] == 40
