"""The filters of the list of publications."""

from typing import Any

import httpx
import pytest

from tests.domains.publications.conftest import Make, Publish, Told, a_name, ok, refused
from tests.support.filters import filters


@pytest.fixture
def given(client: httpx.Client, make: Make, make_card: Make, publish: Publish) -> dict[str, Told]:
    """What was published to one customer: a coupon, a card, and a coupon that was somebody else's."""
    taken = make()["code"]
    customer = a_name()
    ok(publish(taken, a_name()))
    coupon = ok(publish(make()["code"], customer, source_id=a_name("publication"), metadata={"n": 1}))
    card = ok(publish(make_card()["code"], customer, channel="mail"))
    failed = refused(publish(taken, customer), 400, "voucher_already_published")
    return {"coupon": coupon, "card": card, "failed": {"id": failed["resource_id"], "code": taken}}


def test_a_filter_leaves_those_that_pass(client: httpx.Client, given: dict[str, Told]) -> None:
    coupon, card, failed = (given[name] for name in ("coupon", "card", "failed"))
    customer = coupon["customer_id"]
    cases: list[tuple[dict[str, dict[str, Any]], list[Told]]] = [
        ({}, [failed, card, coupon]),
        ({"result": {"$is": "SUCCESS"}}, [card, coupon]),
        ({"failure_code": {"$is": "voucher_already_published"}}, [failed]),
        ({"failure_code": {"$is_unknown": ""}}, [card, coupon]),
        ({"voucher_type": {"$is": "GIFT_VOUCHER"}}, [card]),
        ({"source_id": {"$is": coupon["source_id"]}}, [coupon]),
        ({"source_id": {"$is_unknown": ""}}, [failed, card]),
        ({"related_object_id": {"$is": card["voucher"]["id"]}}, [card]),
        ({"related_object_id": {"$in": [card["voucher"]["id"], coupon["voucher"]["id"]]}}, [card, coupon]),
        ({"voucher_code": {"$is": coupon["voucher"]["code"]}}, [coupon]),
        ({"parent_object_id": {"$has_value": ""}}, []),
        ({"campaign_name": {"$is_unknown": ""}, "is_referral_code": {"$is": "FALSE"}}, [failed, card, coupon]),
        ({"channel": {"$is": "mail"}}, [card]),
        ({"created_at": {"$after": "2021-01-01"}, "metadata.n": {"$is": 1}}, [coupon]),
        ({"id": {"$in": [failed["id"], coupon["id"]]}}, [failed, coupon]),
        ({"tracking_id": {"$is": coupon["tracking_id"]}}, [failed, card, coupon]),
    ]
    for conditions, expected in cases:
        query = filters(**{"customer_id": {"$is": customer}, **conditions})
        page = ok(client.get("/v1/publications", params=query))
        assert [each["id"] for each in page["publications"]] == [each["id"] for each in expected], conditions
        assert page["total"] == len(expected)


def test_filters_hold_beside_other_parameters_and_in_pages(client: httpx.Client, given: dict[str, Told]) -> None:
    customer = given["coupon"]["customer_id"]
    either = filters("or", result={"$is": "FAILURE"}, channel={"$is": "mail"})
    query = {**either, "customer": customer, "limit": 1, "order": "created_at"}
    first = ok(client.get("/v1/publications", params=query))
    second = ok(client.get("/v1/publications", params={**query, "cursor": first["next_cursor"]}))
    found = [each["id"] for each in (*first["publications"], *second["publications"])]
    assert found == [given["card"]["id"], given["failed"]["id"]]
    assert (first["total"], second["has_more"]) == (2, False)
    of_voucher = {"voucher": given["failed"]["code"], **filters(result={"$is": "FAILURE"})}
    assert [each["id"] for each in ok(client.get("/v1/publications", params=of_voucher))["publications"]] == [
        given["failed"]["id"]
    ]


@pytest.mark.parametrize(
    ("query", "path"),
    [
        (filters(discount={"$is": "x"}), "filters.discount: expected a field: id, result"),
        (filters(result={"$before": "2020-01-01"}), "filters.result.conditions.$before: expected an operator"),
        ({"is_referral_code": "true", **filters(nothing={"$is": "x"})}, "filters.nothing"),
    ],
)
def test_what_is_no_filter_is_refused_by_its_path(client: httpx.Client, query: dict[str, Any], path: str) -> None:
    refusal = refused(client.get("/v1/publications", params=query), 400, "invalid_query_params")
    assert refusal["details"].startswith(path)
