"""Rules that ask for segments, and rules of promotion tiers: of what is true in the unit that redeems."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import httpx
import pytest

from tests.domains.validation_rules.conftest import PATH, Made, Make, a_code, a_name, discount, ok, rule

CLIENTS = 30
ORDER = {"amount": 20_000}
_numbers = count()


def somebody(client: httpx.Client, **fields: Any) -> Made:
    """A stored customer, as a request names them."""
    source_id = f"member-{next(_numbers)}"
    ok(client.post("/v1/customers", json={"source_id": source_id, **fields}))
    return {"source_id": source_id}


def segment(client: httpx.Client, **fields: Any) -> str:
    made: str = ok(client.post("/v1/segments", json={"name": a_name(), **fields}))["id"]
    return made


def metadata(level: str) -> Made:
    return {"junction": "and", "metadata.level": {"conditions": {"$is": [level]}}}


def voucher(client: httpx.Client, made: Made) -> Made:
    code = ok(client.post("/v1/vouchers", json=discount(code=a_code(), validation_rules=[made["id"]])))["code"]
    return {"object": "voucher", "id": code}


def promotion(client: httpx.Client, *rules: Made | None, of_campaign: Made | None = None) -> list[Made]:
    """Tiers of one campaign, one for each of these rules."""
    body: Made = {
        "name": a_name(),
        "campaign_type": "PROMOTION",
        "promotion": {"tiers": [tier(rule) for rule in rules]},
    }
    if of_campaign is not None:
        body["validation_rules"] = [of_campaign["id"]]
    campaign = ok(client.post("/v1/campaigns", json=body))
    return [{"object": "promotion_tier", "id": each["id"]} for each in campaign["promotion"]["tiers"]]


def tier(made: Made | None) -> Made:
    rules = {} if made is None else {"validation_rules": [made["id"]]}
    return {"name": a_name(), "action": {"discount": {"type": "AMOUNT", "amount_off": 100}}, **rules}


def both(client: httpx.Client, thing: Made, key: str | None, **fields: Any) -> Made:
    """A validation and a redemption say the same: it applies (None), or is refused with this key. What was redeemed."""
    body = {"redeemables": [thing], "order": ORDER, **fields}
    told = ok(client.post("/v1/validations", json=body))
    answer = client.post("/v1/redemptions", json=body)
    if key is None:
        assert told["valid"], told
        redemption: Made = ok(answer)["redemptions"][0]
        return redemption
    assert told["redeemables"][0]["result"]["error"]["key"] == key
    assert (answer.status_code, answer.json()["key"]) == (400, key)
    return {}


def successes(client: httpx.Client, things: list[Made], **fields: Any) -> int:
    """How many of these are redeemed, all at once."""

    def redeem(thing: Made) -> int:
        return client.post("/v1/redemptions", json={"redeemables": [thing], "order": ORDER, **fields}).status_code

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(redeem, things))
    assert set(answers) <= {200, 400}
    return answers.count(200)


@pytest.mark.parametrize("kind", ["static", "passive", "auto-update"])
def test_only_members_of_a_segment_redeem(client: httpx.Client, make: Make, kind: str) -> None:
    member = somebody(client, metadata={"level": f"gold {kind}"})
    listed = [ok(client.get(f"/v1/customers/{member['source_id']}"))["id"]]
    given: Made = {"customers": listed} if kind == "static" else {"filter": metadata(f"gold {kind}")}
    segment_id = segment(client, type=kind, **given)
    things = [voucher(client, make(rule("customer.segment", "$is", segment_id)))]
    things += promotion(client, make(rule("customer.segment", "$in", segment_id)))
    for thing in things:
        both(client, thing, None, customer=member)
        both(client, thing, "customer_rules_violated", customer=somebody(client))
        both(client, thing, "missing_customer")
    but = voucher(client, make(rule("customer.segment", "$is_not", segment_id)))
    both(client, but, "customer_rules_violated", customer=member)
    both(client, but, None, customer=somebody(client))


def test_what_the_request_says_decides_whether_somebody_is_a_member(client: httpx.Client, make: Make) -> None:
    segment_id = segment(client, type="auto-update", filter=metadata("told"))
    thing = voucher(client, make(rule("customer.segment", "$is", segment_id)))
    lesser = somebody(client)
    both(client, thing, None, customer={**lesser, "metadata": {"level": "told"}})
    both(client, thing, None, customer={"source_id": f"new-{next(_numbers)}", "metadata": {"level": "told"}})
    both(client, thing, "customer_rules_violated", customer={"source_id": f"new-{next(_numbers)}"})


def test_a_first_order_is_had_once_by_thirty_clients(client: httpx.Client, make: Make) -> None:
    """Whoever redeems after it was paid is no member any more, though all of them were when they asked."""
    never_bought = {"junction": "and", "summary.orders.total_count": {"conditions": {"$is": [0]}}}
    for kind in ("passive", "auto-update"):
        made = make(rule("customer.segment", "$is", segment(client, type=kind, filter=never_bought)))
        things = [voucher(client, made) for _ in range(CLIENTS)]
        assert successes(client, things, customer=somebody(client)) == 1


def test_a_tier_is_under_its_own_rule_and_that_of_its_campaign(client: httpx.Client, make: Make) -> None:
    own, of_campaign = (
        make(rule("order.amount", "$more_than", 10_000)),
        make(rule("order.amount", "$less_than", 30_000)),
    )
    [ruled, free] = promotion(client, own, None, of_campaign=of_campaign)
    told = ok(client.get(f"/v1/promotions/tiers/{ruled['id']}"))["validation_rule_assignments"]
    assert [each["rule_id"] for each in told["data"]] == [own["id"]]
    both(client, ruled, None)
    both(client, ruled, "order_rules_violated", order={"amount": 10_000})
    both(client, ruled, "order_rules_violated", order={"amount": 30_000})
    both(client, free, None, order={"amount": 10_000})
    both(client, free, "order_rules_violated", order={"amount": 30_000})


def test_what_a_tier_counts_is_exact_and_given_back(client: httpx.Client, make: Make) -> None:
    [thing, other] = promotion(client, make(rule("redemption.count.per_customer", "$less_than_or_equal", 4)), None)
    one = somebody(client)
    assert successes(client, [thing] * CLIENTS, customer=one) == 4
    both(client, thing, "redemption_rules_violated", customer=one)
    another = somebody(client)
    done = both(client, thing, None, customer=another)
    both(client, other, None, customer=one)
    for _ in range(3):
        both(client, thing, None, customer=another)
    both(client, thing, "redemption_rules_violated", customer=another)
    ok(client.post(f"/v1/redemptions/{done['id']}/rollback"))
    both(client, thing, None, customer=another)


def test_a_campaigns_rule_counts_its_tiers_together(client: httpx.Client, make: Make) -> None:
    made = make(rule("campaign.redemptions.count", "$less_than_or_equal", 7))
    things = promotion(client, None, None, None, of_campaign=made)
    assert successes(client, things * 10) == 7


def test_a_tier_is_put_under_a_rule_that_knows_what_was_redeemed_before(client: httpx.Client, make: Make) -> None:
    [thing] = promotion(client, None)
    one = somebody(client)
    for _ in range(2):
        both(client, thing, None, customer=one)
    made = make(rule("redemption.count.per_customer", "$less_than_or_equal", 3))
    body = {"related_object_type": "promotion_tier", "related_object_id": thing["id"]}
    ok(client.post(f"{PATH}/{made['id']}/assignments", json=body))
    both(client, thing, None, customer=one)
    both(client, thing, "redemption_rules_violated", customer=one)
    assert client.delete(f"/v1/promotions/tiers/{thing['id']}").status_code == 204
    assert ok(client.get(f"{PATH}/{made['id']}/assignments"))["total"] == 0
