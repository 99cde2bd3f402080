"""Changing vouchers, switching them, and deleting them."""

from typing import Any

import httpx
import pytest

from tests.domains.vouchers.conftest import Make, discount, ok, refused
from tests.support.servers import Shop

FULL: dict[str, Any] = {
    "category": "First",
    "start_date": "2026-01-01T00:00:00Z",
    "expiration_date": "2027-01-01T00:00:00Z",
    "validity_timeframe": {"interval": "P2D", "duration": "PT1H"},
    "validity_day_of_week": [1],
    "validity_hours": {"daily": [{"start_time": "09:00"}]},
    "additional_info": "text",
    "metadata": {"a": 1, "b": 2},
}


def put(client: httpx.Client, made: dict[str, Any], **changes: Any) -> httpx.Response:
    return client.put(f"/v1/vouchers/{made['code']}", json=changes)


def test_what_is_absent_stays(client: httpx.Client, make: Make) -> None:
    made = make(**FULL)
    changed = ok(put(client, made, additional_info="other", metadata={"b": 3, "c": None}))
    assert changed.pop("updated_at") is not None
    expected = {**made, "additional_info": "other", "metadata": {"a": 1, "b": 3, "c": None}}
    del expected["updated_at"]
    assert changed == expected


def test_null_clears(client: httpx.Client, make: Make) -> None:
    made = make(**FULL)
    cleared = dict.fromkeys(field for field in FULL if field != "metadata")
    changed = ok(put(client, made, **cleared, metadata=None, active=None, discount=None, gift=None))
    assert {field: changed[field] for field in cleared} == cleared
    assert (changed["metadata"], changed["active"], changed["discount"]) == (FULL["metadata"], True, made["discount"])


def test_an_update_by_id_that_says_nothing_new_moves_nothing(client: httpx.Client, make: Make) -> None:
    made = make(**FULL)
    same = ok(client.put(f"/v1/vouchers/{made['id']}", json={**FULL, "discount": made["discount"], "active": True}))
    assert same == made


def test_one_limit_of_validity_is_changed_beside_the_others(client: httpx.Client, make: Make) -> None:
    made = make(**FULL)
    changed = ok(put(client, made, validity_day_of_week=[0, 6], validity_timeframe=None))
    assert changed["validity_day_of_week"] == [0, 6]
    assert changed["validity_timeframe"] is None
    assert changed["validity_hours"] == FULL["validity_hours"]


def test_a_discount_is_replaced_by_one_of_its_type(client: httpx.Client, make: Make) -> None:
    made = make(discount={"type": "PERCENT", "percent_off": 10, "amount_limit": 500})
    changed = ok(put(client, made, type="DISCOUNT_VOUCHER", discount={"type": "PERCENT", "percent_off": 45}))
    assert changed["discount"] == {"type": "PERCENT", "percent_off": 45}
    details = refused(put(client, made, discount={"type": "AMOUNT", "amount_off": 5}), 400, "invalid_voucher")
    assert details.startswith("discount.type: expected PERCENT")
    assert ok(client.get(f"/v1/vouchers/{made['code']}")) == changed


def test_amounts_of_a_card_are_moved_by_its_balance_alone(client: httpx.Client, make_card: Make) -> None:
    card = make_card(1_000)
    changed = ok(put(client, card, gift={"amount": 20_000, "balance": 5, "effect": "APPLY_TO_ITEMS"}))
    assert changed["gift"] == {**card["gift"], "effect": "APPLY_TO_ITEMS"}


def test_what_is_not_listed_is_ignored(client: httpx.Client, make: Make) -> None:
    made = make()
    assert ok(put(client, made, code="other", id="v_1", redemption={"quantity": 5}, campaign="x", anything=1)) == made


@pytest.mark.parametrize(
    ("changes", "key", "names"),
    [
        ({"type": "GIFT_VOUCHER"}, "invalid_voucher", "type"),
        ({"gift": {"effect": "APPLY_TO_ITEMS"}}, "invalid_voucher", "gift"),
        ({"discount": {"type": "PERCENT", "percent_off": 101}}, "invalid_payload", "discount.percent_off"),
        ({"expiration_date": "2025-01-01"}, "invalid_payload", "expiration_date"),
        ({"start_date": "2028-01-01"}, "invalid_payload", "expiration_date"),
        ({"start_date": None}, "invalid_payload", "start_date"),
        ({"metadata": {"x": "y" * 70_000}}, "invalid_payload", "metadata.x"),
        ({"active": "yes"}, "invalid_payload", "active"),
    ],
)
def test_a_change_that_no_voucher_can_have_changes_nothing(
    client: httpx.Client, make: Make, changes: dict[str, Any], key: str, names: str
) -> None:
    made = make(**FULL)
    assert names in refused(put(client, made, **{"additional_info": "new", **changes}), 400, key)
    assert ok(client.get(f"/v1/vouchers/{made['code']}")) == made


