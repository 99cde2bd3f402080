"""Formulas that read with which metadata a code was given away (spec I 1.2): whoever asks, and in whichever way."""

from typing import Any

import httpx
import pytest

from tests.domains.vouchers.conftest import Made, Make, a_code, client, make, ok
from tests.support.servers import KEYS, Shop

__all__ = ["client", "make"]

ORDER = {"amount": 10_000}
BY_PUBLICATION = {"type": "AMOUNT", "amount_off": 100, "amount_off_formula": 'PUBLICATION_METADATA("worth") * 2'}


def give(client: httpx.Client, customer: str, **body: Any) -> None:
    ok(client.post("/v1/publications", json={"customer": {"source_id": customer}, **body}))


def a_campaign(client: httpx.Client, kind: str) -> Made:
    voucher = {"type": "DISCOUNT_VOUCHER", "discount": BY_PUBLICATION}
    if kind == "STANDALONE":
        voucher["code"] = a_code()
    body = {"name": a_code(), "campaign_type": "DISCOUNT_COUPONS", "type": kind, "voucher": voucher}
    return ok(client.post("/v1/campaigns", json=body))


def discounts(client: httpx.Client, code: str, customer: str | None = None) -> set[int | None]:
    """What a qualification (where it is told), a validation, one that holds, and a redemption take off."""
    body: Made = {"order": ORDER, **({"customer": {"source_id": customer}} if customer else {})}
    filters = {"code": {"conditions": {"$is": [code]}}}
    listed = ok(client.post("/v1/qualifications", json={**body, "options": {"filters": filters}}))
    asked = {**body, "redeemables": [{"object": "voucher", "id": code}]}
    answers = [*listed["redeemables"]["data"]]
    answers.append(ok(client.post("/v1/validations", json=asked)))
    answers.append(ok(client.post("/v1/validations", json={**asked, "session": {"type": "LOCK", "key": "mine"}})))
    answers.append(ok(client.post("/v1/redemptions", json={**asked, "session": {"key": "mine"}})))
    return {each["order"]["total_applied_discount_amount"] for each in answers}


def test_a_code_is_worth_what_its_publication_says_whoever_brings_it(client: httpx.Client, make: Make) -> None:
    code = make(discount=BY_PUBLICATION)["code"]
    assert discounts(client, code) == {100}
    give(client, "ada", voucher=code, metadata={"worth": 7.25})
    assert discounts(client, code, "ada") == {1_450}
    assert discounts(client, code, "eve") == {1_450}
    assert discounts(client, code) == {1_450}


def test_without_that_metadata_the_plain_value_holds(client: httpx.Client, make: Make) -> None:
    code = make(discount=BY_PUBLICATION)["code"]
    give(client, "ada", voucher=code, metadata={"other": 7})
    assert discounts(client, code, "ada") == {100}


def test_a_code_of_a_campaign_is_worth_what_its_publication_says(client: httpx.Client) -> None:
    campaign = a_campaign(client, "AUTO_UPDATE")
    for worth in (3, 4):
        body = {"customer": {"source_id": "ada"}, "campaign": {"name": campaign["name"]}, "metadata": {"worth": worth}}
        code = ok(client.post("/v1/publications", json=body))["voucher"]["code"]
        assert discounts(client, code, "ada") == {worth * 200}


def test_a_code_for_all_is_worth_to_each_what_theirs_says(client: httpx.Client) -> None:
    campaign = a_campaign(client, "STANDALONE")
    [voucher] = ok(client.get("/v1/vouchers", params={"campaign_id": campaign["id"]}))["vouchers"]
    for customer, worth in (("ann", 3), ("bea", 4), ("ann", 5)):
        give(client, customer, campaign={"name": campaign["name"]}, metadata={"worth": worth})
    assert discounts(client, voucher["code"], "ann") == {600}
    assert discounts(client, voucher["code"], "bea") == {800}
    assert discounts(client, voucher["code"], "cid") == {100}
    assert discounts(client, voucher["code"]) == {100}


def test_a_price_in_a_rule_may_read_it_too(shared_shop: Shop, make: Make) -> None:
    """Past the contract's log: there, the formula of a price is a number."""
    client = httpx.Client(verify=False, base_url=shared_shop.url, headers=KEYS)
    product = ok(client.post("/v1/products", json={"source_id": a_code(), "price": 2_000}))["id"]
    entry = {"object": "product", "id": product, "price": 0, "price_formula": 'PUBLICATION_METADATA("worth")'}
    body = {"name": a_code(), "rules": {}, "applicable_to": {"included": [entry]}}
    rule = ok(client.post("/v1/validation-rules", json=body))["id"]
    fixed = {"type": "FIXED", "fixed_amount": 1_000, "effect": "APPLY_TO_ITEMS"}
    code = make(discount=fixed, validation_rules=[rule])["code"]
    give(client, "ada", voucher=code, metadata={"worth": 15})
    order = {"items": [{"product_id": product, "quantity": 1}]}
    asked = {"redeemables": [{"object": "voucher", "id": code}], "order": order}
    for path in ("validations", "redemptions"):
        assert ok(client.post(f"/v1/{path}", json=asked))["order"]["total_amount"] == 1_500
    client.close()


def test_a_code_made_anew_has_nothing_of_the_old_one(client: httpx.Client, make: Make) -> None:
    code = make(discount=BY_PUBLICATION)["code"]
    give(client, "ada", voucher=code, metadata={"worth": 7})
    assert client.delete(f"/v1/vouchers/{code}", params={"force": "true"}).status_code == 204
    make(code=code, discount=BY_PUBLICATION)
    assert discounts(client, code, "ada") == {100}
    give(client, "eve", voucher=code, metadata={"worth": 1})
    assert discounts(client, code, "eve") == {200}


@pytest.mark.parametrize("path", ["/v1/customers/{id}", "/v1/customers/{id}/permanent-deletion"])
def test_what_was_said_of_somebody_who_is_gone_is_not_read(client: httpx.Client, make: Make, path: str) -> None:
    code, name = make(discount=BY_PUBLICATION)["code"], a_code()
    give(client, name, voucher=code, metadata={"worth": 7})
    customer = ok(client.get(f"/v1/customers/{name}"))["id"]
    path = path.format(id=customer)
    answer = client.post(path) if path.endswith("deletion") else client.delete(path)
    assert answer.status_code in (200, 204), answer.text
    assert discounts(client, code) == ({100} if path.endswith("deletion") else {1_400})
