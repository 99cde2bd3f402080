"""Importing vouchers, as JSON and as CSV (spec I 1.5)."""

from typing import Any

import httpx
import pytest

from tests.domains.vouchers.conftest import Make, a_code, discount, gift, ok, refused
from tests.support.imports import Action, begun, ended, report_of

HEADER = (
    "Code,Voucher Type,Value,Discount Type,Category,Start Date,Expiration Date,Redemption Limit,Redeemed Quantity, "
    "Redeemed Amount,Active,Additional Info,season\n"
)


def of(client: httpx.Client, code: str) -> dict[str, Any]:
    return ok(client.get(f"/v1/vouchers/{code}"))


def transactions(client: httpx.Client, code: str) -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = ok(client.get(f"/v1/vouchers/{code}/transactions", params={"order": "id"}))["data"]
    return data


def brought(client: httpx.Client, vouchers: list[dict[str, Any]]) -> Action:
    """What became of vouchers that were sent as JSON."""
    return ended(client, begun(client.post("/v1/vouchers/import", json=vouchers)))


def imported(client: httpx.Client, content: str) -> Action:
    """What became of a CSV file."""
    file = {"file": ("vouchers.csv", content.encode())}
    data = {"webhooks_enable": "true"}
    return ended(client, begun(client.post("/v1/vouchers/importCSV", files=file, data=data)))


def reasons(action: Action) -> dict[int, str]:
    return {row["row"]: row["reason"] for row in action["result"]["failed"]}


def test_new_codes_become_vouchers(client: httpx.Client) -> None:
    total = ok(client.get("/v1/vouchers"))["total"]
    ten, card = a_code(), a_code()
    action = brought(
        client,
        [
            discount(code=ten, category="First", active=False, redemption={"quantity": 3}, metadata={"unit": "EUR"},
                     start_date="2020-01-01", expiration_date="2030-01-01", additional_info="secret"),
            gift(500, code=card, validity_day_of_week=[1, 2]),
        ],
    )  # fmt: skip
    assert (action["type"], action["status"], action["operation_status"]) == ("VOUCHERS.IMPORT", "DONE", "SUCCESS")
    result = action["result"]
    assert (result["message"], result["done_count"], result["failed"]) == ("2 voucher(s) imported, 0 failed.", 2, [])
    one, two = of(client, ten), of(client, card)
    assert (one["category"], one["active"], one["metadata"]) == ("First", False, {"unit": "EUR"})
    assert (one["redemption"]["quantity"], one["additional_info"]) == (3, "secret")
    assert (one["start_date"], one["updated_at"], one["campaign_id"]) == ("2020-01-01T00:00:00Z", None, None)
    assert (two["gift"]["amount"], two["gift"]["balance"], two["validity_day_of_week"]) == (500, 500, [1, 2])
    [first] = transactions(client, card)
    assert (first["type"], first["details"]["balance"]["amount"], first["source"]) == ("CREDITS_ADDITION", 500, "API")
    assert ok(client.get("/v1/vouchers"))["total"] == total + 2
    newest = [voucher["code"] for voucher in ok(client.get("/v1/vouchers", params={"limit": 2}))["vouchers"]]
    assert newest == [card, ten]
    assert [(row["code"], row["found"], row["id"]) for row in report_of(action)] == [
        (ten, "false", one["id"]), (card, "false", two["id"]),
    ]  # fmt: skip


def test_a_value_says_what_kind_of_voucher_it_is(client: httpx.Client) -> None:
    ten, card = a_code(), a_code()
    brought(
        client, [{"code": ten, "discount": {"type": "AMOUNT", "amount_off": 5}}, {"code": card, "gift": {"amount": 1}}]
    )
    assert [of(client, code)["type"] for code in (ten, card)] == ["DISCOUNT_VOUCHER", "GIFT_VOUCHER"]


