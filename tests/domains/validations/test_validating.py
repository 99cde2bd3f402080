"""Whether redeemables apply, and what they take off (spec I 3.1, 3.2, 3.4)."""

from typing import Any

import httpx
import pytest

from tests.domains.validations.conftest import Made, validate, vouchers
from tests.domains.vouchers.conftest import Make, a_code, ok, refused

FIVE_OFF = {"type": "AMOUNT", "amount_off": 500}
HUNDRED = {"amount": 10_000}
MUG = {"source_id": "mug", "related_object": "product", "price": 1_000, "quantity": 2}


def test_a_discount_is_taken_off(client: httpx.Client, make: Make) -> None:
    code = make()["code"]
    told = validate(client, code, order=HUNDRED)
    assert (told["valid"], told["id"][:6]) == (True, "valid_")
    [entry] = told["redeemables"]
    assert (entry["status"], entry["id"], entry["object"]) == ("APPLICABLE", code, "voucher")
    assert entry["result"]["discount"] == {"type": "PERCENT", "percent_off": 10, "effect": "APPLY_TO_ORDER"}
    amounts = {name: told["order"][name] for name in ("amount", "total_discount_amount", "total_amount")}
    assert amounts == {"amount": 10_000, "total_discount_amount": 1_000, "total_amount": 9_000}
    assert "items_discount_amount" not in told["order"]
    assert not {"skipped_redeemables", "inapplicable_redeemables", "session"} & told.keys()
    assert told["stacking_rules"]["redeemables_application_mode"] == "ALL"


def test_each_redeemable_sees_what_the_ones_before_it_left(client: httpx.Client, make: Make, make_card: Make) -> None:
    codes = make(discount=FIVE_OFF)["code"], make()["code"], make_card(3_000)["code"]
    told = validate(client, *codes, order=HUNDRED)
    steps = [each["order"]["applied_discount_amount"] for each in told["redeemables"]]
    totals = [each["order"]["total_amount"] for each in told["redeemables"]]
    assert (steps, totals) == ([500, 950, 3_000], [9_500, 8_550, 5_550])
    assert (told["order"]["total_applied_discount_amount"], told["order"]["total_amount"]) == (4_450, 5_550)
    assert told["redeemables"][2]["result"] == {"gift": {"balance": 3_000, "credits": 3_000}}


def test_credits_that_are_asked_for_are_spent(client: httpx.Client, make_card: Make) -> None:
    code = make_card(3_000)["code"]
    told = validate(client, redeemables=vouchers(code, credits=1_200), order=HUNDRED)
    assert told["redeemables"][0]["result"]["gift"] == {"balance": 3_000, "credits": 1_200}
    over = validate(client, redeemables=vouchers(code, credits=3_001), order=HUNDRED)
    assert _keys(over) == ["gift_amount_exceeded"]


def test_a_voucher_changes_by_being_validated_no_more_than_a_customer(client: httpx.Client, make: Make) -> None:
    before = make()
    validate(client, before["code"], order=HUNDRED, customer={"source_id": "stranger", "name": "New"})
    after = ok(client.get(f"/v1/vouchers/{before['code']}"))
    assert after["redemption"]["redeemed_quantity"] == 0
    assert client.get("/v1/customers/stranger").status_code == 404


def test_in_mode_all_one_that_fails_fails_all(client: httpx.Client, make: Make) -> None:
    good, missing = make()["code"], a_code()
    told = validate(client, good, missing, order=HUNDRED)
    assert (told["valid"], "order" in told) == (False, False)
    assert [each["status"] for each in told["redeemables"]] == ["SKIPPED", "INAPPLICABLE"]
    assert told["inapplicable_redeemables"] == told["redeemables"][1:]
    assert told["skipped_redeemables"] == told["redeemables"][:1]
    error = told["redeemables"][1]["result"]["error"]
    assert (error["code"], error["key"], error["resource_id"]) == (404, "not_found", missing)
    assert told["redeemables"][0]["result"]["details"]["key"] == "preceding_validation_failed"


def test_over_the_limit_the_rest_is_left_out(client: httpx.Client, make: Make) -> None:
    codes = [make()["code"] for _ in range(7)]
    told = validate(client, *codes, order=HUNDRED)
    assert told["valid"]
    assert [each["id"] for each in told["redeemables"]] == codes[:5]
    assert [each["id"] for each in told["skipped_redeemables"]] == codes[5:]
    assert {each["result"]["details"]["key"] for each in told["skipped_redeemables"]} == {
        "applicable_redeemables_limit_exceeded"
    }
    assert "inapplicable_redeemables" not in told


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"active": False}, "voucher_disabled"),
        ({"start_date": "2100-01-01T00:00:00Z"}, "voucher_not_active"),
        ({"start_date": "2000-01-01T00:00:00Z", "expiration_date": "2001-01-01T00:00:00Z"}, "voucher_expired"),
    ],
)
def test_a_voucher_that_may_not_be_used_says_why(
    client: httpx.Client, make: Make, fields: dict[str, Any], key: str
) -> None:
    told = validate(client, make(**fields)["code"], order=HUNDRED)
    assert _keys(told) == [key]


