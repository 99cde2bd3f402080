"""Rolling back: what a redemption took is given back, once and only once (spec I 4.8)."""

from typing import Any

import httpx
import pytest

from tests.cli.corruptions import execute
from tests.domains.redemptions.conftest import (
    Make,
    Redeem,
    a_name,
    all_rolled_back,
    counted,
    feed,
    of_voucher,
    ok,
    refused,
    rolled_back,
    summary,
)
from tests.support.servers import Shop


def one(answer: httpx.Response) -> Any:
    [redemption] = ok(answer)["redemptions"]
    return redemption


def test_a_rollback_gives_back_a_use(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    code, who = make(redemption={"quantity": 1}), a_name()
    redemption = one(redeem(code, customer={"source_id": who}))
    told = ok(rolled_back(client, redemption["id"], reason="broken", metadata={"by": "Eve"}))
    assert told["id"].startswith("rr_")
    assert (told["object"], told["redemption"]) == ("redemption_rollback", redemption["id"])
    assert (told["result"], told["status"], told["reason"]) == ("SUCCESS", "SUCCEEDED", "broken")
    assert told["metadata"] == {"by": "Eve"}
    assert told["voucher"]["redemption"]["redeemed_quantity"] == 0
    after = ok(client.get(f"/v1/redemptions/{redemption['id']}"))
    assert after["status"] == "ROLLED_BACK"
    [undoing] = after["related_redemptions"]["rollbacks"]
    assert undoing == {"id": told["id"], "date": told["date"], "rollback_order_mode": "WITH_ORDER"}
    assert ok(client.get(f"/v1/redemptions/{told['id']}")) == told
    ok(redeem(code))


def test_counts_of_attempts_stay(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    who = a_name()
    redemption = one(redeem(make(), customer={"source_id": who}, order={"amount": 100}))
    ok(rolled_back(client, redemption["id"]))
    assert counted(client, who) == {
        "total_redeemed": 1, "total_succeeded": 1, "total_rolled_back": 1, "total_rollback_succeeded": 1,
    }  # fmt: skip
    assert [entry["type"] for entry in feed(client, who)][:3] == [
        "customer.redemption.rollback.succeeded",
        "customer.order.canceled",
        "customer.order.updated",
    ]


def test_credits_come_back(client: httpx.Client, make_card: Make, redeem: Redeem) -> None:
    card, who = make_card(1_000), a_name()
    ok(client.post("/v1/publications", json={"voucher": card, "customer": {"source_id": who}}))
    redemption = one(redeem((card, 300), customer={"source_id": who}, order={"amount": 500}))
    told = ok(rolled_back(client, redemption["id"]))
    assert (told["amount"], told["gift"]) == (-300, {"amount": -300})
    assert of_voucher(client, card)["gift"]["balance"] == 1_000
    moved = counted(client, who)
    assert (moved["amount_to_go"], moved.get("redeemed_amount", 0)) == (1_000, 0)
    [newest, *_] = ok(client.get(f"/v1/vouchers/{card}/transactions"))["data"]
    assert (newest["type"], newest["details"]["balance"]["amount"]) == ("CREDITS_REFUND", 300)
    assert newest["details"]["rollback"] == {"id": told["id"]}


def test_the_order_is_canceled_without_its_discounts(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    who, discount = a_name(), {"type": "PERCENT", "percent_off": 50, "effect": "APPLY_TO_ITEMS"}
    order = {"items": [{"amount": 1_000, "source_id": "a"}]}
    redemption = one(redeem(make(discount=discount), customer={"source_id": who}, order=order))
    assert summary(client, who)["orders"]["total_amount"] == 500
    told = ok(rolled_back(client, redemption["id"]))["order"]
    assert (told["status"], told["amount"], told["total_amount"]) == ("CANCELED", 1_000, 1_000)
    assert "items_discount_amount" not in told
    assert "discount_amount" not in told["items"][0]
    assert told["items"][0]["subtotal_amount"] == 1_000
    assert ok(client.get(f"/v1/orders/{told['id']}")) == told
    assert told["redemptions"][redemption["id"]]["rollback_id"].startswith("rr_")
    orders = summary(client, who)["orders"]
    assert (orders["total_amount"], orders["total_count"]) == (0, 0)


def test_a_second_rollback_gives_nothing_back_and_is_kept(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    code, who = make(), a_name()
    redemption = one(redeem(code, customer={"source_id": who}))
    ok(rolled_back(client, redemption["id"]))
    told = refused(rolled_back(client, redemption["id"]), 400, "already_rolled_back")
    assert (told["resource_type"], told["resource_id"][:4]) == ("redemption_rollback", "rrf_")
    kept = ok(client.get(f"/v1/redemptions/{told['resource_id']}"))
    assert (kept["result"], kept["status"], kept["failure_code"]) == ("FAILURE", "FAILED", "already_rolled_back")
    assert of_voucher(client, code)["redemption"]["redeemed_quantity"] == 0
    moved = counted(client, who)
    assert (moved["total_rolled_back"], moved["total_rollback_failed"]) == (2, 1)
    assert feed(client, who)[0]["type"] == "customer.redemption.rollback.failed"


def test_parts_are_rolled_back_together(client: httpx.Client, make: Make, make_card: Make, redeem: Redeem) -> None:
    code, card, who = make(), make_card(500), a_name()
    answer = ok(redeem(code, (card, 200), customer={"source_id": who}, order={"amount": 1_000}))
    parent, parts = answer["parent_redemption"], answer["redemptions"]
    refused(rolled_back(client, parent["id"]), 400, "invalid_redemption")
    refused(rolled_back(client, parts[0]["id"]), 400, "invalid_redemption_parent")
    refused(all_rolled_back(client, parts[0]["id"]), 400, "invalid_redemption_parent")
    told = ok(all_rolled_back(client, parent["id"]))
    assert [each["redemption"] for each in told["rollbacks"]] == [part["id"] for part in parts]
    assert (told["parent_rollback"]["redemption"], told["order"]["status"]) == (parent["id"], "CANCELED")
    mark = told["order"]["redemptions"][parent["id"]]
    assert mark["rollback_id"] == told["parent_rollback"]["id"]
    assert mark["rollback_stacked"] == [each["id"] for each in told["rollbacks"]]
    assert of_voucher(client, card)["gift"]["balance"] == 500
    assert counted(client, who)["total_rollback_succeeded"] == 2
    for redemption_id in (parent["id"], *(part["id"] for part in parts)):
        assert ok(client.get(f"/v1/redemptions/{redemption_id}"))["status"] == "ROLLED_BACK"
    refused(all_rolled_back(client, parent["id"]), 400, "already_rolled_back")


def test_a_single_one_by_the_operation_for_several(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    told = ok(all_rolled_back(client, one(redeem(make(), order={"amount": 5}))["id"]))
    assert (len(told["rollbacks"]), "parent_rollback" in told) == (1, False)


def test_who_says_another_customer_is_refused(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    who, other = a_name(), a_name()
    redemption = one(redeem(make(), customer={"source_id": who}))
    other_id = ok(client.post("/v1/customers", json={"source_id": other}))["id"]
    for body in ({"customer": {"source_id": other}}, {"customer": {"id": other_id}}, {"tracking_id": other}):
        refused(rolled_back(client, redemption["id"], **body), 400, "invalid_customer")
    nobody = one(redeem(make()))
    refused(rolled_back(client, nobody["id"], customer={"source_id": who}), 400, "invalid_customer")
    same = {"customer": {"source_id": who}, "tracking_id": redemption["tracking_id"]}
    ok(rolled_back(client, redemption["id"], **same))
    assert counted(client, who)["total_rolled_back"] == 1


def test_a_body_need_not_be_sent(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    told = ok(client.post(f"/v1/redemptions/{one(redeem(make()))['id']}/rollback"))
    assert (told["metadata"], "reason" in told) == ({}, False)
    refused(client.post("/v1/redemptions"), 400, "invalid_payload")


def test_a_tracking_id_may_stand_in_the_query(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    who = a_name()
    path = f"/v1/redemptions/{one(redeem(make(), customer={'source_id': who}))['id']}/rollback"
    refused(client.post(path, json={}, params={"tracking_id": "somebody"}), 400, "invalid_customer")
    told = ok(client.post(path, json={}, params={"tracking_id": who, "reason": "by query"}))
    assert told["reason"] == "by query"


def test_who_says_another_order_is_refused(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    source_id = a_name("order")
    redemption = one(redeem(make(), order={"source_id": source_id, "amount": 5}))
    refused(rolled_back(client, redemption["id"], order={"source_id": "another"}), 400, "invalid_order")
    refused(rolled_back(client, redemption["id"], order={"id": "ord_1"}), 400, "invalid_order")
    ok(rolled_back(client, redemption["id"], order={"source_id": source_id}))


def test_what_is_not_there_or_came_to_nothing_is_not_rolled_back(
    client: httpx.Client, make: Make, redeem: Redeem
) -> None:
    refused(rolled_back(client, "r_none"), 404, "not_found")
    failed = refused(redeem(make(active=False)), 400, "voucher_disabled")["resource_id"]
    refused(rolled_back(client, failed), 400, "invalid_redemption")
    undoing = ok(rolled_back(client, one(redeem(make()))["id"]))["id"]
    refused(rolled_back(client, undoing), 404, "not_found")


def test_a_use_of_a_voucher_in_the_bin_is_given_back(client: httpx.Client, make_card: Make, redeem: Redeem) -> None:
    card, who = make_card(500), a_name()
    ok(client.post("/v1/publications", json={"voucher": card, "customer": {"source_id": who}}))
    redemption = one(redeem((card, 200), customer={"source_id": who}, order={"amount": 900}))
    assert client.delete(f"/v1/vouchers/{card}").status_code == 204
    ok(rolled_back(client, redemption["id"]))
    assert counted(client, who).get("amount_to_go") is None
    [entry] = [each for each in ok(client.get("/v1/trash-bin"))["data"] if each["resource_name"] == card]
    assert client.post(f"/v1/trash-bin/{entry['id']}/restore").status_code in (200, 204)
    assert of_voucher(client, card)["gift"]["balance"] == 500
    assert counted(client, who)["amount_to_go"] == 500


def test_of_a_voucher_that_is_gone_nothing_is_left_to_give_back_to(
    client: httpx.Client, make: Make, redeem: Redeem
) -> None:
    code = make()
    redemption = one(redeem(code))
    assert client.delete(f"/v1/vouchers/{code}", params={"force": True}).status_code == 204
    make(code=code)
    told = ok(rolled_back(client, redemption["id"]))
    assert "voucher" not in told
    assert of_voucher(client, code)["redemption"]["redeemed_quantity"] == 0


def test_a_merged_customers_redemption_is_the_others(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    who, other = a_name(), a_name()
    redemption = one(redeem(make(), customer={"source_id": who}))
    ok(client.post("/v1/customers", json={"source_id": other}))
    ok(client.post(f"/v1/customers/{other}/merge", json={"source": who}))
    told = ok(rolled_back(client, redemption["id"], customer={"source_id": other}))
    assert told["customer"]["source_id"] == other
    assert counted(client, other)["total_rollback_succeeded"] == 1


def test_a_redemption_is_rolled_back_within_three_months(shop: Shop, database_url: str) -> None:
    client = shop.client
    body = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}, "code": "OLD"}
    ok(client.post("/v1/vouchers", json=body))
    redemption = one(client.post("/v1/redemptions", json={"redeemables": [{"object": "voucher", "id": "OLD"}]}))
    days = 93 * 86_400_000
    execute(database_url, f"UPDATE redemptions SET created_at = created_at - {days} WHERE id = '{redemption['id']}'")
    told = refused(rolled_back(client, redemption["id"]), 400, "invalid_redemption")
    assert told["resource_id"].startswith("rrf_")
    assert of_voucher(client, "OLD")["redemption"]["redeemed_quantity"] == 1


@pytest.mark.parametrize("body", [{"reason": "x" * 1_001}, {"metadata": {"x": "y" * 100_000}}, {"customer": 7}])
def test_a_malformed_rollback_is_refused(client: httpx.Client, make: Make, redeem: Redeem, body: Any) -> None:
    redemption = one(redeem(make()))
    refused(rolled_back(client, redemption["id"], **body), 400, "invalid_payload")
    assert ok(client.get(f"/v1/redemptions/{redemption['id']}"))["status"] == "SUCCEEDED"
