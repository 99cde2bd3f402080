"""Segments of what customers have done: how often the feed tells of it, when it did last, and what they were given."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from patron.domains.events.model import RECORDED
from tests.domains.products.conftest import Made, ok
from tests.domains.segments.by_hand import ByHand, Project, serving_by_hand
from tests.domains.segments.test_segments import (
    PATH,
    comings,
    create,
    customer,
    how_often,
    members,
    of_customer,
    refused,
)

PAID, CUSTOM = "events.customer.order.paid", "events.customer.custom_event"
GIVEN_AT, GIVEN = "publications.created_at", "publications.related_object_id"
AT_ONCE = 20


@pytest.fixture(scope="module")
def server(shared_database_url: str, contract_log: Path) -> Iterator[ByHand]:
    with serving_by_hand(shared_database_url, contract_log) as server:
        server.at_noon()
        yield server


@pytest.fixture
def project(server: ByHand) -> Project:
    return server.project(timezone="UTC")


@pytest.fixture
def client(project: Project) -> httpx.Client:
    return project.client


def asked(**by_operator: Any) -> dict[str, Any]:
    return {"conditions": {f"${name}": operands for name, operands in by_operator.items()}}


def pay(client: httpx.Client, who: str) -> None:
    ok(client.post("/v1/orders", json={"status": "PAID", "amount": 100, "customer": {"id": who}}))


def track(client: httpx.Client, who: str) -> None:
    ok(client.post("/v1/events", json={"event": "bought", "customer": {"id": who}}))


def voucher(client: httpx.Client) -> Made:
    discount = {"type": "PERCENT", "percent_off": 10}
    return ok(client.post("/v1/vouchers", json={"type": "DISCOUNT_VOUCHER", "discount": discount}))


def for_all(client: httpx.Client) -> Made:
    """A voucher that may be published to each customer."""
    voucher = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}, "code": f"ALL-{uuid4()}"}
    body = {"name": voucher["code"], "campaign_type": "DISCOUNT_COUPONS", "type": "STANDALONE", "voucher": voucher}
    ok(client.post("/v1/campaigns", json=body))
    return ok(client.get(f"/v1/vouchers/{voucher['code']}"))


def publish(client: httpx.Client, who: str, code: str) -> None:
    ok(client.post("/v1/publications", json={"customer": {"id": who}, "voucher": code}))


def ids(client: httpx.Client, asked_for: dict[str, Any]) -> list[str]:
    found = ok(client.post(f"{PATH}/preview", json={"filter": asked_for}))
    assert found["count"] == len(found["sample"])
    return [each["id"] for each in found["sample"]]


def explanation(client: httpx.Client, segment: Made, who: str) -> Made:
    told: Made = ok(client.get(f"{PATH}/{segment['id']}/customers/{who}/explanation"))["explanation"]
    return told


# Entries of the feed


def test_a_passive_segment_counts_entries_of_the_feed(client: httpx.Client) -> None:
    ada, bob = customer(client, name="Ada"), customer(client, name="Bob")
    made = create(client, type="passive", filter={f"{PAID}.count": asked(more_than=["1"])})
    pay(client, ada)
    pay(client, bob)
    assert members(client, made) == []
    pay(client, bob)
    assert members(client, made) == ids(client, made["filter"]) == [bob]
    assert (of_customer(client, ada), of_customer(client, bob)) == ([], [made["id"]])
    told = explanation(client, made, bob)
    assert (told["property"], told["actual"], told["passes"]) == (f"{PAID}.count", 2, True)


def test_the_last_time_is_that_of_the_newest_entry(server: ByHand, client: httpx.Client) -> None:
    ada, bob = customer(client), customer(client)
    pay(client, ada)
    server.clock.go_on(days=3)
    pay(client, bob)
    assert ids(client, {f"{PAID}.last_occurrence": asked(today=True)}) == [bob]
    assert ids(client, {f"{PAID}.last_occurrence": asked(is_days_ago=[3])}) == [ada]
    pay(client, ada)
    assert ids(client, {f"{PAID}.last_occurrence": asked(today=True)}) == [bob, ada]
    assert ids(client, {f"{CUSTOM}.last_occurrence": asked(has_value=True)}) == []


def test_the_write_of_an_entry_brings_its_customer_into_an_active_segment(
    project: Project, client: httpx.Client
) -> None:
    ada = customer(client, name="Ada")
    twice = create(client, filter={f"{PAID}.count": asked(more_than_equal=[2])})
    seldom = create(client, filter={f"{PAID}.count": asked(less_than=[2])})
    project.run_jobs()
    pay(client, ada)
    assert comings(client, ada) == []
    pay(client, ada)
    assert (members(client, twice), members(client, seldom)) == ([ada], [])
    pay(client, ada)
    assert sorted(comings(client, ada)) == sorted([f"+{twice['id']}", f"-{seldom['id']}"])


def test_who_comes_into_being_by_an_order_is_in_at_once(project: Project, client: httpx.Client) -> None:
    made = create(client, filter={f"{PAID}.count": asked(**{"is": [1]})})
    project.run_jobs()
    order = {"status": "PAID", "amount": 100, "customer": {"source_id": "ada"}}
    ada = ok(client.post("/v1/orders", json=order))["customer"]["id"]
    assert (members(client, made), comings(client, ada)) == ([ada], [f"+{made['id']}"])


@pytest.mark.parametrize("deed", [pay, track])
def test_of_many_at_once_one_comes_in_and_one_goes_out(project: Project, client: httpx.Client, deed: Any) -> None:
    kind = {pay: PAID, track: CUSTOM}[deed]
    ada = customer(client)
    few = create(client, filter={f"{kind}.count": asked(more_than=[4], less_than=[15])})
    project.run_jobs()
    with ThreadPoolExecutor(AT_ONCE) as at_once:
        list(at_once.map(lambda _: deed(client, ada), range(AT_ONCE)))
    assert how_often(client, ada, kind.removeprefix("events.")) == AT_ONCE
    assert members(client, few) == []
    assert sorted(comings(client, ada)) == [f"+{few['id']}", f"-{few['id']}"]


def test_of_two_who_become_one_the_entries_of_both_count(project: Project, client: httpx.Client) -> None:
    ada, bob = customer(client, source_id="ada"), customer(client, source_id="bob", name="Bob")
    few = create(client, filter={f"{PAID}.count": asked(more_than_equal=[2]), "name": asked(has_value=True)})
    many = create(client, filter={f"{PAID}.count": asked(more_than_equal=[3])})
    project.run_jobs()
    pay(client, ada)
    pay(client, bob)
    pay(client, bob)
    assert (members(client, few), comings(client, bob)) == ([bob], [f"+{few['id']}"])
    ok(client.post(f"/v1/customers/{ada}/merge", json={"source": bob}))
    for _ in range(2):  # before the history has moved, and after
        assert (members(client, few), members(client, many)) == ([ada], [ada])
        assert ids(client, {f"{PAID}.count": asked(**{"is": [3]})}) == [ada]
        project.run_jobs()
    assert comings(client, ada).count(f"+{many['id']}") == 1
    assert f"-{few['id']}" not in comings(client, ada)


def test_a_validation_that_holds_something_counts(project: Project, client: httpx.Client) -> None:
    ada, code = customer(client), voucher(client)["code"]
    made = create(client, filter={"events.customer.validation.succeeded.count": asked(more_than=[0])})
    project.run_jobs()
    body = {
        "customer": {"id": ada},
        "redeemables": [{"object": "voucher", "id": code}],
        "session": {"type": "LOCK"},
    }
    assert ok(client.post("/v1/validations", json=body))["valid"]
    assert (members(client, made), comings(client, ada)) == ([ada], [f"+{made['id']}"])


def test_a_rule_lets_redeem_by_what_the_feed_has(client: httpx.Client) -> None:
    """A decision looks at the customer's feed under lock, with what earlier members of the unit have added."""
    ada, code = customer(client), voucher(client)["code"]
    seldom = {"events.customer.redemption.succeeded.count": asked(less_than=[3])}
    made = create(client, type="passive", filter=seldom)
    rules = {"1": {"name": "customer.segment", "conditions": {"$is": [made["id"]]}}, "logic": "1"}
    rule = ok(client.post("/v1/validation-rules", json={"name": "Seldom", "type": "expression", "rules": rules}))
    assigned = {"voucher": code}
    ok(client.post(f"/v1/validation-rules/{rule['id']}/assignments", json=assigned))

    def redeem(_: int) -> int:
        body = {"customer": {"id": ada}, "redeemables": [{"object": "voucher", "id": code}]}
        return client.post("/v1/redemptions", json=body).status_code

    with ThreadPoolExecutor(AT_ONCE) as at_once:
        answers = list(at_once.map(redeem, range(AT_ONCE)))
    assert (answers.count(200), answers.count(400)) == (3, AT_ONCE - 3)


