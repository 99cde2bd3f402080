"""Redeeming: the voucher is used, the customer counted, the order paid, and the answer tells all of it (spec I 4.1)."""

import httpx

from tests.domains.redemptions.conftest import (
    Make,
    Redeem,
    a_name,
    asked,
    counted,
    feed,
    kinds,
    of_voucher,
    ok,
    refused,
    summary,
)
from tests.support.servers import KEYS, Shop


def test_a_voucher_is_redeemed_for_an_order(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    code, who = make(), a_name()
    told = ok(redeem(code, customer={"source_id": who}, order={"amount": 2_000}, metadata={"till": 7}))
    [redemption] = told["redemptions"]
    assert redemption["id"].startswith("r_")
    assert (redemption["result"], redemption["status"], redemption["redemption"]) == ("SUCCESS", "SUCCEEDED", None)
    assert redemption["voucher"]["code"] == code
    assert redemption["voucher"]["redemption"]["redeemed_quantity"] == 1
    assert redemption["related_object_type"] == "voucher"
    assert redemption["related_object_id"] == redemption["voucher"]["id"]
    assert redemption["customer"]["source_id"] == who
    assert redemption["metadata"] == {"till": 7}
    order = told["order"]
    assert (order["amount"], order["total_discount_amount"], order["total_amount"]) == (2_000, 200, 1_800)
    assert (order["status"], order["customer_id"]) == ("PAID", redemption["customer_id"])
    assert redemption["order"] == order
    assert "parent_redemption" not in told


def test_the_order_is_stored_as_it_was_calculated(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    code, source_id = make(discount={"type": "AMOUNT", "amount_off": 300}), a_name("order")
    items = [{"source_id": "a", "price": 500, "quantity": 2}, {"source_id": "b", "amount": 700}]
    told = ok(redeem(code, order={"source_id": source_id, "items": items}))
    stored = ok(client.get(f"/v1/orders/{source_id}"))
    assert (stored["status"], stored["amount"], stored["discount_amount"], stored["total_amount"]) == (
        "PAID", 1_700, 300, 1_400,
    )  # fmt: skip
    assert [item["amount"] for item in stored["items"]] == [1_000, 700]
    [redemption] = told["redemptions"]
    assert stored["redemptions"] == {
        redemption["id"]: {
            "date": redemption["date"],
            "related_object_type": "voucher",
            "related_object_id": redemption["related_object_id"],
        }
    }
    assert told["order"]["id"] == stored["id"]


def test_the_customers_summary_moves_with_it(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    who = a_name()
    for amount in (1_000, 500):
        ok(redeem(make(), customer={"source_id": who}, order={"amount": amount}))
    assert counted(client, who) == {"total_redeemed": 2, "total_succeeded": 2}
    orders = summary(client, who)["orders"]
    assert (orders["total_amount"], orders["total_count"], orders["last_order_amount"]) == (1_350, 2, 450)


def test_the_customers_feed_tells_of_it(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    who, code = a_name(), make()
    told = ok(redeem(code, customer={"source_id": who}, order={"amount": 1_000}))
    assert kinds(client, who) == [
        "customer.created",
        "customer.order.created",
        "customer.order.paid",
        "customer.redemption.succeeded",
    ]
    data = feed(client, who)[0]["data"]
    assert data["redemption"]["id"] == told["redemptions"][0]["id"]
    assert (data["voucher"]["code"], data["order"]["total_amount"]) == (code, 900)


def test_a_customer_who_is_known_is_updated(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    who = a_name()
    ok(client.post("/v1/customers", json={"source_id": who, "name": "Ada"}))
    told = ok(redeem(make(), customer={"source_id": who, "name": "Ada L."}, order={"amount": 100}))
    assert told["redemptions"][0]["customer"]["name"] == "Ada L."
    assert ok(client.get(f"/v1/customers/{who}"))["name"] == "Ada L."


def test_nobody_may_redeem_without_an_order(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    [redemption] = ok(redeem(make()))["redemptions"]
    assert (redemption["customer_id"], redemption["customer"], redemption["tracking_id"]) == (None, None, None)
    assert ok(client.get(f"/v1/redemptions/{redemption['id']}"))["customer"] is None


def test_a_tracking_id_is_kept(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    [redemption] = ok(redeem(make(), tracking_id="visitor"))["redemptions"]
    assert redemption["tracking_id"].startswith("track_")


def test_a_card_pays_what_is_asked_for(client: httpx.Client, make_card: Make, redeem: Redeem) -> None:
    card, who = make_card(1_000), a_name()
    ok(client.post("/v1/publications", json={"voucher": card, "customer": {"source_id": who}}))
    told = ok(redeem((card, 300), customer={"source_id": who}, order={"amount": 2_000}))
    [redemption] = told["redemptions"]
    assert (redemption["amount"], redemption["gift"]) == (300, {"amount": 300})
    assert told["order"]["total_amount"] == 1_700
    assert of_voucher(client, card)["gift"]["balance"] == 700
    assert counted(client, who) == {
        "total_redeemed": 1, "total_succeeded": 1, "redeemed_amount": 300, "amount_to_go": 700,
    }  # fmt: skip
    [newest, _] = ok(client.get(f"/v1/vouchers/{card}/transactions"))["data"]
    assert (newest["type"], newest["details"]["balance"]["amount"]) == ("CREDITS_REDEMPTION", -300)
    assert newest["source_id"] == newest["details"]["redemption"]["id"] == redemption["id"]
    assert newest["details"]["balance"]["operation_type"] == "AUTOMATIC"


def test_whoever_spends_a_card_is_counted_and_its_holder_has_less_to_go(
    client: httpx.Client, make_card: Make, redeem: Redeem
) -> None:
    card, holder, spender = make_card(1_000), a_name(), a_name()
    ok(client.post("/v1/publications", json={"voucher": card, "customer": {"source_id": holder}}))
    ok(redeem((card, 400), customer={"source_id": spender}, order={"amount": 900}))
    assert counted(client, holder) == {"amount_to_go": 600}
    assert counted(client, spender)["redeemed_amount"] == 400


def test_several_are_redeemed_together(client: httpx.Client, make: Make, make_card: Make, redeem: Redeem) -> None:
    who, ten, card = a_name(), make(), make_card(500)
    source_id = a_name("order")
    order = {"source_id": source_id, "amount": 1_000}
    told = ok(redeem(ten, (card, 250), customer={"source_id": who}, order=order))
    first, second = told["redemptions"]
    parent = told["parent_redemption"]
    assert (parent["related_object_type"], parent["related_object_id"]) == ("redemption", parent["id"])
    assert {first["redemption"], second["redemption"]} == {parent["id"]}
    assert [part["id"] for part in parent["related_redemptions"]["redemptions"]] == [first["id"], second["id"]]
    assert (first["order"]["total_amount"], second["order"]["total_amount"]) == (900, 650)
    assert "status" not in first["order"]
    assert (parent["order"]["total_amount"], parent["order"]["status"]) == (650, "PAID")
    assert told["order"] == parent["order"]
    assert counted(client, who) == {"total_redeemed": 2, "total_succeeded": 2, "redeemed_amount": 250}
    assert summary(client, who)["orders"]["total_count"] == 1
    stored = ok(client.get(f"/v1/orders/{source_id}"))["redemptions"]
    assert stored[parent["id"]]["stacked"] == [first["id"], second["id"]]


def test_a_stored_order_is_redeemed_for_and_paid(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    who = a_name()
    order = ok(client.post("/v1/orders", json={"amount": 1_000, "customer": {"source_id": who}}))
    told = ok(redeem(make(), order={"id": order["id"]}))
    assert (told["order"]["id"], told["order"]["status"], told["order"]["total_amount"]) == (order["id"], "PAID", 900)
    assert told["redemptions"][0]["customer"]["source_id"] == who
    assert counted(client, who) == {"total_redeemed": 1, "total_succeeded": 1}
    again = ok(redeem(make(), order={"id": order["id"]}))
    assert again["order"]["total_amount"] == 810
    assert len(ok(client.get(f"/v1/orders/{order['id']}"))["redemptions"]) == 2


def test_the_same_source_id_is_the_same_order(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    source_id = a_name("order")
    first = ok(redeem(make(), order={"source_id": source_id, "amount": 1_000}))
    second = ok(redeem(make(), order={"source_id": source_id}))
    assert first["order"]["id"] == second["order"]["id"]


def test_products_that_lines_bring_are_created(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    name = a_name("product")
    line = {"product": {"source_id": name, "name": "Tea", "override": True}, "amount": 500}
    told = ok(redeem(make(), order={"items": [line]}))
    product = ok(client.get(f"/v1/products/{name}"))
    stored = ok(client.get(f"/v1/orders/{told['order']['id']}"))
    assert stored["items"][0]["product_id"] == product["id"]


def test_one_voucher_by_the_older_operation(client: httpx.Client, make: Make) -> None:
    code = make()
    body = {"customer": {"source_id": a_name()}, "order": {"amount": 100}}
    told = ok(client.post(f"/v1/vouchers/{code}/redemption", json=body, params={"tracking_id": "me"}))
    assert (told["object"], told["result"], told["order"]["total_amount"]) == ("redemption", "SUCCESS", 90)
    assert of_voucher(client, code)["redemption"]["redeemed_quantity"] == 1


def test_what_a_session_holds_is_redeemed_with_its_key(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    code, key = make(redemption={"quantity": 1}), a_name("session")
    body = {"redeemables": [{"object": "voucher", "id": code}], "session": {"type": "LOCK", "key": key}}
    assert ok(client.post("/v1/validations", json=body))["valid"]
    refused(redeem(code), 400, "quantity_exceeded")
    [redemption] = ok(redeem(code, session={"key": key}))["redemptions"]
    assert redemption["session"] == {"key": key}
    refused(client.delete(f"/v1/vouchers/{code}/sessions/{key}"), 404, "not_found")


def test_metadata_must_be_as_its_schema_wants_it(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    lane = {"type": "number", "array": False, "optional": False}
    schema = {"related_object": "redemption", "properties": {"lane": lane}, "allow_defined_only": False}
    made = ok(client.post("/v1/metadata-schemas", json=schema))
    code = make()
    refused(redeem(code, metadata={"lane": "x"}), 400, "metadata_validation_failed")
    assert of_voucher(client, code)["redemption"]["redeemed_quantity"] == 0
    ok(redeem(code, metadata={"lane": 4}))
    assert client.delete(f"/v1/metadata-schemas/{made['id']}").status_code in (200, 204)


def test_the_answer_names_who_was_brought_along(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    order = {"source_id": a_name("order"), "amount": 1_000, "referrer": {"source_id": a_name()}}
    told = ok(redeem(make(), order=order))
    kept = ok(client.get(f"/v1/orders/{order['source_id']}"))
    assert kept["referrer_id"].startswith("cust_")
    for each in (told["order"], told["redemptions"][0]["order"]):
        assert (each["referrer_id"], each["referrer"]["id"]) == (kept["referrer_id"], kept["referrer_id"])


def test_what_was_replaced_is_told_as_a_validation_tells_it(shared_shop: Shop) -> None:
    """Past the contract's log: its list of effects lacks the one that replaces."""
    with httpx.Client(verify=False, base_url=shared_shop.url, headers=KEYS) as client:
        old, new = (ok(client.post("/v1/products", json={"source_id": a_name(), "price": 500}))["id"] for _ in "12")
        discount = {"type": "UNIT", "effect": "REPLACE_ITEMS", "unit_off": 1, "unit_type": new}
        voucher = {"type": "DISCOUNT_VOUCHER", "discount": discount}
        codes = [ok(client.post("/v1/vouchers", json=voucher))["code"] for _ in range(2)]
        order = {"items": [{"product_id": old, "quantity": 3}]}
        for several in (codes[:1], codes):
            body = {"redeemables": asked(*several), "order": order}
            told, done = (ok(client.post(f"/v1/{path}", json=body)) for path in ("validations", "redemptions"))
            replaced = [
                [item.get("application_details") for item in each["order"]["items"]] for each in told["redeemables"]
            ]
            assert any(replaced[0])
            items = [part["order"]["items"] for part in done["redemptions"]]
            assert [[item.get("application_details") for item in each] for each in items] == replaced