def test_of_a_known_code_active_and_category_change_and_nothing_else(
    client: httpx.Client, make: Make, make_card: Make
) -> None:
    ten, card = make(category="Old", metadata={"a": 1}), make_card(1_000)
    action = brought(
        client,
        [
            discount(code=ten["code"], discount={"type": "PERCENT", "percent_off": 99}, category="New", active=False,
                     metadata={"b": 2}, redemption={"quantity": 1}),
            gift(5, code=card["code"], active=False),
        ],
    )  # fmt: skip
    assert [(row["found"], row["updated"]) for row in report_of(action)] == [("true", "true")] * 2
    after = of(client, ten["code"])
    assert after == {**ten, "category": "New", "active": False, "updated_at": after["updated_at"]}
    assert after["updated_at"] is not None
    assert of(client, card["code"])["gift"] == card["gift"]
    assert len(transactions(client, card["code"])) == 1


def test_a_row_that_says_nothing_new_of_a_known_code_changes_nothing(client: httpx.Client, make: Make) -> None:
    known = make(category="Same")
    action = brought(client, [{"code": known["code"]}, discount(code=a_code())])
    assert action["result"]["done_count"] == 2
    assert of(client, known["code"]) == known


def test_a_new_code_without_a_value_fails_and_costs_no_other_row(client: httpx.Client, make: Make) -> None:
    binned, good = make()["code"], a_code()
    client.delete(f"/v1/vouchers/{binned}")
    rows = [
        {"code": a_code()},
        gift(1, code=a_code(), campaign="Nobody's"),
        discount(code=binned),
        discount(code=a_code(), start_date="2030-01-01", expiration_date="2029-01-01"),
        discount(code=a_code(), category_id="cat_1"),
        discount(code=good),
    ]
    action = brought(client, rows)
    told = reasons(action)
    assert list(told) == [1, 2, 3, 4, 5]
    for word, reason in zip(
        ("discount, gift", "campaign", "in the bin", "expiration_date", "cat_1"), told.values(), strict=True
    ):
        assert word in reason
    assert [row["code"] for row in action["result"]["failed"]] == [row["code"] for row in rows[:5]]
    assert not any("source_id" in row for row in action["result"]["failed"])
    assert of(client, good)["code"] == good
    assert [client.get(f"/v1/vouchers/{row['code']}").status_code for row in rows[:5]] == [404] * 5


def test_what_is_wrong_with_any_voucher_is_told_at_once_and_nothing_begins(client: httpx.Client) -> None:
    before = ok(client.get("/v1/async-actions", params={"limit": 1}))["async_actions"]
    for body, named in (
        ([{"discount": {"type": "AMOUNT", "amount_off": 5}}], "code"),
        ([gift(-1, code="x")], "gift.amount"),
        ([discount(code="x", discount={"type": "AMOUNT"})], "amount_off"),
        ([discount(code="x", type="LOYALTY_CARD")], "type"),
        ([discount(code="")], "code"),
        ([discount(code="x" * 256)], "code"),
        ({"code": "x"}, "array"),
        (["x"], "object"),
    ):
        assert named in refused(client.post("/v1/vouchers/import", json=body), 400, "invalid_payload")
    twice = [discount(code="a"), discount(code="b"), gift(1, code="a")]
    details = refused(client.post("/v1/vouchers/import", json=twice), 400, "duplicate_key")
    assert details.endswith(": a")
    assert ok(client.get("/v1/async-actions", params={"limit": 1}))["async_actions"] == before


def test_more_than_100_000_codes_or_10_mb_are_a_413(client: httpx.Client) -> None:
    many = ",".join(f'{{"code":"c{n}"}}' for n in range(100_001))
    json = {"Content-Type": "application/json"}
    answer = client.post("/v1/vouchers/import", content=f"[{many}]", headers=json)
    assert "100000" in refused(answer, 413, "payload_too_large")
    file = {"file": "Code\n" + "\n".join(f"c{n}" for n in range(100_001))}
    assert "100000" in refused(client.post("/v1/vouchers/importCSV", files=file), 413, "payload_too_large")
    codes = '","'.join(f"c{n}" for n in range(100_001))
    answer = client.post(
        "/v1/vouchers/metadata/async", content=f'{{"codes":["{codes}"],"metadata":{{}}}}', headers=json
    )
    refused(answer, 413, "payload_too_large")
    for path in ("import", "bulk/async", "metadata/async"):
        answer = client.post(f"/v1/vouchers/{path}", content=b"[" + b" " * 10_485_760, headers=json)
        assert "10485760" in refused(answer, 413, "payload_too_large")
    answer = client.post("/v1/vouchers/importCSV", files={"file": b"Code\n" + b"x" * 10_485_760})
    assert "10485760" in refused(answer, 413, "payload_too_large")


