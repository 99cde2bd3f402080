"""Qualification, validation and redemption are one decision asked three ways, whatever there is and whatever is asked.

What may differ: a redemption stores the order and the customer, which have ids and times from then on; a qualification
leaves out what all customers of a campaign share (`not_checked`).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.domains.vouchers.conftest import ok
from tests.properties.opening import Opened, opened
from tests.properties.shops import ASKED, GOODS, Asked, Goods, Made, named
from tests.support.management import Managed, managed

EXAMPLES = settings().max_examples // 4
"""Of shops, for each database: 25, or 500 with `--hypothesis-profile long`."""
EXPAND = {"expand": ["order", "redeemable", "redemption", "category", "trace"]}
OF_STORED = (
    "id",
    "created_at",
    "updated_at",
    "status",
    "source_id",
    "customer",
    "customer_id",
    "referrer",
    "referrer_id",
)
OF_MOMENT = ("actual", "change")
SHARED = ("campaign.redemptions.count", "campaign.orders.amount")
"""How rules about what all customers of a campaign share begin, of those that name the campaign."""


@pytest.fixture(scope="module")
def server(shared_database_url: str, contract_log: Path) -> Iterator[Managed]:
    with managed(shared_database_url, contract_log) as server:
        yield server


@pytest.fixture(scope="module")
def client(server: Managed) -> httpx.Client:
    return server.client({})


@given(goods=GOODS, requests=st.lists(ASKED, min_size=1, max_size=5))
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
def test_three_ways_of_asking_give_one_answer(
    server: Managed, client: httpx.Client, goods: Goods, requests: list[Asked]
) -> None:
    shop = opened(server, client, goods, requests)
    for asked in requests:
        if asked.is_held:
            hold(shop, shop.body(asked))
        check_qualified(shop, asked)
        check_redeemed(shop, shop.body(asked))


def hold(shop: Opened, body: Made) -> None:
    """Let others hold what is asked for, each as far as it may be used by itself."""
    for thing in body["redeemables"]:
        asked = {**body, "redeemables": [thing], "session": {"type": "LOCK"}}
        assert shop.client.post("/v1/validations", json=asked).status_code < 500


def check_redeemed(shop: Opened, body: Made) -> None:
    """A redemption does what a validation has just said."""
    asked = {**body, "options": EXPAND}
    told, answer = (shop.client.post(f"/v1/{path}", json=asked) for path in ("validations", "redemptions"))
    redeemed = answer.json()
    if told.status_code != 200:
        assert known(redeemed) == known(told.json())
    elif told.json()["valid"]:
        assert answer.status_code == 200, (told.json(), redeemed)
        check_applied(told.json(), redeemed)
    else:
        check_failed(shop, told.json(), redeemed)


def check_applied(told: Made, redeemed: Made) -> None:
    entries, parts = told["redeemables"], redeemed["redemptions"]
    assert [each["id"] for each in entries] == [name_of(part) for part in parts]
    for entry, part in zip(entries, parts, strict=True):
        assert calculated(entry.get("order")) == calculated(part["order"])
        assert entry["result"].get("gift", {}).get("credits", 0) == part.get("amount", 0)
    assert calculated(told.get("order")) == calculated(redeemed.get("order"))
    for left_out in ("inapplicable_redeemables", "skipped_redeemables"):
        assert known(told.get(left_out)) == known(redeemed.get(left_out))


def check_failed(shop: Opened, told: Made, refusal: Made) -> None:
    """The refusal is the first of all reasons, and all of them are kept."""
    refused = told.get("inapplicable_redeemables", [])
    first = known(refused[0]["result"]["error"]) if refused else told["skipped_redeemables"][0]["result"]["details"]
    for name in ("key", "message", "code", "details", "error"):
        if name in first:
            assert refusal[name] == first[name]
    kept = ok(shop.client.get(f"/v1/redemptions/{refusal['resource_id']}"))
    reasons = [{"redeemable": each["id"], "reasons": each["result"]["trace"]} for each in refused]
    assert (kept["result"], known(kept["trace"])) == ("FAILURE", known(reasons))


def check_qualified(shop: Opened, asked: Asked) -> None:
    """A qualification tells what is valid by itself, as it is told then."""
    body = named({name: asked.body[name] for name in asked.body if name != "session"}, shop.names)
    options = {"limit": 50, "expand": ["redeemable", "category"]}
    answer = shop.client.post("/v1/qualifications", json={**body, "options": options})
    things = shop.chosen(asked.places)
    alone = [
        shop.client.post("/v1/validations", json={**body, "redeemables": [each], "options": EXPAND}) for each in things
    ]
    if answer.status_code != 200:
        assert known(answer.json()) == known(alone[0].json())
        return
    listed = {each["id"]: each for each in answer.json()["redeemables"]["data"]}
    for thing, told in zip(things, map(ok, alone), strict=True):
        entry = listed.get(thing["id"])
        if thing["id"] in shop.adas and not is_ada(body["customer"]):
            assert entry is None or body["customer"] is None, "the order may be hers"
        elif any(map(is_shared, reasons_of(told))):
            continue  # whether it would apply but for that, a validation does not tell
        elif told["valid"]:
            assert entry is not None, told
            check_entry(entry, told)
        else:
            assert entry is None, told


def check_entry(entry: Made, told: Made) -> None:
    assert calculated(entry.get("order")) == calculated(told.get("order"))
    parts = entry["redeemables"] if entry["object"] == "promotion_stack" else [entry]
    for part, alone in zip(parts, told["redeemables"], strict=True):
        assert calculated(part.get("order")) == calculated(alone.get("order"))
        for name in ("id", "object", "result", "applicable_to", "inapplicable_to", "categories", "metadata"):
            assert part.get(name) == alone.get(name), name


def is_ada(customer: Made | None) -> bool:
    return customer is not None and "id" not in customer and customer.get("source_id") == "ada"


def reasons_of(told: Made) -> list[Made]:
    """All reasons why what was asked for does not apply."""
    refused = [each["result"] for each in told.get("inapplicable_redeemables", [])]
    skipped = [each["result"]["details"] for each in told.get("skipped_redeemables", ()) if not refused]
    return [reason for result in refused for reason in result["trace"]] + skipped


def is_shared(reason: Made) -> bool:
    """Whether it is that something is used up which all customers of a campaign share."""
    return any(f", {name}" in reason.get("details", "") for name in SHARED)


def name_of(part: Made) -> str:
    """What a part of a redemption was asked for by."""
    voucher = part.get("voucher")
    return str(part["related_object_id"] if voucher is None else voucher["code"])


def calculated(order: Made | None) -> Made | None:
    """An order without what it has only once it is stored."""
    return None if order is None else {name: value for name, value in order.items() if name not in OF_STORED}


def known(told: Any) -> Any:
    """What was told, without what is of this request and its moment alone."""
    if isinstance(told, list):
        return [known(each) for each in told]
    if not isinstance(told, dict):
        return told
    fields = OF_MOMENT if told.get("check") == "start_date" else ("request_id",)
    return {
        name: calculated(value) if name == "order" else known(value)
        for name, value in told.items()
        if name not in fields
    }