def test_comings_and_goings_count_in_passive_segments_alone(project: Project, client: httpx.Client) -> None:
    moved = {"$or": [{"events.customer.segment.entered.count": asked(more_than=[0])}]}
    answer = client.post(PATH, json={"name": "Restless", "filter": moved})
    refused(answer, 400, "invalid_payload", "filter.events.customer.segment.entered.count: expected no look at comings")
    passive = create(client, type="passive", filter=moved)
    create(client, filter={f"{PAID}.count": asked(more_than=[0])})
    project.run_jobs()
    ada = customer(client)
    pay(client, ada)
    assert members(client, passive) == [ada]


def test_what_is_no_event_of_the_server_is_refused_with_those_that_are(client: httpx.Client) -> None:
    body = {"name": "Born", "filter": {"events.customer.born.count": asked(more_than=[0])}}
    refused(client.post(PATH, json=body), 400, "invalid_payload", f"or {', '.join(RECORDED)}")


def test_every_event_of_the_server_may_be_asked_for(client: httpx.Client) -> None:
    ada = customer(client)
    for kind in RECORDED:
        expected = [ada] if kind == "customer.created" else []
        assert ids(client, {f"events.{kind}.count": asked(more_than=[0])}) == expected
        assert ids(client, {f"events.{kind}.last_occurrence": asked(today=True)}) == expected