def test_a_file_says_all_of_a_voucher(client: httpx.Client) -> None:
    ten, five, free, card = (a_code() for _ in range(4))
    action = imported(
        client,
        HEADER
        + f"{ten},discount_voucher,12.5,PERCENT,First,2020-01-01,2030-01-01,3,2,,TRUE,secret,Fall\n"
        + f"{five},DISCOUNT_VOUCHER,500,AMOUNT,,,,,,0,FALSE,,\n"
        + f"{free},DISCOUNT_VOUCHER,0,FIXED,,,,,,,,,\n"
        + f"{card},GIFT_VOUCHER,10000,,,,,,4,2500,,,\n",
    )
    assert (action["type"], action["result"]["done_count"]) == ("VOUCHERS.IMPORT_CSV", 4), action
    one = of(client, ten)
    assert one["discount"] == {"type": "PERCENT", "percent_off": 12.5}
    assert (one["category"], one["active"], one["additional_info"]) == ("First", True, "secret")
    assert (one["start_date"], one["expiration_date"]) == ("2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z")
    assert (one["redemption"]["quantity"], one["redemption"]["redeemed_quantity"]) == (3, 2)
    assert one["metadata"] == {"season": "Fall"}
    two = of(client, five)
    assert (two["discount"], two["active"], two["metadata"]) == ({"type": "AMOUNT", "amount_off": 500}, False, {})
    assert of(client, free)["discount"] == {"type": "FIXED", "fixed_amount": 0}
    gifted = of(client, card)
    assert gifted["gift"] == {"amount": 10000, "subtracted_amount": 0, "balance": 7500, "effect": "APPLY_TO_ORDER"}
    assert (gifted["redemption"]["redeemed_quantity"], gifted["redemption"]["redeemed_amount"]) == (4, 2500)
    told = [(each["type"], each["details"]["balance"]["amount"], each["details"]["balance"]["balance"])
            for each in transactions(client, card)]  # fmt: skip
    assert told == [("CREDITS_ADDITION", 10000, 10000), ("CREDITS_REDEMPTION", -2500, 7500)]
    assert len({each["id"] for each in transactions(client, card)}) == 2


def test_names_of_columns_are_known_in_any_case_and_with_underscores(client: httpx.Client) -> None:
    code = a_code()
    imported(client, f"CODE,voucher_type,balance,Discount Effect\n{code},gift_voucher,70,apply_to_items\n")
    assert of(client, code)["gift"] == {"amount": 70, "subtracted_amount": 0, "balance": 70, "effect": "APPLY_TO_ITEMS"}


def test_a_file_of_known_codes_needs_no_values(client: httpx.Client, make: Make) -> None:
    known = make(category="Old")
    action = imported(client, f"Code,Active,Category\n{known['code']},FALSE,\n")
    assert action["result"]["failed_count"] == 0
    after = of(client, known["code"])
    assert after == {**known, "active": False, "updated_at": after["updated_at"]}


