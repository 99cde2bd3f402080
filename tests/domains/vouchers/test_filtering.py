"""The filters of the lists of vouchers, of transactions and of what a customer holds."""

import operator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.domains.vouchers.conftest import Made, Make, a_code, ok, refused
from tests.domains.vouchers.holding import Hold, give
from tests.support.filters import filters

Conditions = dict[str, dict[str, Any]]

CASES: list[tuple[Conditions, str]] = [
    ({"code": {"$ends_with": "-a"}}, "a"),
    ({"code": {"$contains": "-"}}, "abcd"),
    ({"code": {"$not_contain": "-a"}}, "bcd"),
    ({"code": {"$starts_with": "a"}}, ""),
    ({"type": {"$is": "GIFT_VOUCHER"}}, "d"),
    ({"voucher_type": {"$is_not": "GIFT_VOUCHER"}}, "abc"),
    ({"category": {"$has_value": ""}}, "abcd"),
    ({"campaign_id": {"$is_unknown": "true"}}, "abcd"),
    ({"campaign": {"$is": "Summer"}}, ""),
    ({"holder_id": {"$is_unknown": "true"}}, "abcd"),
    ({"is_referral_code": {"$is": "FALSE"}}, "abcd"),
    ({"is_referral_code": {"$is": "TRUE"}}, ""),
    ({"active": {"$enabled": ""}}, "acd"),
    ({"active": {"$disabled": "true"}}, "b"),
    ({"active": {"$expired": ""}}, "c"),
    ({"active": {"$active": ""}}, "a"),
    ({"active": {"$before_start": ""}}, "d"),
    ({"active": {"$in": ["disabled", "expired"]}}, "bc"),
    ({"active": {"$not_in": ["disabled", "expired"]}}, "ad"),
    ({"redemption_status": {"$redeemed": ""}}, ""),
    ({"redemption_status": {"$redeemable": ""}}, "abcd"),
    ({"start_date": {"$after": "2090-01-01"}}, "d"),
    ({"expiration_date": {"$before": "2021-01-01"}}, "c"),
    ({"expiration_date": {"$more_than": "30"}}, "c"),
    ({"expiration_date": {"$is_unknown": ""}}, "abd"),
    ({"created_at": {"$after": "2021-01-01"}}, "abcd"),
    ({"created_date": {"$less_than": 2}}, "abcd"),
    ({"created_at": {"$more_than_ago": 1}}, ""),
    ({"updated_at": {"$has_value": ""}}, "b"),
    ({"validity_timeframe": {"$has_value": ""}}, "d"),
    ({"validity_day_of_week": {"$includes": ["1"]}}, "a"),
    ({"validity_day_of_week": {"$is": [1, 2]}}, "a"),
    ({"validity_day_of_week": {"$is_unknown": ""}}, "bcd"),
    ({"metadata.n": {"$is": 5}}, "ab"),
    ({"metadata.n": {"$more_than": "4"}}, "a"),
    ({"metadata.n": {"$not_in": [5, 6]}}, "cd"),
    ({"metadata.deep.vip": {"$is": "true"}}, "c"),
    ({"metadata.tags": {"$includes": ["x", "y"]}}, "d"),
    ({"metadata.n": {"$has_value": ""}, "code": {"$ends_with": ["-b", "-c"]}}, "b"),
]


@pytest.fixture(scope="module")
def category() -> str:
    return uuid4().hex


@pytest.fixture
def some(client: httpx.Client, make: Make, make_card: Make, category: str) -> dict[str, Made]:
    """Four vouchers of one category, by the last letter of their codes; the second was switched off."""
    known = ok(client.get("/v1/vouchers", params={"category": category}))
    if not known["total"]:
        days = {"validity_day_of_week": [2, 1]}
        make(category=category, code=f"{a_code()}-a", metadata={"n": 5, "tags": ["x"]}, **days)
        code = make(category=category, code=f"{a_code()}-b", metadata={"n": "5"})["code"]
        ok(client.post(f"/v1/vouchers/{code}/disable"))
        make(category=category, code=f"{a_code()}-c", expiration_date="2020-01-01", metadata={"deep": {"vip": True}})
        frame = {"start_date": "2099-01-01", "validity_timeframe": {"interval": "P2D", "duration": "PT1H"}}
        make_card(category=category, code=f"{a_code()}-d", metadata={"tags": ["y", "x"]}, **frame)
    found = ok(client.get("/v1/vouchers", params={"category": category}))["vouchers"]
    return {voucher["code"][-1]: voucher for voucher in found}


def letters(client: httpx.Client, category: str, query: dict[str, Any]) -> str:
    page = ok(client.get("/v1/vouchers", params={"category": category, "order": "created_at", **query}))
    assert page["total"] == len(page["vouchers"])
    return "".join(voucher["code"][-1] for voucher in page["vouchers"])


