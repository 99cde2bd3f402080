"""Rules come, change and go while others redeem: each redemption is counted by the rule, or told of by its history.

On PostgreSQL they ask two servers, and a lock from outside holds one write in the middle while the other goes on.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from tests.domains.customers.merges import merge, merging_shop, resting_shop, unmoved, wait_for
from tests.domains.validation_rules.conftest import PATH, Made, a_code, a_name, coupons, discount, ok, rule
from tests.support.servers import Client, serving

Pair = tuple[Client, Client]

ORDER = {"amount": 20_000}
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
KINDS = ("campaign", "promotion_tier", "voucher")


@contextmanager
def two_servers(url: str, contract_log: Path) -> Iterator[Pair]:
    """A client of each of two servers; a SQLite file has one, so there both are of that."""
    with ExitStack() as stack:
        count = 1 if url.startswith("sqlite") else 2
        shops = [stack.enter_context(serving(url, contract_log)) for _ in range(count)]
        yield shops[0].client, shops[-1].client


@pytest.fixture(scope="module")
def pair(shared_database_url: str, contract_log: Path) -> Iterator[Pair]:
    with two_servers(shared_database_url, contract_log) as clients:
        yield clients


@pytest.fixture
def url(pair: Pair, shared_database_url: str) -> str:
    """Where both servers keep everything: a PostgreSQL, since nobody holds a single row of a SQLite file."""
    if shared_database_url.startswith("sqlite"):
        pytest.skip("On SQLite, one write after the other")
    return shared_database_url


class Scene:
    """Something to redeem, and who redeems it; `kind` of object is to come under a rule."""

    def __init__(self, client: httpx.Client, kind: str) -> None:
        self.kind = kind
        self.customer = ok(client.post("/v1/customers", json={"source_id": a_name()}))["id"]
        if kind == "promotion_tier":
            tier = {"name": a_name(), "action": {"discount": {"type": "AMOUNT", "amount_off": 100}}}
            body = {"name": a_name(), "campaign_type": "PROMOTION", "promotion": {"tiers": [tier]}}
            self.id: str = ok(client.post("/v1/campaigns", json=body))["promotion"]["tiers"][0]["id"]
            self.thing = {"object": "promotion_tier", "id": self.id}
            return
        campaign = ok(client.post("/v1/campaigns", json=coupons()))
        code = ok(client.post("/v1/vouchers", json=discount(code=a_code(), campaign=campaign["name"])))["code"]
        self.id = campaign["id"] if kind == "campaign" else code
        self.thing = {"object": "voucher", "id": code}

    def redeem(self, client: httpx.Client) -> httpx.Response:
        body = {"redeemables": [self.thing], "order": ORDER, "customer": {"id": self.customer}}
        return client.post("/v1/redemptions", json=body)

    def assign(self, client: httpx.Client, rule_id: str) -> Made:
        body = {"related_object_type": self.kind, "related_object_id": self.id}
        return ok(client.post(f"{PATH}/{rule_id}/assignments", json=body))


def once(client: httpx.Client, name: str = "redemption.count.daily", limit: int = 1) -> str:
    """A rule that something is redeemed once; its id."""
    made = {"name": a_name(), "rules": {"1": rule(name, "$less_than_or_equal", limit)}}
    return str(ok(client.post(PATH, json=made))["id"])


def is_over(scene: Scene, client: httpx.Client) -> bool:
    """Whether the rule refuses one more."""
    answer = scene.redeem(client)
    return (answer.status_code, answer.json().get("key")) == (400, "redemption_rules_violated")


@contextmanager
def held(url: str, table: str, **key: str) -> Iterator[Callable[[int], None]]:
    """Hold a row while the body runs; what is given waits until so many writes wait for a lock."""
    loop = asyncio.new_event_loop()
    session = loop.run_until_complete(asyncpg.connect(url))
    where = " AND ".join(["true", *(f"{column} = '{value}'" for column, value in key.items())])

    def wait_for(writes: int) -> None:
        deadline = time.monotonic() + 1.5
        while loop.run_until_complete(session.fetchval(WAITING)) < writes and time.monotonic() < deadline:
            time.sleep(0.01)

    try:
        loop.run_until_complete(session.execute(f"BEGIN; SELECT FROM {table} WHERE {where} FOR UPDATE"))
        yield wait_for
    finally:
        loop.run_until_complete(session.close())
        loop.close()


@pytest.fixture
def apart() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


@pytest.mark.parametrize("kind", KINDS)
def test_a_redemption_that_is_under_way_when_a_rule_comes_is_in_its_history(
    pair: Pair, url: str, apart: ThreadPoolExecutor, kind: str
) -> None:
    scene = Scene(pair[0], kind)
    with held(url, "customers", id=scene.customer) as wait_for:
        redeemed = apart.submit(scene.redeem, pair[0])
        wait_for(1)
        assigned = apart.submit(scene.assign, pair[1], once(pair[1]))
        wait_for(2)
    assert redeemed.result().status_code == 200
    assigned.result()
    assert is_over(scene, pair[0])
    assert is_over(scene, pair[1])


@pytest.mark.parametrize("kind", KINDS)
def test_a_redemption_that_begins_while_a_rule_comes_is_counted_by_it(
    pair: Pair, url: str, apart: ThreadPoolExecutor, kind: str
) -> None:
    scene, rule_id = Scene(pair[0], kind), once(pair[1])
    with held(url, "validation_rules", id=rule_id) as wait_for:
        assigned = apart.submit(scene.assign, pair[1], rule_id)
        wait_for(1)
        redeemed = apart.submit(scene.redeem, pair[0])
        wait_for(2)
    assigned.result()
    assert redeemed.result().status_code == 200
    assert is_over(scene, pair[0])


def test_a_merge_is_before_a_rule_fills_its_counters_or_after(pair: Pair, url: str, apart: ThreadPoolExecutor) -> None:
    """Whoever fills them holds the totals of redemptions, so that none sees half of the other."""
    scene, winner = Scene(pair[0], "voucher"), ok(pair[0].post("/v1/customers", json={}))["id"]
    assert scene.redeem(pair[0]).status_code == 200
    with held(url, "counts", name="redemptions") as wait_for:
        merged = apart.submit(merge, pair[0], winner, scene.customer)
        wait_for(1)
        assert not merged.done()
        time.sleep(0.2)
        assert not merged.done()
    ok(merged.result())


@pytest.mark.parametrize("kind", KINDS)
def test_a_rule_that_is_changed_while_it_is_assigned_counts_as_it_was_left(
    pair: Pair, url: str, apart: ThreadPoolExecutor, kind: str
) -> None:
    scene, rule_id = Scene(pair[0], kind), once(pair[1], limit=9)
    assert scene.redeem(pair[0]).status_code == 200
    changed = {"rules": {"1": rule("redemption.count.per_customer", "$less_than_or_equal", 1)}}
    with held(url, "rulebook_versions") as wait_for:
        edited = apart.submit(pair[0].put, f"{PATH}/{rule_id}", json=changed)
        wait_for(1)
        assigned = apart.submit(scene.assign, pair[1], rule_id)
        wait_for(2)
    ok(edited.result())
    assigned.result()
    assert is_over(scene, pair[0])


@pytest.mark.parametrize("kind", KINDS)
def test_a_redemption_that_is_under_way_when_a_limit_changes_is_counted(
    pair: Pair, url: str, apart: ThreadPoolExecutor, kind: str
) -> None:
    scene, rule_id = Scene(pair[0], kind), once(pair[1], limit=9)
    scene.assign(pair[1], rule_id)
    changed = {"rules": {"1": rule("redemption.count.daily", "$less_than_or_equal", 1)}}
    with held(url, "customers", id=scene.customer) as wait_for:
        redeemed = apart.submit(scene.redeem, pair[0])
        wait_for(1)
        ok(pair[1].put(f"{PATH}/{rule_id}", json=changed))
    assert redeemed.result().status_code == 200
    assert is_over(scene, pair[0])


@pytest.mark.parametrize("kind", KINDS)
def test_a_redemption_that_is_under_way_when_a_rule_goes_is_there_when_it_comes_back(
    pair: Pair, url: str, apart: ThreadPoolExecutor, kind: str
) -> None:
    scene, rule_id = Scene(pair[0], kind), once(pair[1])
    assignment = scene.assign(pair[1], rule_id)
    with held(url, "customers", id=scene.customer) as wait_for:
        redeemed = apart.submit(scene.redeem, pair[0])
        wait_for(1)
        gone = apart.submit(pair[1].delete, f"{PATH}/{rule_id}/assignments/{assignment['id']}")
        wait_for(2)
        again = apart.submit(_assign_after, gone, scene, pair[1], rule_id)
    assert redeemed.result().status_code == 200
    again.result()
    assert is_over(scene, pair[0])


def _assign_after(gone: "Future[Any]", scene: Scene, client: httpx.Client, rule_id: str) -> Made:
    assert gone.result().status_code == 204
    return scene.assign(client, rule_id)


@pytest.mark.parametrize("kind", KINDS)
def test_the_limit_holds_that_comes_while_thirty_redeem(pair: Pair, apart: ThreadPoolExecutor, kind: str) -> None:
    scene, limit = Scene(pair[0], kind), 60
    rule_id = once(pair[1], limit=limit)

    def redeem(n: int) -> int:
        return scene.redeem(pair[n % 2]).status_code

    with ThreadPoolExecutor(30) as pool:
        answers = pool.map(redeem, range(90))
        assigned = apart.submit(scene.assign, pair[1], rule_id)
        assert sorted(answers) == [200] * limit + [400] * 30
    assigned.result()
    assert is_over(scene, pair[0])


@pytest.mark.parametrize("kind", KINDS)
def test_a_rule_is_not_deleted_while_it_is_assigned(pair: Pair, apart: ThreadPoolExecutor, kind: str) -> None:
    for n in range(5):
        scene, rule_id = Scene(pair[0], kind), once(pair[1])
        body = {"related_object_type": kind, "related_object_id": scene.id}
        assigned = apart.submit(pair[n % 2].post, f"{PATH}/{rule_id}/assignments", json=body)
        deleted = apart.submit(pair[0].delete, f"{PATH}/{rule_id}")
        assert (assigned.result().status_code, deleted.result().status_code) in ((200, 400), (404, 204))


def test_a_rollback_gives_back_to_the_first_rule_of_a_project(database_url: str, contract_log: Path) -> None:
    """The other server asks for the rulebook once a second, and has not heard of any rule when the rollback comes."""
    with two_servers(database_url, contract_log) as pair:
        scene = Scene(pair[0], "voucher")
        redemption = ok(scene.redeem(pair[0]))["redemptions"][0]["id"]
        time.sleep(1)
        ok(pair[0].get("/v1/customers"))
        scene.assign(pair[1], once(pair[1]))
        ok(pair[0].post(f"/v1/redemptions/{redemption}/rollback"))
        ok(scene.redeem(pair[0]))
        assert is_over(scene, pair[1])


def test_the_first_rule_of_a_project_counts_what_is_under_way(
    database_url: str, contract_log: Path, apart: ThreadPoolExecutor
) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("On SQLite, one write after the other")
    with two_servers(database_url, contract_log) as pair:
        scene = Scene(pair[0], "voucher")
        with held(database_url, "customers", id=scene.customer) as wait_for:
            redeemed = apart.submit(scene.redeem, pair[0])
            wait_for(1)
            assigned = apart.submit(scene.assign, pair[1], once(pair[1]))
            wait_for(2)
        assert redeemed.result().status_code == 200
        assigned.result()
        assert is_over(scene, pair[0])


def test_a_history_that_is_on_its_way_is_counted_for_whom_it_will_be_of(database_url: str, contract_log: Path) -> None:
    with resting_shop(database_url, contract_log) as shop:
        client = shop.client
        scene, heir = Scene(client, "voucher"), ok(client.post("/v1/customers", json={"source_id": a_name()}))["id"]
        ok(scene.redeem(client))
        ok(merge(client, heir, scene.customer))
        scene.assign(client, once(client, "redemption.count.per_customer"))
        scene.customer = heir
        assert is_over(scene, client)
        shop.stop()
        assert unmoved(database_url) == 1
    with merging_shop(database_url, contract_log) as working:
        wait_for(lambda: unmoved(database_url) == 0)
        assert is_over(scene, working.client)
