"""What a customer holds and may redeem."""

from typing import Any

import httpx
import pytest

from patron.domains.vouchers.model import DISCOUNT, GIFT, Voucher, VoucherTotals
from patron.domains.vouchers.policy import status_of
from tests.domains.vouchers.conftest import Make, a_code, ok, refused
from tests.domains.vouchers.holding import Hold, give

NOW = 1_000


def redeemables(client: httpx.Client, customer: str, **params: Any) -> dict[str, Any]:
    return ok(client.get(f"/v1/customers/{customer}/redeemables", params=params))


def test_what_is_held_is_told_with_its_status(
    client: httpx.Client, make: Make, make_card: Make, shared_database_url: str
) -> None:
    customer = ok(client.post("/v1/customers", json={"source_id": a_code()}))
    assert redeemables(client, customer["id"]) == {
        "object": "list", "data_ref": "data", "data": [], "total": 0, "has_more": False
    }  # fmt: skip
    made = {
        "ACTIVE": make(),
        "DISABLED": make(active=False),
        "NOT_ACTIVE_YET": make(start_date="2101-01-01"),
        "EXPIRED": make(expiration_date="2001-01-01"),
        "NO_BALANCE": make_card(0),
    }
    for voucher in made.values():
        give(shared_database_url, Hold(voucher["code"], customer["id"]))
    told = redeemables(client, customer["source_id"], order="id")
    assert [entry["redeemable"]["status"] for entry in told["data"]] == list(made)
    assert (told["total"], told["has_more"]) == (5, False)
    first = told["data"][0]
    assert first["redeemable"]["voucher"] == ok(client.get(f"/v1/vouchers/{made['ACTIVE']['code']}"))
    assert (first["redeemable_id"], first["customer_id"]) == (made["ACTIVE"]["id"], customer["id"])
    assert (first["holder_role"], first["voucher_type"]) == ("OWNER", "DISCOUNT_VOUCHER")
    page = redeemables(client, customer["id"], limit=4)
    assert (page["has_more"], page["more_starting_after"]) == (True, told["data"][1]["id"])
    rest = redeemables(client, customer["id"], starting_after_id=page["more_starting_after"])
    assert rest["data"] == [first]
    client.delete(f"/v1/vouchers/{made['ACTIVE']['code']}")
    assert redeemables(client, customer["id"])["total"] == 4


def test_a_list_goes_on_after_one_of_its_entries(client: httpx.Client) -> None:
    customer = ok(client.post("/v1/customers", json={}))["id"]
    path = f"/v1/customers/{customer}/redeemables"
    details = refused(client.get(path, params={"starting_after_id": "v_1"}), 400, "invalid_query_params")
    assert details.startswith("starting_after_id:")
    refused(client.get("/v1/customers/nobody/redeemables"), 404, "not_found")


@pytest.mark.parametrize(
    ("fields", "redeemed", "status"),
    [
        ({}, 5, "ACTIVE"),
        ({"quantity": 6}, 5, "ACTIVE"),
        ({"quantity": 5}, 5, "USED"),
        ({"start_at": NOW, "expires_at": NOW + 1}, 0, "ACTIVE"),
        ({"start_at": NOW + 1}, 0, "NOT_ACTIVE_YET"),
        ({"expires_at": NOW}, 0, "EXPIRED"),
        ({"active": 0, "expires_at": NOW}, 0, "DISABLED"),
        ({"type": GIFT}, 0, "NO_BALANCE"),
        ({"type": GIFT, "quantity": 1}, 1, "USED"),
    ],
)
def test_the_first_reason_is_told(fields: dict[str, Any], redeemed: int, status: str) -> None:
    nothing: dict[str, Any] = dict.fromkeys(Voucher.__struct_fields__)
    voucher = Voucher(**{**nothing, "type": DISCOUNT, "active": 1, **fields})
    assert status_of(voucher, VoucherTotals("p", "c", redeemed_quantity=redeemed), NOW) == status