def test_a_gift_card_takes_no_discount(client: httpx.Client, make_card: Make) -> None:
    answer = put(client, make_card(), discount={"type": "PERCENT", "percent_off": 5})
    assert refused(answer, 400, "invalid_voucher").startswith("discount:")


def test_metadata_grows_no_further_than_it_may(client: httpx.Client, make: Make) -> None:
    made = make(metadata={f"k{n}": n for n in range(900)})
    refused(put(client, made, metadata={f"l{n}": n for n in range(200)}), 400, "invalid_payload")


def test_a_voucher_is_switched_off_and_on(client: httpx.Client, make: Make) -> None:
    made = make()
    path = f"/v1/vouchers/{made['code']}"
    assert ok(client.post(f"{path}/enable")) == made
    off = ok(client.post(f"{path}/disable", json={}))
    assert (off["active"], off["updated_at"] is None) == (False, False)
    assert ok(client.post(f"{path}/disable")) == off
    assert ok(client.post(f"/v1/vouchers/{made['id']}/enable"))["active"] is True


@pytest.mark.parametrize("name", ["nothing", "v_nothing"])
def test_what_is_not_there_is_a_404(client: httpx.Client, name: str) -> None:
    path = f"/v1/vouchers/{name}"
    for answer in (
        client.get(path),
        client.put(path, json={}),
        client.delete(path),
        client.delete(path, params={"force": True}),
        client.post(f"{path}/enable"),
        client.post(f"{path}/disable"),
        client.get(f"{path}/transactions"),
    ):
        assert name in refused(answer, 404, "not_found")


def test_a_voucher_in_the_bin_is_out_of_every_answer_and_keeps_its_code(client: httpx.Client, make_card: Make) -> None:
    card = make_card(category="binned")
    before = ok(client.get("/v1/vouchers"))["total"]
    assert client.delete(f"/v1/vouchers/{card['id']}").status_code == 204
    for name in (card["id"], card["code"]):
        refused(client.get(f"/v1/vouchers/{name}"), 404, "not_found")
        refused(client.delete(f"/v1/vouchers/{name}"), 404, "not_found")
    assert ok(client.get("/v1/vouchers"))["total"] == before - 1
    assert ok(client.get("/v1/vouchers", params={"category": "binned"}))["total"] == 0
    refused(client.post("/v1/vouchers", json=discount(code=card["code"])), 409, "duplicate_found")


def test_a_voucher_that_is_deleted_for_good_leaves_its_code_free(client: httpx.Client, make_card: Make) -> None:
    card = make_card(700)
    client.post(f"/v1/vouchers/{card['code']}/balance", json={"amount": 5, "source_id": "once"})
    assert client.delete(f"/v1/vouchers/{card['code']}", params={"force": "true"}).status_code == 204
    again = make_card(100, code=card["code"])
    assert (again["id"] != card["id"], again["gift"]["balance"]) == (True, 100)
    assert len(ok(client.get(f"/v1/vouchers/{card['code']}/transactions"))["data"]) == 1
    moved = ok(client.post(f"/v1/vouchers/{card['code']}/balance", json={"amount": 9, "source_id": "once"}))
    assert moved["balance"] == 109


def test_force_is_yes_or_no(client: httpx.Client, make: Make) -> None:
    made = make()
    answer = client.delete(f"/v1/vouchers/{made['code']}", params={"force": "maybe"})
    assert refused(answer, 400, "invalid_query_params").startswith("force:")


def test_another_projects_vouchers_are_not_there(client: httpx.Client, make: Make, shared_shop: Shop) -> None:
    made = make()
    answer = httpx.get(f"{shared_shop.url}/v1/vouchers/{made['code']}", headers={"X-App-Id": "x", "X-App-Token": "y"})
    assert answer.status_code == 401
