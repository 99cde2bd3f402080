"""What a merged customer has bought and holds belongs to the one who stays, at once: no job is waited for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.running import Shell
from tests.domains.customers.conftest import Made, ok
from tests.domains.customers.merges import create, merge, resting_shop, unmoved
from tests.domains.orders.conftest import change, place, sums
from tests.domains.vouchers.holding import Hold, give
from tests.support.servers import Client


@pytest.fixture
def client(database_url: str, contract_log: Path) -> Iterator[Client]:
    with resting_shop(database_url, contract_log) as shop:
        yield shop.client


@pytest.fixture
def pair(client: Client) -> tuple[Made, Made]:
    return create(client), create(client)


def test_orders_count_for_the_one_who_stays(client: Client, database_url: str, pair: tuple[Made, Made]) -> None:
    winner, loser = pair
    place(client, status="PAID", amount=10, created_at="2024-01-01", customer={"id": winner["id"]})
    newest = place(client, status="PAID", amount=30, source_id="newest", customer={"id": loser["id"]})
    place(client, status="FULFILLED", amount=5, created_at="2023-01-01", customer={"id": loser["id"]})
    merged = ok(merge(client, winner["id"], loser["id"]))
    assert (merged["summary"]["orders"]["total_amount"], merged["summary"]["orders"]["total_count"]) == (45, 3)
    assert sums(client, loser["id"]) == (45, 3, 30)
    assert ok(client.get("/v1/orders/newest"))["customer_id"] == winner["id"]
    change(client, newest, status="CANCELED")
    assert sums(client, winner["id"]) == (15, 2, 10)
    place(client, status="PAID", amount=7, customer={"id": loser["id"]})
    assert sums(client, winner["id"]) == (22, 3, 7)
    assert unmoved(database_url) == 1


def test_gift_cards_are_held_by_the_one_who_stays(client: Client, database_url: str, pair: tuple[Made, Made]) -> None:
    winner, loser = pair
    card = {"code": "CARD", "type": "GIFT_VOUCHER", "gift": {"amount": 1_000}}
    ok(client.post("/v1/vouchers", json=card))
    ok(client.post("/v1/vouchers", json={**card, "code": "MINE"}))
    give(database_url, Hold("CARD", loser["id"]), Hold("MINE", winner["id"]))
    merged = ok(merge(client, winner["id"], loser["id"]))
    assert merged["summary"]["redemptions"]["gift"]["amount_to_go"] == 2_000
    assert ok(client.get("/v1/vouchers/CARD"))["holder_id"] == winner["id"]
    ok(client.post("/v1/vouchers/CARD/balance", json={"amount": -300}))
    assert _to_go(client, loser["id"]) == 1_700
    held = ok(client.get(f"/v1/customers/{loser['id']}/redeemables"))["data"]
    assert {each["redeemable"]["voucher"]["code"] for each in held} == {"CARD", "MINE"}
    assert client.delete("/v1/vouchers/MINE").status_code == 204
    assert _to_go(client, winner["id"]) == 700
    assert unmoved(database_url) == 1


def _to_go(client: Client, reference: str) -> int:
    amount: int = ok(client.get(f"/v1/customers/{reference}"))["summary"]["redemptions"]["gift"]["amount_to_go"]
    return amount


def test_all_of_it_adds_up_while_the_history_moves(
    client: Client, database_url: str, tmp_path: Path, pair: tuple[Made, Made]
) -> None:
    winner, loser = pair
    place(
        client, status="PAID", amount=30, source_id="theirs", customer={"id": loser["id"]}, referrer={"id": loser["id"]}
    )
    place(client, status="PAID", amount=10, referrer={"id": loser["id"]})
    ok(client.post("/v1/vouchers", json={"code": "CARD", "type": "GIFT_VOUCHER", "gift": {"amount": 1_000}}))
    give(database_url, Hold("CARD", loser["id"]))
    ok(merge(client, winner["id"], loser["id"]))
    assert unmoved(database_url) == 1
    Shell(database_url, tmp_path).run("verify")
