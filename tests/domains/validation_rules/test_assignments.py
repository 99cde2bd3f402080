"""Assignments: an object is under one rule at most, and tells it; what goes for good takes its assignment along."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from tests.domains.campaigns.conftest import settled
from tests.domains.validation_rules.conftest import PATH, Made, Make, a_code, coupons, discount, ok, refused, rule
from tests.domains.vouchers.conftest import gift

DEAR = rule("order.amount", "$more_than", 10_000)
BUDGET = rule("campaign.redemptions.count", "$less_than_or_equal", 100)
ALL = "/v1/validation-rules-assignments"


def assign(client: httpx.Client, made: Made, kind: str, object_id: str, **params: Any) -> httpx.Response:
    body = {"related_object_type": kind, "related_object_id": object_id}
    return client.post(f"{PATH}/{made['id']}/assignments", json=body, params=params)


def voucher(client: httpx.Client, **fields: Any) -> Made:
    return ok(client.post("/v1/vouchers", json=discount(code=a_code(), **fields)))


def assignments(of: Made) -> list[Made]:
    told: list[Made] = of["validation_rules_assignments"]["data"]
    assert of["validation_rules_assignments"]["total"] == len(told)
    return told


def test_a_voucher_tells_the_rule_that_it_is_put_under(client: httpx.Client, make: Make) -> None:
    made, one = make(DEAR), voucher(client)
    assignment = ok(assign(client, made, "voucher", one["id"]))
    assert assignment["id"].startswith("asgm_")
    assert (assignment["rule_id"], assignment["related_object_id"], assignment["related_object_type"]) == (
        made["id"],
        one["id"],
        "voucher",
    )
    path = f"/v1/vouchers/{one['code']}"
    assert assignments(ok(client.get(path))) == [assignment]
    assert assignments(ok(client.put(path, json={"metadata": {"x": 1}}))) == [assignment]
    listed = ok(client.get("/v1/vouchers"))["vouchers"]
    assert assignments(next(each for each in listed if each["id"] == one["id"])) == [assignment]
    assert ok(client.get(f"{PATH}/{made['id']}"))["assignments_count"] == 1


def test_a_campaign_tells_the_rule_that_it_is_put_under(client: httpx.Client, make: Make) -> None:
    made, campaign = make(BUDGET), ok(client.post("/v1/campaigns", json=coupons()))
    assignment = ok(assign(client, made, "campaign", campaign["id"]))
    path = f"/v1/campaigns/{campaign['id']}"
    assert assignments(ok(client.get(path))) == [assignment]
    assert assignments(ok(client.put(path, json={"description": "x"}))) == [assignment]
    listed = ok(client.get("/v1/campaigns"))["campaigns"]
    assert assignments(next(each for each in listed if each["id"] == campaign["id"])) == [assignment]
    assert refused(assign(client, make(DEAR), "campaign", campaign["name"]), 409, "duplicate_found")


def test_vouchers_and_campaigns_are_created_under_a_rule(client: httpx.Client, make: Make) -> None:
    made = make(DEAR)
    one, card = voucher(client, validation_rules=[made["id"]]), gift(100, validation_rules=[made["id"]])
    random = ok(client.post("/v1/vouchers", json=card))
    campaign = ok(client.post("/v1/campaigns", json=coupons(vouchers_count=2, validation_rules=[made["id"]])))
    for each in (one, random, campaign):
        assert [told["rule_id"] for told in assignments(each)] == [made["id"]]
    settled(client, campaign["id"])
    assert ok(client.get(f"{PATH}/{made['id']}"))["assignments_count"] == 3


def test_an_import_puts_vouchers_under_rules(client: httpx.Client, make: Make) -> None:
    made, code = make(DEAR), a_code()
    rows = [
        {"code": code, "discount": {"type": "PERCENT", "percent_off": 10}, "validation_rules": [made["id"]]},
        {"code": a_code(), "discount": {"type": "PERCENT", "percent_off": 10}, "validation_rules": ["val_1"]},
    ]
    from_list = client.post("/v1/vouchers/import", json=rows)
    assert from_list.status_code == 202
    action = _ended(client, from_list.json()["async_action_id"])
    assert (action["result"]["done_count"], action["result"]["failed_count"]) == (1, 1), action
    assert [each["rule_id"] for each in assignments(ok(client.get(f"/v1/vouchers/{code}")))] == [made["id"]]


def _ended(client: httpx.Client, action_id: str) -> Made:
    while (action := ok(client.get(f"/v1/async-actions/{action_id}")))["status"] not in ("DONE", "FAILED"):
        pass
    return action


def test_whatever_tells_of_a_voucher_tells_its_rule(client: httpx.Client, make: Make) -> None:
    one = voucher(client, validation_rules=[make(DEAR)["id"]])
    path, whose = f"/v1/vouchers/{one['code']}", {"customer": {"source_id": a_code()}}
    expected = assignments(one)
    published = ok(client.post("/v1/publications", json={"voucher": one["code"], **whose}))
    holder = published["customer_id"]
    body = {"redeemables": [{"object": "voucher", "id": one["code"]}], "order": {"amount": 20_000}, **whose}
    redeemed = ok(client.post("/v1/redemptions", json=body))["redemptions"][0]
    rollback = ok(client.post(f"/v1/redemptions/{redeemed['id']}/rollback"))
    failed = client.post("/v1/redemptions", json={**body, "order": {"amount": 1}}).json()["resource_id"]
    listed = ok(client.get("/v1/redemptions", params={"customer": holder}))["redemptions"]
    [held] = ok(client.get(f"/v1/customers/{holder}/redeemables"))["data"]
    told = [
        ok(client.get(path)),
        ok(client.post(f"{path}/disable")),
        ok(client.get("/v1/vouchers", params={"code": one["code"]}))["vouchers"][0],
        published["voucher"],
        held["redeemable"]["voucher"],
        *(each["voucher"] for each in (redeemed, rollback, ok(client.get(f"/v1/redemptions/{failed}")), *listed)),
    ]
    assert len(listed) == 3
    assert [assignments(each) for each in told] == [expected] * len(told)


def test_a_second_rule_is_refused_unless_it_is_forced(client: httpx.Client, make: Make) -> None:
    first, second, one = make(DEAR), make(DEAR), voucher(client)
    before = ok(assign(client, first, "voucher", one["id"]))
    body = refused(assign(client, second, "voucher", one["code"]), 409, "duplicate_found")
    assert (body["resource_id"], body["resource_type"]) == (before["id"], "validation_rules_assignment")
    refused(assign(client, first, "voucher", one["id"]), 409, "duplicate_found")
    after = ok(assign(client, second, "voucher", one["id"], force=True))
    assert after["id"] != before["id"]
    assert assignments(ok(client.get(f"/v1/vouchers/{one['code']}"))) == [after]
    assert ok(client.get(f"{PATH}/{first['id']}"))["assignments_count"] == 0


def test_the_older_spelling_names_a_voucher_by_its_code(client: httpx.Client, make: Make) -> None:
    made, one = make(DEAR), voucher(client)
    assignment = ok(client.post(f"{PATH}/{made['id']}/assignments", json={"voucher": one["code"]}))
    assert assignment["related_object_id"] == one["id"]


def test_an_assignment_is_ended_once(client: httpx.Client, make: Make) -> None:
    made, other, one = make(DEAR), make(DEAR), voucher(client)
    campaign = ok(client.post("/v1/campaigns", json=coupons()))
    for kind, object_id, path in (
        ("voucher", one["id"], f"/v1/vouchers/{one['code']}"),
        ("campaign", campaign["id"], f"/v1/campaigns/{campaign['id']}"),
    ):
        assignment = ok(assign(client, made, kind, object_id))
        wrong = client.delete(f"{PATH}/{other['id']}/assignments/{assignment['id']}")
        assert refused(wrong, 404, "not_found")["resource_type"] == "validation_rules_assignment"
        assert client.delete(f"{PATH}/{made['id']}/assignments/{assignment['id']}").status_code == 204
        refused(client.delete(f"{PATH}/{made['id']}/assignments/{assignment['id']}"), 404, "not_found")
        assert assignments(ok(client.get(path))) == []
        again = ok(assign(client, other, kind, object_id))
        assert assignments(ok(client.get(path))) == [again]
    refused(client.delete(f"{PATH}/val_1/assignments/asgm_1"), 404, "not_found")


def test_what_is_not_there_is_assigned_to_nothing(client: httpx.Client, make: Make) -> None:
    made, one = make(DEAR), voucher(client)
    refused(assign(client, {"id": "val_1"}, "voucher", one["id"]), 404, "not_found")
    for kind in ("voucher", "campaign", "promotion_tier", "earning_rule", "distribution", "reward_assignment"):
        assert refused(assign(client, made, kind, "nothing_1"), 404, "not_found")["resource_type"] == kind
    refused(client.post(f"{PATH}/{made['id']}/assignments", json={}), 400, "invalid_payload")
    refused(client.post(f"{PATH}/{made['id']}/assignments", json={"voucher": 1}), 400, "invalid_payload")
    refused(client.post("/v1/vouchers", json=discount(validation_rules=["val_1"])), 404, "not_found")
    refused(client.post("/v1/campaigns", json=coupons(validation_rules=["val_1"])), 404, "not_found")
    two = [made["id"], made["id"]]
    refused(client.post("/v1/vouchers", json=discount(validation_rules=two)), 400, "invalid_payload")


def test_what_a_campaign_counts_is_no_rule_for_one_voucher(client: httpx.Client, make: Make) -> None:
    made, one = make(BUDGET), voucher(client)
    details = refused(assign(client, made, "voucher", one["id"]), 400, "invalid_validation_rules")["details"]
    assert "campaign.redemptions.count: expected a rule for a campaign" in details
    refused(client.post("/v1/vouchers", json=discount(validation_rules=[made["id"]])), 400, "invalid_validation_rules")
    plain = make(DEAR)
    ok(assign(client, plain, "voucher", one["id"]))
    changed = client.put(f"{PATH}/{plain['id']}", json={"rules": {"1": BUDGET}})
    refused(changed, 400, "invalid_validation_rules")
    assert ok(client.get(f"{PATH}/{plain['id']}"))["rules"] == plain["rules"]


def test_assignments_are_listed_page_by_page(client: httpx.Client, make: Make) -> None:
    made, campaign = make(DEAR), ok(client.post("/v1/campaigns", json=coupons()))
    ids = [ok(assign(client, made, "voucher", voucher(client)["id"]))["id"] for _ in range(3)]
    ids.append(ok(assign(client, made, "campaign", campaign["id"]))["id"])
    ids += [ok(assign(client, made, "voucher", voucher(client)["id"]))["id"] for _ in range(2)]
    path = f"{PATH}/{made['id']}/assignments"
    newest = [page for n in (1, 2, 3) for page in ok(client.get(path, params={"limit": 2, "page": n}))["data"]]
    assert [each["id"] for each in newest] == ids[::-1]
    oldest = ok(client.get(path, params={"order": "created_at"}))
    assert ([each["id"] for each in oldest["data"]], oldest["total"]) == (ids, 6)
    of_campaign = ok(client.get(ALL, params={"related_object_id": campaign["id"]}))
    assert [each["id"] for each in of_campaign["data"]] == [ids[3]]
    assert ok(client.get(ALL, params={"rule": made["id"], "limit": 1}))["total"] == 6
    assert ok(client.get(ALL))["total"] >= 6
    nothing = ok(client.get(f"{PATH}/val_1/assignments"))
    assert (nothing["data"], nothing["total"]) == ([], 0)


def test_what_goes_for_good_takes_its_assignment_along(client: httpx.Client, make: Make) -> None:
    made = make(DEAR)
    code = a_code()
    ok(client.post("/v1/vouchers", json=discount(code=code, validation_rules=[made["id"]])))
    assert client.delete(f"/v1/vouchers/{code}").status_code == 204
    assert _count(client, made) == 1
    entry = next(each for each in ok(client.get("/v1/trash-bin"))["data"] if each["resource_name"] == code)
    assert client.delete(f"/v1/trash-bin/{entry['id']}").status_code == 204
    assert _count(client, made) == 0
    again = ok(client.post("/v1/vouchers", json=discount(code=code)))
    assert assignments(again) == []
    campaign = ok(client.post("/v1/campaigns", json=coupons(validation_rules=[made["id"]])))
    assert client.delete(f"/v1/campaigns/{campaign['id']}?force=true").status_code == 202
    assert _count(client, made) == 0


def _count(client: httpx.Client, made: Made) -> int:
    count: int = ok(client.get(f"{PATH}/{made['id']}"))["assignments_count"]
    return count


def test_of_many_at_once_one_puts_a_voucher_under_its_rule(client: httpx.Client, make: Make) -> None:
    rules, one = [make(DEAR) for _ in range(8)], voucher(client)
    attempt: Callable[[Made], httpx.Response] = lambda made: assign(client, made, "voucher", one["id"])  # noqa: E731
    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(answer.status_code for answer in pool.map(attempt, rules))
    assert statuses == [200, *[409] * 7]
    assert sum(_count(client, made) for made in rules) == 1
    refusing = [made for made in rules if _count(client, made)]
    with ThreadPoolExecutor(8) as pool:
        deleted = list(pool.map(lambda made: client.delete(f"{PATH}/{made['id']}").status_code, rules))
    assert sorted(deleted) == [*[204] * 7, 400]
    assert assignments(ok(client.get(f"/v1/vouchers/{one['code']}")))[0]["rule_id"] == refusing[0]["id"]