@pytest.mark.parametrize(("conditions", "expected"), CASES)
def test_a_filter_leaves_those_that_pass(
    client: httpx.Client, some: dict[str, Made], category: str, conditions: Conditions, expected: str
) -> None:
    assert letters(client, category, {**filters(**conditions)}) == expected


def test_filters_are_joined_by_the_junction(client: httpx.Client, some: dict[str, Made], category: str) -> None:
    either = {"code": {"$ends_with": "-a"}, "type": {"$is": "GIFT_VOUCHER"}}
    for junction, expected in ((None, ""), ("and", ""), ("or", "ad"), ("OR", "ad")):
        assert letters(client, category, {**filters(junction, **either)}) == expected


def test_filters_alone_are_counted_and_paged(client: httpx.Client, some: dict[str, Made], category: str) -> None:
    query: dict[str, Any] = {**filters(category={"$is": category}), "limit": 3, "order": "-created_at"}
    first = ok(client.get("/v1/vouchers", params=query))
    second = ok(client.get("/v1/vouchers", params={**query, "cursor": first["next_cursor"]}))
    found = [*first["vouchers"], *second["vouchers"]]
    assert [voucher["code"][-1] for voucher in found] == list("dcba")
    assert (first["total"], second["total"], second["has_more"]) == (4, 4, False)


def test_categories_are_asked_for_by_their_ids(client: httpx.Client, make: Make) -> None:
    tea = ok(client.post("/v1/categories", json={"name": f"Tea {a_code()}", "hierarchy": 1}))
    mine = make(category_id=tea["id"])
    for field in ("category_id", "category_ids"):
        page = ok(client.get("/v1/vouchers", params=filters(**{field: {"$in": [tea["id"], "cat_nothing"]}})))
        assert ([each["id"] for each in page["vouchers"]], page["total"]) == ([mine["id"]], 1)
    named = filters(category_ids={"$has_value": ""}, categories={"$is": tea["name"]})
    assert [each["id"] for each in ok(client.get("/v1/vouchers", params=named))["vouchers"]] == [mine["id"]]


def test_moments_of_creation_are_exact(client: httpx.Client, some: dict[str, Made], category: str) -> None:
    moments = {letter: voucher["created_at"] for letter, voucher in sorted(some.items())}
    for name, passes in (
        ("$is", operator.eq),
        ("$is_not", operator.ne),
        ("$after", operator.gt),
        ("$after_equal", operator.ge),
        ("$before", operator.lt),
        ("$before_equal", operator.le),
    ):
        for than in moments.values():
            expected = "".join(letter for letter, at in moments.items() if passes(at, than))
            assert letters(client, category, {**filters(created_at={name: than})}) == expected, name
    for conditions in ({"$before": "1900-01-01"}, {"$after": "9990-01-01"}, {"$more_than_future": 5}):
        assert letters(client, category, {**filters(created_at=conditions)}) == ""
    assert letters(client, category, {**filters(created_at={"$this_year": ""})}) == "abcd"


def test_the_holder_narrows_the_list_and_what_they_hold(
    client: httpx.Client, make: Make, make_card: Make, shared_database_url: str
) -> None:
    customer = ok(client.post("/v1/customers", json={"source_id": a_code()}))["id"]
    coupon, card = make(category=customer), make_card(category=customer)
    give(shared_database_url, Hold(coupon["code"], customer), Hold(card["code"], customer))
    other = make(category=customer)
    lists: list[tuple[dict[str, Any], list[Made]]] = [
        (filters(holder_id={"$is": customer}), [card, coupon]),
        (filters(holder_id={"$in": [customer]}, type={"$is": "GIFT_VOUCHER"}), [card]),
        (filters(holder_id={"$in": [customer, "cust_nobody"]}), [card, coupon]),
        (filters(holder_id={"$is": "cust_nobody"}), []),
        (filters(holder_id={"$is_not": customer}, category={"$is": customer}), [other]),
        (filters("or", holder_id={"$is": customer}, id={"$is": other["id"]}), [other, card, coupon]),
        ({**filters(holder_id={"$is": customer}), "customer": customer}, [card, coupon]),
    ]
    for asked, expected in lists:
        page = ok(client.get("/v1/vouchers", params={**asked, "order": "-created_at"}))
        assert [each["id"] for each in page["vouchers"]] == [each["id"] for each in expected], asked
        assert page["total"] == len(expected)
    path = f"/v1/customers/{customer}/redeemables"
    whole = ok(client.get(path))
    entry = next(each for each in whole["data"] if each["redeemable_id"] == card["id"])
    conditions: list[Conditions] = [
        {"redeemable_id": {"$is": card["id"]}},
        {"id": {"$in": [entry["id"], "rh_nothing"]}},
        {"voucher_type": {"$is": "GIFT_VOUCHER"}, "holder_role": {"$is": "OWNER"}},
        {"voucher_type": {"$not_in": ["DISCOUNT_VOUCHER"]}, "created_at": {"$before": "2099-01-01"}},
    ]
    for each in conditions:
        page = ok(client.get(path, params={**filters(**each), "limit": 1}))
        assert ([found["id"] for found in page["data"]], page["total"], page["has_more"]) == ([entry["id"]], 1, False)
    nothing = filters("or", redeemable_object={"$is_not": "voucher"}, campaign_type={"$has_value": ""})
    assert ok(client.get(path, params=nothing))["total"] == 0
    assert refused(client.get(path, params=filters(code={"$is": "x"})), 400, "invalid_query_params")


