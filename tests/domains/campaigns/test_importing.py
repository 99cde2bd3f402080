"""Bringing codes into a campaign, as JSON and as CSV (spec I 2.2)."""

from typing import Any

import httpx
import pytest

from tests.domains.campaigns.conftest import Make, a_code, ok, refused
from tests.support.imports import Action, begun, ended, report_of


def of(client: httpx.Client, code: str) -> dict[str, Any]:
    return ok(client.get(f"/v1/vouchers/{code}"))


def count_of(client: httpx.Client, campaign: dict[str, Any]) -> int:
    return int(ok(client.get(f"/v1/campaigns/{campaign['id']}"))["vouchers_count"])


def brought(client: httpx.Client, reference: str, rows: list[dict[str, Any]]) -> Action:
    return ended(client, begun(client.post(f"/v1/campaigns/{reference}/import", json=rows)))


def imported(client: httpx.Client, reference: str, content: str) -> Action:
    path = f"/v1/campaigns/{reference}/importCSV"
    return ended(client, begun(client.post(path, files={"file": content.encode()})))


def reasons(action: Action) -> dict[int, str]:
    return {row["row"]: row["reason"] for row in action["result"]["failed"]}


def test_codes_are_vouchers_by_the_campaigns_template(client: httpx.Client, make: Make) -> None:
    campaign = make(
        category="Of all", metadata={"a": 1}, start_date="2020-01-01", expiration_date="2030-01-01",
        voucher={"redemption": {"quantity": 3}}, vouchers_count=0,
    )  # fmt: skip
    plain, other = a_code(), a_code()
    rows: list[dict[str, Any]] = [
        {"code": plain},
        {
            "code": other, "category": "Own", "metadata": {"b": 2}, "active": False, "redemption": {"quantity": 9},
            "expiration_date": "2029-01-01", "additional_info": "secret", "validity_day_of_week": [1],
        },
    ]  # fmt: skip
    action = brought(client, campaign["id"], rows)
    assert (action["type"], action["result"]["done_count"]) == ("CAMPAIGN.VOUCHERS_IMPORT", 2)
    assert action["result"]["message"] == "2 voucher(s) imported, 0 failed."
    one, two = of(client, plain), of(client, other)
    assert (one["campaign_id"], one["campaign"], one["type"]) == (campaign["id"], campaign["name"], "DISCOUNT_VOUCHER")
    assert (one["discount"], one["category"], one["metadata"]) == (campaign["voucher"]["discount"], "Of all", {"a": 1})
    assert (one["start_date"], one["redemption"]["quantity"]) == ("2020-01-01T00:00:00Z", 3)
    assert (two["category"], two["metadata"], two["active"], two["redemption"]["quantity"]) == (
        "Own",
        {"b": 2},
        False,
        9,
    )
    assert (two["start_date"], two["expiration_date"]) == ("2020-01-01T00:00:00Z", "2029-01-01T00:00:00Z")
    assert (two["additional_info"], two["validity_day_of_week"]) == ("secret", [1])
    assert count_of(client, campaign) == 2
    assert [row["code"] for row in report_of(action)] == [plain, other]


def test_gift_amounts_may_come_with_each_code(client: httpx.Client, make_cards: Make) -> None:
    campaign = make_cards(1_000, voucher={"gift": {"amount": 1_000, "effect": "APPLY_TO_ITEMS"}}, vouchers_count=0)
    plain, own = a_code(), a_code()
    brought(client, campaign["name"], [{"code": plain}, {"code": own, "gift": {"amount": 500}}])
    effects = {(of(client, code)["gift"]["balance"], of(client, code)["gift"]["effect"]) for code in (plain, own)}
    assert effects == {(1_000, "APPLY_TO_ITEMS"), (500, "APPLY_TO_ITEMS")}
    [first] = ok(client.get(f"/v1/vouchers/{own}/transactions"))["data"]
    assert (first["campaign_id"], first["type"], first["source"]) == (campaign["id"], "CREDITS_ADDITION", "API")


def test_a_discount_may_come_with_a_code(client: httpx.Client, make: Make) -> None:
    campaign, code = make(vouchers_count=0), a_code()
    brought(client, campaign["id"], [{"code": code, "discount": {"type": "PERCENT", "percent_off": 50}}])
    assert of(client, code)["discount"]["percent_off"] == 50


def test_of_codes_that_the_campaign_has_active_and_category_change(client: httpx.Client, make: Make) -> None:
    campaign, code = make(vouchers_count=0), a_code()
    brought(client, campaign["id"], [{"code": code}])
    before = of(client, code)
    again = [{"code": code, "category": "New", "active": False, "metadata": {"x": 1}, "redemption": {"quantity": 1}}]
    action = brought(client, campaign["id"], again)
    assert [row["found"] for row in report_of(action)] == ["true"]
    after = of(client, code)
    assert after == {**before, "category": "New", "active": False, "updated_at": after["updated_at"]}
    assert count_of(client, campaign) == 1