def test_all_reasons_are_told_where_they_are_asked_for(client: httpx.Client, make: Make) -> None:
    code = make(active=False, expiration_date="2001-01-01T00:00:00Z")["code"]
    told = validate(client, code, order=HUNDRED, options={"expand": ["trace"]})
    traced = told["redeemables"][0]["result"]["trace"]
    assert [each["key"] for each in traced] == ["voucher_disabled", "voucher_expired"]
    assert traced[0]["check"] == "active"
    assert traced[1]["change"]["of"] == "expiration_date"
    assert traced[1]["change"]["by"] > 0


def test_what_is_told_of_each_is_what_was_asked_for(client: httpx.Client, make: Make) -> None:
    code = make(metadata={"a": 1.5}, redemption={"quantity": 3})["code"]
    [bare] = validate(client, code, order=HUNDRED, options={"expand": []})["redeemables"]
    assert not {"order", "metadata", "categories", "redemption"} & bare.keys()
    everything = {"expand": ["order", "redeemable", "redemption", "category"]}
    [whole] = validate(client, code, order=HUNDRED, options=everything)["redeemables"]
    assert whole["metadata"] == {"a": 1.5}
    assert whole["redemption"]["quantity"] == 3
    assert (whole["holder_id"], whole["categories"]) == (None, [])


def test_an_amount_needs_an_order(client: httpx.Client, make: Make) -> None:
    code = make(discount=FIVE_OFF)["code"]
    assert _keys(validate(client, code)) == ["missing_order"]
    assert _keys(validate(client, code, order={})) == ["missing_amount"]


def test_a_voucher_of_a_campaign_follows_it(client: httpx.Client) -> None:
    campaign = ok(
        client.post(
            "/v1/campaigns",
            json={
                "name": a_code(),
                "campaign_type": "DISCOUNT_COUPONS",
                "type": "STATIC",
                "voucher": {"type": "DISCOUNT_VOUCHER", "discount": FIVE_OFF},
            },
        )
    )
    code = ok(client.post(f"/v1/campaigns/{campaign['id']}/vouchers", json={}))["code"]
    [entry] = validate(client, code, order=HUNDRED)["redeemables"]
    assert (entry["campaign_id"], entry["campaign_name"]) == (campaign["id"], campaign["name"])
    ok(client.post(f"/v1/campaigns/{campaign['id']}/disable"))
    assert _keys(validate(client, code, order=HUNDRED)) == ["voucher_disabled"]


def test_a_percentage_is_exact(client: httpx.Client, make: Make) -> None:
    code = make(discount={"type": "PERCENT", "percent_off": 1.005})["code"]
    assert validate(client, code, order=HUNDRED)["order"]["total_discount_amount"] == 101


def test_a_formula_reads_metadata_to_the_last_digit(client: httpx.Client, make: Make) -> None:
    formula = {"type": "AMOUNT", "amount_off": 1, "amount_off_formula": 'CUSTOMER_METADATA("rate")*100'}
    told = validate(
        client,
        make(discount=formula)["code"],
        order=HUNDRED,
        customer={"source_id": "c", "metadata": {"rate": 0.29}},
    )
    assert told["order"]["total_discount_amount"] == 2_900
    assert told["redeemables"][0]["result"]["discount"]["amount_off"] == 2_900


def test_items_are_told_as_they_are_discounted(client: httpx.Client, make: Make) -> None:
    code = make(discount={**FIVE_OFF, "effect": "APPLY_TO_ITEMS"})["code"]
    [item] = validate(client, code, order={"items": [MUG]})["order"]["items"]
    assert item == {
        "object": "order_item",
        "source_id": "mug",
        "related_object": "product",
        "quantity": 2,
        "initial_quantity": 2,
        "amount": 2_000,
        "discount_amount": 500,
        "initial_amount": 2_000,
        "applied_discount_amount": 500,
        "applied_discount_quantity": 2,
        "price": 1_000,
        "subtotal_amount": 1_500,
    }


def test_units_that_a_discount_adds_have_the_catalogues_names(client: httpx.Client, make: Make) -> None:
    name = a_code()
    product = ok(client.post("/v1/products", json={"source_id": name, "name": "Poster", "price": 300}))
    discount = {"type": "UNIT", "unit_off": 2, "unit_type": name, "effect": "ADD_NEW_ITEMS"}
    told = validate(client, make(discount=discount)["code"], order={"items": [MUG]})
    added = told["order"]["items"][1]
    assert added["product"] == {"id": product["id"], "source_id": name, "name": "Poster", "price": 300}
    assert (added["quantity"], added["discount_quantity"], added["subtotal_amount"]) == (2, 2, 0)
    assert (told["order"]["amount"], told["order"]["total_amount"]) == (2_600, 2_000)