def test_transactions_are_narrowed(client: httpx.Client, make_card: Make) -> None:
    card = make_card(1_000)
    for amount in (500, -300):
        ok(client.post(f"/v1/vouchers/{card['code']}/balance", json={"amount": amount}))
    path = f"/v1/vouchers/{card['code']}/transactions"
    newest = ok(client.get(path))["data"][0]
    for conditions, expected in (
        ({"id": {"$is": newest["id"]}}, 1),
        ({"type": {"$is": "CREDITS_ADDITION"}}, 2),
        ({"voucher_id": {"$is": card["id"]}, "created_at": {"$after": "2021-01-01"}}, 3),
        ({"voucher_id": {"$is": "v_nothing"}}, 0),
    ):
        page = ok(client.get(path, params=filters(**conditions)))
        assert (len(page["data"]), page["has_more"]) == (expected, False), conditions
    additions = filters(type={"$is": "CREDITS_ADDITION"})
    first = ok(client.get(path, params={**additions, "limit": 1}))
    after = first["more_starting_after"]
    rest = ok(client.get(path, params={**additions, "limit": 1, "starting_after_id": after}))
    assert (len(rest["data"]), rest["has_more"]) == (1, False)
    assert refused(client.get(path, params=filters(amount={"$is": 1})), 400, "invalid_query_params")


@pytest.mark.parametrize(
    ("query", "details"),
    [
        (filters(colour={"$is": "red"}), "filters.colour: expected a field: id, code, "),
        (filters(code={"$near": "x"}), "filters.code.conditions.$near: expected an operator of a field of type text"),
        (filters(code={"$more_than": 1}), "filters.code.conditions.$more_than: expected an operator"),
        (filters(code={"$starts_with": ""}), "filters.code.conditions.$starts_with[0]: expected a text of 1 to"),
        (filters(created_at={"$after": "soon"}), "filters.created_at.conditions.$after[0]: expected a date"),
        (
            filters(created_at={"$more_than": "x"}),
            "filters.created_at.conditions.$more_than: expected one whole number",
        ),
        (filters(is_referral_code={"$is": "7"}), "filters.is_referral_code.conditions.$is[0]: expected true or false"),
        (filters(validity_timeframe={"$after": "2020-01-01"}), "filters.validity_timeframe.conditions.$after"),
        (filters("xor", code={"$is": "x"}), "filters.junction: expected and, or"),
        ({"filters[junction]": "or"}, "filters: expected at least one condition"),
        ({"filters[code]": "x"}, "filters.code.conditions: expected an object of operators"),
        ({"filters[code][conditions]": "x"}, "filters.code.conditions: expected an object of operators"),
        ({"filters": "x"}, "filters: expected [<field>][conditions][<operator>]"),
        ({"filters[]": "x"}, "filters.: expected a field"),
        ({"filters[metadata.]": "x"}, "filters.metadata.: expected a field"),
        ({f"filters[$or][{n}][code][conditions][$is]": "x" for n in range(201)}, "filters.$or: expected at most 200"),
    ],
)
def test_what_is_no_filter_is_refused_by_its_path(client: httpx.Client, query: dict[str, Any], details: str) -> None:
    assert refused(client.get("/v1/vouchers", params=query), 400, "invalid_query_params").startswith(details)


@pytest.mark.parametrize("text", ["' OR 1=1 --", "%", "\\", "é\U0001f600", "'); DROP TABLE vouchers; --", "$1", "?"])
def test_hostile_texts_are_only_texts(client: httpx.Client, some: dict[str, Made], text: str) -> None:
    for conditions in ({"$is": text}, {"$in": [text, "x"]}, {"$contains": text}):
        for field in ("code", "metadata.n", f"metadata.{text}", "campaign"):
            answer = client.get("/v1/vouchers", params=filters(**{field: conditions}))
            assert answer.status_code in (200, 400), answer.text
            assert answer.status_code == 400 or answer.json()["total"] == 0