def test_rows_that_fail_cost_no_other_row(client: httpx.Client, make: Make, make_cards: Make) -> None:
    campaign, others = make(vouchers_count=0), make(vouchers_count=0)
    theirs, nobodys, binned, good = (a_code() for _ in range(4))
    brought(client, others["id"], [{"code": theirs}])
    for code in (nobodys, binned):
        ok(client.post(f"/v1/vouchers/{code}", json={"type": "GIFT_VOUCHER", "gift": {"amount": 1}}))
    client.delete(f"/v1/vouchers/{binned}")
    rows: list[dict[str, Any]] = [
        {"code": theirs},
        {"code": nobodys},
        {"code": binned},
        {"code": a_code(), "gift": {"amount": 5}},
        {"code": a_code(), "start_date": "2030-01-01", "expiration_date": "2029-01-01"},
        {"code": a_code(), "campaign": others["name"]},
        {"code": good},
    ]
    action = brought(client, campaign["id"], rows)
    told = reasons(action)
    words = (
        "not of this campaign",
        "not of this campaign",
        "in the bin",
        "DISCOUNT_VOUCHER",
        "expiration_date",
        "campaign",
    )
    assert list(told) == [1, 2, 3, 4, 5, 6]
    assert [word for word, reason in zip(words, told.values(), strict=True) if word not in reason] == []
    assert of(client, good)["campaign_id"] == campaign["id"]
    assert count_of(client, campaign) == 1
    [failed] = reasons(brought(client, make_cards(5)["id"], [{"code": a_code(), "discount": rows_discount()}])).values()
    assert "GIFT_VOUCHER" in failed


def rows_discount() -> dict[str, Any]:
    return {"type": "PERCENT", "percent_off": 5}


def test_what_is_wrong_with_the_request_begins_nothing(client: httpx.Client, make: Make) -> None:
    campaign, closed = make(vouchers_count=0), make(type="STANDALONE", voucher={"code": a_code()})
    before = ok(client.get("/v1/async-actions", params={"limit": 1}))["async_actions"]
    twice = [{"code": "a"}, {"code": "b"}, {"code": "a"}]
    path = f"/v1/campaigns/{campaign['id']}/import"
    assert refused(client.post(path, json=twice), 400, "duplicate_key").endswith(": a")
    assert "code" in refused(client.post(path, json=[{"category": "x"}]), 400, "invalid_payload")
    assert "quantity" in refused(
        client.post(path, json=[{"code": "x", "redemption": {"quantity": "y"}}]), 400, "invalid_payload"
    )
    for reference, status, key, word in (
        (closed["id"], 400, "invalid_campaign", "STANDALONE"),
        ("nobody's", 404, "not_found", "nobody's"),
    ):
        below = f"/v1/campaigns/{reference}"
        assert word in refused(client.post(f"{below}/import", json=[{"code": "a"}]), status, key)
        assert word in refused(client.post(f"{below}/importCSV", files={"file": b"Code\na\n"}), status, key)
    refused(
        client.post(f"/v1/campaigns/{campaign['id']}/importCSV", files={"file": b"Value\n1\n"}), 400, "invalid_payload"
    )
    assert ok(client.get("/v1/async-actions", params={"limit": 1}))["async_actions"] == before


def test_a_file_brings_codes(client: httpx.Client, make: Make, make_cards: Make) -> None:
    coupons_, cards = make(vouchers_count=0), make_cards(1_000, vouchers_count=0)
    one, two, three, four = (a_code() for _ in range(4))
    action = imported(
        client, coupons_["id"], f"Code,Category,Active,season\n{one},Own,FALSE,Fall\n{two},,,\n{one},,,\nx\n"
    )
    assert (action["type"], action["result"]["done_count"]) == ("CAMPAIGN.VOUCHERS_IMPORT_CSV", 2)
    assert list(reasons(action)) == [3, 4]
    assert "row 1" in reasons(action)[3]
    first = of(client, one)
    assert (first["category"], first["active"], first["metadata"]) == ("Own", False, {"season": "Fall"})
    assert of(client, two)["discount"] == coupons_["voucher"]["discount"]
    action = imported(client, cards["id"], f"Code,Balance,Redeemed Amount\n{three},700,200\n{four},,\n")
    assert action["result"]["failed_count"] == 0
    assert (of(client, three)["gift"]["balance"], of(client, four)["gift"]["balance"]) == (500, 1_000)
    kinds = [each["type"] for each in ok(client.get(f"/v1/vouchers/{three}/transactions"))["data"]]
    assert kinds == ["CREDITS_REDEMPTION", "CREDITS_ADDITION"]
    assert (count_of(client, coupons_), count_of(client, cards)) == (2, 2)


@pytest.mark.parametrize(("row", "word"), [("x,5,PERCENT", ""), ("y,5,", "DISCOUNT_VOUCHER"), ("z,,AMOUNT", "")])
def test_a_row_may_say_a_discount_by_its_type(client: httpx.Client, make: Make, row: str, word: str) -> None:
    campaign = make(vouchers_count=0)
    code = f"{a_code()}-{row.split(',')[0]}"
    action = imported(client, campaign["id"], f"Code,Value,Discount Type\n{code},{row.split(',', 1)[1]}\n")
    if word:
        assert word in reasons(action)[1]
    else:
        assert of(client, code)["discount"]["percent_off"] in (5, 10)
