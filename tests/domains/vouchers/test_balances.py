"""Balances of gift cards: every move has the transaction that explains it, and the holder's total moves along."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.domains.vouchers.conftest import Made, Make, ok, refused
from tests.domains.vouchers.holding import Hold, give

AT_ONCE = 30


def move(client: httpx.Client, card: Made, amount: Any, **fields: Any) -> httpx.Response:
    return client.post(f"/v1/vouchers/{card['code']}/balance", json={"amount": amount, **fields})


def history(client: httpx.Client, card: Made, **params: Any) -> Made:
    return ok(client.get(f"/v1/vouchers/{card['code']}/transactions", params=params))


def balance_of(client: httpx.Client, card: Made) -> Made:
    gift: Made = ok(client.get(f"/v1/vouchers/{card['code']}"))["gift"]
    return gift


def to_go(client: httpx.Client, customer_id: str) -> int:
    return int(ok(client.get(f"/v1/customers/{customer_id}"))["summary"]["redemptions"]["gift"]["amount_to_go"])


def feed(client: httpx.Client, customer_id: str) -> list[Made]:
    entries = ok(client.get(f"/v1/customers/{customer_id}/activity", params={"limit": 100}))["data"]
    return [entry for entry in entries if entry["type"].startswith("customer.voucher.")]


def a_customer(client: httpx.Client) -> str:
    return str(ok(client.post("/v1/customers", json={"name": "Ada"}))["id"])


def at_once(deed: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(deed, range(AT_ONCE)))


def test_credits_are_added_and_taken(client: httpx.Client, make_card: Make) -> None:
    card = make_card(1_000)
    assert ok(move(client, card, 10_000)) == {
        "amount": 10_000,
        "total": 11_000,
        "balance": 11_000,
        "type": "gift_voucher",
        "operation_type": "MANUAL",
        "object": "balance",
        "related_object": {"type": "voucher", "id": card["id"]},
    }
    taken = ok(move(client, {"code": card["id"]}, -4_000, reason="damaged"))
    assert (taken["amount"], taken["total"], taken["balance"]) == (-4_000, 11_000, 7_000)
    assert balance_of(client, card) == {
        "amount": 11_000,
        "subtracted_amount": 4_000,
        "balance": 7_000,
        "effect": "APPLY_TO_ORDER",
    }


def test_each_move_has_its_transaction(client: httpx.Client, make_card: Make) -> None:
    card = make_card(1_000)
    move(client, card, 500, source_id="till-7/1", reason="refund")
    move(client, card, -300)
    entries = history(client, card)["data"]
    assert [entry["type"] for entry in entries] == ["CREDITS_REMOVAL", "CREDITS_ADDITION", "CREDITS_ADDITION"]
    told = [(entry["details"]["balance"]["amount"], entry["details"]["balance"]["balance"]) for entry in entries]
    assert told == [(-300, 1_200), (500, 1_500), (1_000, 1_000)]
    second = entries[1]
    assert second.pop("id").startswith("vtx_")
    assert second.pop("created_at")
    assert second == {
        "source_id": "till-7/1",
        "voucher_id": card["id"],
        "campaign_id": None,
        "type": "CREDITS_ADDITION",
        "source": "API",
        "reason": "refund",
        "details": {
            "balance": {
                "amount": 500,
                "total": 1_500,
                "balance": 1_500,
                "type": "gift_voucher",
                "operation_type": "MANUAL",
                "object": "balance",
                "related_object": {"type": "voucher", "id": card["id"]},
            }
        },
        "related_transaction_id": None,
    }


def test_a_card_that_begins_empty_has_no_transaction(client: httpx.Client, make_card: Make) -> None:
    assert history(client, make_card(0)) == {"object": "list", "data_ref": "data", "data": [], "has_more": False}


def test_transactions_come_in_pages_in_both_orders(client: httpx.Client, make_card: Make) -> None:
    card = make_card(1)
    for _ in range(6):
        move(client, card, 1)
    everything = [entry["id"] for entry in history(client, card)["data"]]
    assert len(everything) == 7
    for order, expected in (("-id", everything), ("id", everything[::-1])):
        seen: list[str] = []
        page: Made = {}
        while page.get("has_more", True):
            after = {"starting_after_id": page["more_starting_after"]} if page else {}
            page = history(client, card, limit=3, order=order, **after)
            seen += [entry["id"] for entry in page["data"]]
        assert seen == expected


def test_transactions_go_on_after_one_of_the_same_card(client: httpx.Client, make_card: Make) -> None:
    card, other = make_card(), make_card()
    [entry] = history(client, other)["data"]
    path = f"/v1/vouchers/{card['code']}/transactions"
    for wrong in (entry["id"], "vtx_0", "\x01"):
        details = refused(client.get(path, params={"starting_after_id": wrong}), 400, "invalid_query_params")
        assert details.startswith("starting_after_id:")
    refused(client.get(path, params={"order": "created_at"}), 400, "invalid_query_params")
    refused(client.get("/v1/vouchers/nothing/transactions"), 404, "not_found")


def test_no_more_is_taken_than_is_left(client: httpx.Client, make_card: Make) -> None:
    card = make_card(1_000)
    assert "1000" in refused(move(client, card, -1_001), 400, "gift_amount_exceeded")
    assert balance_of(client, card)["balance"] == 1_000
    assert len(history(client, card)["data"]) == 1
    assert ok(move(client, card, -1_000))["balance"] == 0


@pytest.mark.parametrize("amount", [0, 10**12 + 1, -(10**12) - 1, 10**12, 2**70])
def test_an_amount_that_no_card_can_move_by_is_refused(client: httpx.Client, make_card: Make, amount: int) -> None:
    card = make_card(1)
    assert refused(move(client, card, amount), 400, "invalid_add_balance_params").startswith("amount:")
    assert balance_of(client, card)["balance"] == 1


@pytest.mark.parametrize("amount", [None, 1.5, "1", True])
def test_an_amount_that_is_no_integer_is_refused(client: httpx.Client, make_card: Make, amount: Any) -> None:
    assert refused(move(client, make_card(), amount), 400, "invalid_payload").startswith("amount:")


def test_what_has_no_balance_is_refused(client: httpx.Client, make: Make) -> None:
    assert "gift card" in refused(move(client, make(), 5), 400, "invalid_voucher")
    refused(move(client, {"code": "nothing"}, 5), 404, "not_found")
    refused(move(client, {"code": "v_nothing"}, 5), 404, "not_found")


def test_a_source_id_moves_a_balance_once(client: httpx.Client, make_card: Make) -> None:
    card, other = make_card(100), make_card(100)
    first = ok(move(client, card, 50, source_id="once"))
    move(client, card, 7)
    assert ok(move(client, card, 50, source_id="once")) == first
    assert "50" in refused(move(client, card, 51, source_id="once"), 400, "duplicate_source_id")
    assert balance_of(client, card)["balance"] == 157
    assert len(history(client, card)["data"]) == 3
    assert ok(move(client, other, 51, source_id="once"))["balance"] == 151


def test_thirty_who_move_one_balance_lose_nothing(client: httpx.Client, make_card: Make) -> None:
    card = make_card(1_000)
    amounts = [(n + 1) * (-1 if n % 3 == 0 else 1) for n in range(AT_ONCE)]
    at_once(lambda n: ok(move(client, card, amounts[n])))
    assert balance_of(client, card)["balance"] == 1_000 + sum(amounts)
    entries = history(client, card, limit=100, order="id")["data"]
    assert sorted(entry["details"]["balance"]["amount"] for entry in entries[1:]) == sorted(amounts)
    balance = 0
    for entry in entries:
        balance += entry["details"]["balance"]["amount"]
        assert entry["details"]["balance"]["balance"] == balance


def test_thirty_who_bring_one_source_id_move_the_balance_once(client: httpx.Client, make_card: Make) -> None:
    card = make_card(0)
    answers = at_once(lambda _n: ok(move(client, card, 9, source_id="one")))
    assert all(answer == answers[0] for answer in answers)
    assert balance_of(client, card)["balance"] == 9


def test_thirty_who_take_more_than_there_is_leave_no_debt(client: httpx.Client, make_card: Make) -> None:
    card = make_card(100)
    statuses = at_once(lambda _n: move(client, card, -10).status_code)
    assert (statuses.count(200), statuses.count(400)) == (10, 20)
    assert balance_of(client, card)["balance"] == 0


def test_a_holders_total_moves_with_the_balance(
    client: httpx.Client, make_card: Make, shared_database_url: str
) -> None:
    card, second, holder = make_card(1_000), make_card(50), a_customer(client)
    give(shared_database_url, Hold(card["code"], holder), Hold(second["code"], holder))
    assert ok(client.get(f"/v1/vouchers/{card['code']}"))["holder_id"] == holder
    assert to_go(client, holder) == 1_050
    at_once(lambda n: ok(move(client, card, 10 if n % 2 else -10)))
    ok(move(client, second, 25))
    assert to_go(client, holder) == 1_075
    assert len(feed(client, holder)) == AT_ONCE + 1
    newest = feed(client, holder)[0]
    assert (newest["type"], newest["data"]["customer"]["name"]) == ("customer.voucher.gift.balance_added", "Ada")
    assert newest["data"]["balance"]["amount"] == 25
    assert newest["data"]["voucher"]["gift"]["balance"] == 75


def test_a_change_of_holder_moves_both_totals(client: httpx.Client, make_card: Make, shared_database_url: str) -> None:
    card, first, second = make_card(700), a_customer(client), a_customer(client)
    give(shared_database_url, Hold(card["code"], first))
    give(shared_database_url, Hold(card["code"], second))
    assert (to_go(client, first), to_go(client, second)) == (0, 700)
    give(shared_database_url, Hold(card["code"], None))
    assert to_go(client, second) == 0
    told = ok(client.get(f"/v1/vouchers/{card['code']}"))
    assert ("holder_id" in told, told["updated_at"] is None) == (False, False)
    ok(move(client, card, 5))
    assert to_go(client, second) == 0


@pytest.mark.parametrize("force", ["true", "false"])
def test_a_deleted_card_is_nothing_to_go(
    client: httpx.Client, make_card: Make, shared_database_url: str, force: str
) -> None:
    card, holder = make_card(700), a_customer(client)
    give(shared_database_url, Hold(card["code"], holder))
    assert client.delete(f"/v1/vouchers/{card['code']}", params={"force": force}).status_code == 204
    assert to_go(client, holder) == 0
    [entry] = feed(client, holder)
    assert (entry["type"], entry["data"]["voucher"]["code"]) == ("customer.voucher.deleted", card["code"])


def test_a_card_outlives_its_holder(client: httpx.Client, make_card: Make, shared_database_url: str) -> None:
    for gone in ("deleted", "erased"):
        card, holder = make_card(700), a_customer(client)
        give(shared_database_url, Hold(card["code"], holder))
        held = ok(client.get(f"/v1/customers/{holder}/personal-data"))["vouchers"]
        assert [each["code"] for each in held] == [card["code"]]
        assert client.delete(f"/v1/customers/{holder}").status_code == 204
        if gone == "erased":
            ok(client.post(f"/v1/customers/{holder}/permanent-deletion"))
            assert "holder_id" not in ok(client.get(f"/v1/vouchers/{card['code']}"))
        assert ok(move(client, card, 5))["balance"] == 705