def test_rows_that_fail_are_told_with_number_code_and_reason(client: httpx.Client) -> None:
    good = a_code()
    lines = [
        (f"{good},GIFT_VOUCHER,5,,,,,,,,,,", None),
        (",GIFT_VOUCHER,5,,,,,,,,,,", "Code"),
        ("short,x", "has 2"),
        ("long" + "," * 20, "has 21"),
        (f"{good},GIFT_VOUCHER,6,,,,,,,,,,", "row 1 has it"),
        ("t1,LOYALTY_CARD,5,,,,,,,,,,", "Voucher Type"),
        ("t2,,5,,,,,,,,,,", "Voucher Type"),
        ("t3,DISCOUNT_VOUCHER,5,,,,,,,,,,", "Discount Type"),
        ("t4,DISCOUNT_VOUCHER,5.5,AMOUNT,,,,,,,,,", "Value"),
        ("t5,DISCOUNT_VOUCHER,,AMOUNT,,,,,,,,,", "Value"),
        ("t6,DISCOUNT_VOUCHER,101,PERCENT,,,,,,,,,", "percent_off"),
        ("t7,DISCOUNT_VOUCHER,ten,PERCENT,,,,,,,,,", "per cent"),
        ("t8,DISCOUNT_VOUCHER,1,UNIT,,,,,,,,,", "Discount Type"),
        ("t9,GIFT_VOUCHER,-5,,,,,,,,,,", "Value"),
        ("u1,GIFT_VOUCHER,5,,,,,,,,perhaps,,", "Active"),
        ("u2,GIFT_VOUCHER,5,,,,,,,6,,,", "Redeemed Amount"),
        ("u3,GIFT_VOUCHER,5,,,,,2,3,,,,", "Redeemed Quantity"),
        ("u4,DISCOUNT_VOUCHER,5,AMOUNT,,,,,,5,,,", "Redeemed Amount"),
        ("u5,GIFT_VOUCHER,5,,,soon,,,,,,,", "start_date"),
        ("u6,GIFT_VOUCHER,5,,,,,none,,,,,", "Redemption Limit"),
        ("u7,GIFT_VOUCHER,5,,,,,0,,,,,", "redemption.quantity"),
        ('u8,"GIFT_VOUCHER,5,,,,,,,,,,', "not closed"),
    ]
    action = imported(client, HEADER + "".join(f"{line}\n" for line, _ in lines))
    told = reasons(action)
    assert action["result"]["done_count"] == 1
    assert list(told) == list(range(2, len(lines) + 1))
    for number, (_, word) in enumerate(lines, 1):
        assert word is None or word in told[number], told[number]
    codes = {row["row"]: row["code"] for row in action["result"]["failed"]}
    assert (codes[3], codes[5], codes[6], codes[2]) == ("short", good, "t1", "")
    assert of(client, good)["gift"]["amount"] == 5
    assert [client.get(f"/v1/vouchers/u{n}").status_code for n in range(1, 9)] == [404] * 8
    keys = [row["key"] for row in report_of(action)]
    assert keys[0] == ""
    assert set(keys[1:]) == {"invalid_payload", "invalid_voucher", "gift_amount_exceeded"}


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("", "Code,Voucher Type"),
        ("Voucher Type,Value\nGIFT_VOUCHER,5\n", "Code"),
        ("Code,Value,Balance\nx,5,5\n", "Value, Balance"),
        ("Code;Value\nx;5\n", "commas"),
        ("Code,\nx,\n", "column 2"),
    ],
)
def test_a_file_that_no_row_can_be_read_from_is_refused(client: httpx.Client, content: str, named: str) -> None:
    answer = client.post("/v1/vouchers/importCSV", files={"file": content.encode()})
    assert named in refused(answer, 400, "invalid_payload")


def test_without_its_file_an_import_is_refused(client: httpx.Client) -> None:
    answer = client.post("/v1/vouchers/importCSV", files={"other": b"Code\nx\n"})
    assert "file" in refused(answer, 400, "invalid_payload")


def test_a_repeated_import_with_its_idempotency_key_begins_nothing_new(client: httpx.Client) -> None:
    code = a_code()
    headers = {"Idempotency-Key": code}
    answers = [client.post("/v1/vouchers/import", json=[gift(5, code=code)], headers=headers) for _ in range(2)]
    assert begun(answers[0]) == begun(answers[1])
    assert ended(client, begun(answers[0]))["result"]["done_count"] == 1
    assert len(transactions(client, code)) == 1


def test_a_voucher_may_be_named_like_an_operation(client: httpx.Client) -> None:
    for code in ("import", "importCSV", "bulk"):
        made = ok(client.post("/v1/vouchers", json=gift(5, code=code)))
        path = f"/v1/vouchers/{code}"
        assert of(client, code)["id"] == made["id"]
        assert ok(client.put(path, json={"category": "Odd"}))["category"] == "Odd"
        assert ok(client.post(f"{path}/disable"))["active"] is False
        assert "DELETE" in client.options(path).headers["Allow"]
        assert client.delete(path, params={"force": "true"}).status_code == 204
        assert client.get(path).status_code == 404


def test_codes_are_kept_as_they_are(client: httpx.Client) -> None:
    code = f" {a_code()},ü\n=1 "
    imported(client, f'Code,Voucher Type,Value\n"{code}",GIFT_VOUCHER,5\n')
    [found] = ok(client.get("/v1/vouchers", params={"code": code}))["vouchers"]
    assert found["code"] == code