def test_every_event_that_may_be_asked_for_is_one_that_the_server_writes() -> None:
    """A name that nothing writes would be asked for in vain."""
    sources = Path(__file__).parents[3] / "src" / "patron" / "domains"
    texts = [path.read_text() for path in sources.rglob("*.py") if path.parts[-2:] not in KNOWN_NAMES]
    assert [kind for kind in RECORDED if not any(f'"{kind}"' in text for text in texts)] == [
        "customer.consents.given",
        "customer.consents.revoked",
    ]  # which the model of events names


KNOWN_NAMES = (("events", "model.py"), ("wire", "kinds.py"))


# Publications


def test_whoever_was_given_a_voucher_passes(client: httpx.Client) -> None:
    ada, bob, carl = (customer(client, name=name) for name in ("Ada", "Bob", "Carl"))
    one, other = for_all(client), for_all(client)
    publish(client, ada, one["code"])
    publish(client, bob, other["code"])
    publish(client, bob, one["code"])
    assert ids(client, {GIVEN: asked(**{"is": [one["id"]]})}) == [bob, ada]
    assert ids(client, {GIVEN: asked(**{"in": [other["id"], "v_nothing"]})}) == [bob]
    assert ids(client, {GIVEN: asked(is_not=[other["id"]])}) == [carl, ada]
    assert ids(client, {GIVEN_AT: asked(today=True)}) == [bob, ada]
    assert ids(client, {GIVEN_AT: asked(is_unknown=True)}) == [carl]
    made = create(client, type="passive", filter={GIVEN: asked(has_value=True)})
    assert members(client, made) == [bob, ada]
    assert explanation(client, made, bob)["actual"] == [other["id"], one["id"]]
    assert explanation(client, made, carl)["actual"] is None