def test_a_stored_order_is_what_the_request_is_laid_over(client: httpx.Client, make: Make) -> None:
    placed = ok(client.post("/v1/orders", json={"source_id": a_code(), "items": [MUG], "metadata": {"a": 1}}))
    code = make()["code"]
    told = validate(client, code, order={"id": placed["id"], "metadata": {"b": 2}})["order"]
    assert (told["id"], told["amount"], told["total_amount"]) == (placed["id"], 2_000, 1_800)
    assert (told["metadata"], told["status"]) == ({"a": 1, "b": 2}, "CREATED")
    by_source = validate(client, code, order={"source_id": placed["source_id"], "amount": 500})["order"]
    assert (by_source["id"], by_source["total_amount"]) == (placed["id"], 450)
    assert ok(client.get(f"/v1/orders/{placed['id']}")) == placed


def test_an_order_by_an_unknown_id_is_a_404(client: httpx.Client, make: Make) -> None:
    body = {"redeemables": vouchers(make()["code"]), "order": {"id": "ord_nothing"}}
    assert "ord_nothing" in refused(client.post("/v1/validations", json=body), 404, "not_found")


@pytest.mark.parametrize("path", ["validations", "qualifications", "redemptions"])
@pytest.mark.parametrize(
    "body",
    [
        {"customer": {"id": "cust_nobody"}},
        {"order": {"amount": 100, "customer": {"id": "cust_nobody"}}},
        {"order": {"amount": 100, "referrer": {"id": "cust_nobody"}}},
        {"order": {"amount": 100, "referrer_id": "cust_nobody"}},
    ],
)
def test_somebody_by_an_unknown_id_is_a_404_for_whoever_asks(
    client: httpx.Client, make: Make, path: str, body: Made
) -> None:
    """Whether or not the voucher could be used."""
    for code in (make()["code"], make(active=False)["code"]):
        asked = body if path == "qualifications" else {**body, "redeemables": vouchers(code)}
        assert "cust_nobody" in refused(client.post(f"/v1/{path}", json=asked), 404, "not_found")


def test_a_customer_who_could_not_be_stored_is_refused_by_whoever_asks(client: httpx.Client, make: Make) -> None:
    size = {"type": "number", "array": False, "optional": False}
    schema = ok(client.post("/v1/metadata-schemas", json={"related_object": "customer", "properties": {"size": size}}))
    known, new = a_code(), a_code()
    ok(client.post("/v1/customers", json={"source_id": known, "metadata": {"size": 1}}))
    asked = {"redeemables": vouchers(make()["code"])}
    for path in ("validations", "qualifications", "redemptions"):
        for body in (
            {"customer": {"source_id": known, "metadata": {"size": "x"}}},
            {"customer": {"source_id": new}},
            {"order": {"amount": 100, "referrer": {"source_id": new}}},
        ):
            sent = body if path == "qualifications" else {**body, **asked}
            assert "size" in refused(client.post(f"/v1/{path}", json=sent), 400, "metadata_validation_failed")
    assert validate(client, make()["code"], customer={"source_id": known})["valid"]
    assert client.delete(f"/v1/metadata-schemas/{schema['id']}").status_code in (200, 204)


def test_a_known_customer_is_told_by_id_and_not_changed(client: httpx.Client, make: Make) -> None:
    name = a_code()
    customer = ok(client.post("/v1/customers", json={"source_id": name, "metadata": {"level": 1}}))
    told = validate(client, make()["code"], order=HUNDRED, customer={"source_id": name, "metadata": {"level": 2}})
    assert told["order"]["customer"] == {"id": customer["id"], "object": "customer"}
    assert told["order"]["customer_id"] == customer["id"]
    assert ok(client.get(f"/v1/customers/{name}"))["metadata"] == {"level": 1}
    assert told["tracking_id"].startswith("track_")


def test_a_tracking_id_stands_for_one_name_and_is_kept(client: httpx.Client, make: Make) -> None:
    code = make()["code"]
    one = validate(client, code, customer={"source_id": "anna"})["tracking_id"]
    assert one == validate(client, code, tracking_id="anna")["tracking_id"]
    assert one == validate(client, code, tracking_id=one)["tracking_id"]
    assert one != validate(client, code, tracking_id="otto")["tracking_id"]
    assert "tracking_id" not in validate(client, code)


def _keys(told: dict[str, Any]) -> list[str]:
    return [each["result"]["error"]["key"] for each in told.get("inapplicable_redeemables", ())]