def test_a_publication_that_failed_gave_nothing(client: httpx.Client) -> None:
    ada, off = customer(client), voucher(client)
    ok(client.post(f"/v1/vouchers/{off['code']}/disable"))
    body = {"customer": {"id": ada}, "voucher": off["code"]}
    assert client.post("/v1/publications", json=body).status_code == 400
    assert ids(client, {GIVEN_AT: asked(has_value=True)}) == []


def test_what_stands_beside_one_another_is_asked_of_one_publication(server: ByHand, client: httpx.Client) -> None:
    ada, bob = customer(client, name="Ada"), customer(client, name="Bob")
    one, other = for_all(client), for_all(client)
    publish(client, ada, one["code"])
    publish(client, bob, other["code"])
    server.clock.go_on(days=2)
    publish(client, ada, other["code"])
    publish(client, bob, one["code"])
    first, today = {GIVEN: asked(**{"is": [one["id"]]})}, {GIVEN_AT: asked(today=True)}
    assert ids(client, {**first, **today}) == [bob]
    assert ids(client, {"junction": "or", **first, **today}) == [bob, ada]
    assert ids(client, {"$and": [first, today]}) == [bob, ada]
    assert ids(client, {GIVEN_AT: asked(more_than_ago=[0], less_than_ago=[2])}) == []
    assert ids(client, {**first, GIVEN_AT: asked(is_days_ago=[2])}) == [ada]
    made = create(client, type="passive", filter={**first, **today})
    told = explanation(client, made, ada)
    assert (told["junction"], told["passes"]) == ("one", False)
    assert [each["passes"] for each in told["conditions"]] == [True, True]


def test_a_publication_moves_its_customer_once(project: Project, client: httpx.Client) -> None:
    ada, codes = customer(client), [voucher(client) for _ in range(AT_ONCE)]
    given = create(client, filter={GIVEN: asked(**{"in": [each["id"] for each in codes]}), GIVEN_AT: asked(today=True)})
    never = create(client, filter={GIVEN_AT: asked(is_unknown=True)})
    project.run_jobs()
    with ThreadPoolExecutor(AT_ONCE) as at_once:
        list(at_once.map(lambda each: publish(client, ada, each["code"]), codes))
    assert (members(client, given), members(client, never)) == ([ada], [])
    assert sorted(comings(client, ada)) == sorted([f"+{given['id']}", f"-{never['id']}"])


def test_of_two_who_become_one_the_publications_of_both_count(project: Project, client: httpx.Client) -> None:
    ada, bob, given = customer(client), customer(client), voucher(client)
    made = create(client, filter={GIVEN: asked(**{"is": [given["id"]]})})
    project.run_jobs()
    publish(client, bob, given["code"])
    ok(client.post(f"/v1/customers/{ada}/merge", json={"source": bob}))
    for _ in range(2):
        assert members(client, made) == ids(client, made["filter"]) == [ada]
        project.run_jobs()
    assert f"-{made['id']}" not in comings(client, ada)


@pytest.mark.parametrize("operator", ["$count", "$includes", "$more_than"])
def test_an_operator_of_whole_arrays_is_refused(client: httpx.Client, operator: str) -> None:
    body = {"filter": {GIVEN: {"conditions": {operator: [1]}}}}
    expected = f"filter.{GIVEN}.conditions.{operator}: expected an operator of a field of type text: $has_value"
    refused(client.post(f"{PATH}/preview", json=body), 400, "invalid_payload", expected)
