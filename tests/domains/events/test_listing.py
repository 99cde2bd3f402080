"""Pages of a feed: order, cursors, filters and refusals, of the feed and of the older list."""

import asyncio
from typing import Any

import httpx
import msgspec
import pytest

from patron.config import Settings
from patron.db.actions import Action, Ctx, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.events import Campaign, record
from patron.domains.events.model import Recorded
from patron.kernel.clock import to_iso
from patron.running import opened
from tests.domains.events.conftest import Made, Make, a_name, feed_of, kinds_of, ok, refused

BEGIN_MS = 1_700_000_000_000
ENTRIES = 57
KINDS: tuple[Recorded, ...] = ("customer.updated", "customer.order.paid", "customer.redemption.failed")
SUMMER = Campaign("camp_summer", "DISCOUNT_COUPONS", "Summer")
GIFTS = Campaign("camp_gifts", "GIFT_VOUCHERS", "Gifts")
CAMPAIGNS = (SUMMER, None, GIFTS, None, None)
CODES = ("", "B", "A", "")


class Happened(msgspec.Struct, frozen=True):
    """Entries with these numbers, at once."""

    customer_id: str
    numbers: tuple[int, ...]


async def _gather(_read: Read, _ctx: Ctx, _body: Happened) -> Wants:
    return Wants()


def _apply(rows: Rows, ctx: Ctx, body: Happened) -> Reply:
    for n in body.numbers:
        record(
            rows,
            ctx,
            body.customer_id,
            KINDS[n % 3],
            "EFFECT" if n % 2 else "ACTION",
            b'{"n":%d}' % n,
            campaign=CAMPAIGNS[n % 5],
            code=CODES[n % 4],
            product_id="prod_tea" if n % 7 == 0 else None,
        )
    return Reply(204)


HAPPENED = Action("tests.happened", _gather, _apply)


@pytest.fixture(scope="module")
def customer_id(server: Any, shared_database_url: str, project_id: str) -> str:
    """A customer with entries of numbered kinds, three at a moment, a second between the moments.

    Its own creation is told too, long after them.
    """
    made = ok(server.client.post("/v1/customers", json={"source_id": a_name("customer")}))
    asyncio.run(_fill(shared_database_url, project_id, made["id"]))
    return str(made["id"])


async def _fill(url: str, project_id: str, customer_id: str) -> None:
    async with opened(Settings(database_url=url), migrating=False) as patron:
        for first in range(0, ENTRIES, 3):
            ctx = Ctx(project_id, moment_of(first), first.to_bytes(16), request_id=f"v-{first}", channel="worker")
            await patron.units.write(HAPPENED, ctx, Happened(customer_id, tuple(range(first, first + 3))))


def moment_of(n: int) -> int:
    return BEGIN_MS + n // 3 * 1000


def numbers(entries: list[Made]) -> list[int]:
    return [entry["data"]["n"] for entry in entries if "n" in entry["data"]]


def page(client: httpx.Client, customer_id: str, name: str = "activity", **query: Any) -> Made:
    return ok(client.get(f"/v1/customers/{customer_id}/{name}", params=query))


def to_the_end(client: httpx.Client, customer_id: str, **query: Any) -> list[Made]:
    """Every entry, page by page."""
    entries: list[Made] = []
    while True:
        found = page(client, customer_id, **query)
        entries += found["data"]
        if not found["has_more"]:
            assert "more_starting_after" not in found
            return entries
        assert len(found["data"]) == query["limit"]
        assert found["more_starting_after"] == found["data"][-1]["id"]
        query["starting_after_id"] = found["more_starting_after"]


@pytest.mark.parametrize("limit", [1, 7, 29, 58, 100])
@pytest.mark.parametrize("order", ["created_at", "-created_at"])
def test_pages_lead_to_the_end_in_either_direction(
    client: httpx.Client, customer_id: str, order: str, limit: int
) -> None:
    """Entries of one write keep the order in which they were recorded."""
    entries = to_the_end(client, customer_id, order=order, limit=limit)
    forwards = entries if order == "created_at" else entries[::-1]
    assert numbers(forwards) == list(range(ENTRIES))
    assert forwards[-1]["type"] == "customer.created"
    ids = [entry["id"] for entry in forwards]
    assert ids == sorted(set(ids))


def test_ten_of_the_newest_are_told_unless_something_else_is_asked(client: httpx.Client, customer_id: str) -> None:
    assert page(client, customer_id) == page(client, customer_id, order="-created_at", limit=10)


def test_what_comes_while_a_feed_is_read_moves_no_page(client: httpx.Client, make: Make) -> None:
    made = make(name="0")
    for n in range(1, 6):
        ok(client.put(f"/v1/customers/{made['id']}", json={"name": str(n)}))
    seen: list[Made] = []
    query: dict[str, Any] = {"limit": 2}
    for n in range(3):
        found = page(client, made["id"], **query)
        seen += found["data"]
        ok(client.put(f"/v1/customers/{made['id']}", json={"name": f"later {n}"}))
        query["starting_after_id"] = found["data"][-1]["id"]
    assert [entry["data"]["customer"]["name"] for entry in seen] == ["5", "4", "3", "2", "1", "0"]


FILTERS: list[tuple[dict[str, str], Any]] = [
    ({"type": KINDS[1]}, lambda n: n % 3 == 1),
    ({"category": "EFFECT"}, lambda n: n % 2 == 1),
    ({"category": "ACTION"}, lambda n: n % 2 == 0),
    ({"campaign_id": SUMMER.id}, lambda n: n % 5 == 0),
    ({"campaign_type": GIFTS.type}, lambda n: n % 5 == 2),
    ({"start_date": to_iso(moment_of(30))}, lambda n: n >= 30),
    ({"end_date": to_iso(moment_of(30))}, lambda n: n <= 32),
    ({"start_date": to_iso(moment_of(9)), "end_date": to_iso(moment_of(9))}, lambda n: 9 <= n < 12),
    ({"start_date": "0001-01-01", "end_date": "9999-12-31"}, lambda _n: True),
    ({"start_date": "2001-01-01", "end_date": "2002-01-01"}, lambda _n: False),
    ({"type": KINDS[0], "category": "EFFECT", "campaign_id": SUMMER.id}, lambda n: n % 30 == 15),
    ({"campaign_id": "camp_unknown"}, lambda _n: False),
    ({"campaign_type": "LOYALTY_PROGRAM"}, lambda _n: False),
    ({"type": "customer.voucher.loyalty_card.pending_points.added"}, lambda _n: False),
]


@pytest.mark.parametrize(("query", "passes"), FILTERS)
@pytest.mark.parametrize("order", ["created_at", "-created_at"])
def test_filters_hold_together_and_over_all_pages(
    client: httpx.Client, customer_id: str, query: dict[str, str], passes: Any, order: str
) -> None:
    expected = [n for n in range(ENTRIES) if passes(n)]
    found = numbers(to_the_end(client, customer_id, order=order, limit=4, **query))
    assert found == (expected if order == "created_at" else expected[::-1])


def test_the_type_of_the_creation_finds_it(client: httpx.Client, customer_id: str) -> None:
    assert kinds_of(feed_of(client, customer_id, type="customer.created")) == ["customer.created"]


def test_what_no_request_caused_is_told_as_internal(client: httpx.Client, customer_id: str) -> None:
    [oldest] = page(client, customer_id, order="created_at", limit=1)["data"]
    assert oldest["event_source"] == {"channel": "INTERNAL"}
    assert oldest["group_id"] == "v-0"


REFUSALS: list[tuple[dict[str, str], str]] = [
    ({"limit": "0"}, "limit"),
    ({"limit": "101"}, "limit"),
    ({"order": "type"}, "order: expected one of"),
    ({"starting_after_id": "evcus_unknown"}, "starting_after_id: expected the id of an entry"),
    ({"starting_after_id": ""}, "starting_after_id: expected the id of an entry"),
    ({"start_date": "yesterday"}, "start_date: expected a date"),
    ({"end_date": "2023-02-29"}, "end_date: expected a date"),
    ({"campaign_type": "gift_vouchers"}, "campaign_type: expected one of"),
    ({"category": "action"}, "category: expected one of"),
    ({"type": "customer.unknown"}, "type: expected one of"),
]


@pytest.mark.parametrize(("query", "details"), REFUSALS)
def test_a_parameter_that_cannot_be_used_is_refused_by_name(
    client: httpx.Client, customer_id: str, query: dict[str, str], details: str
) -> None:
    answer = client.get(f"/v1/customers/{customer_id}/activity", params=query)
    assert refused(answer, 400, "invalid_query_params").startswith(details)


def test_an_entry_of_another_customer_is_no_place_in_this_feed(
    client: httpx.Client, customer_id: str, make: Make
) -> None:
    [entry] = feed_of(client, make()["id"])
    for name in ("activity", "activities"):
        answer = client.get(f"/v1/customers/{customer_id}/{name}", params={"starting_after_id": entry["id"]})
        refused(answer, 400, "invalid_query_params")


OLD_ORDERS: dict[str, Any] = {
    "created_at": lambda _n: (),
    "updated_at": lambda _n: (),
    "type": lambda n: (KINDS[n % 3],),
    "code": lambda n: (CODES[n % 4],),
    "campaign": lambda n: (campaign.name if (campaign := CAMPAIGNS[n % 5]) else "",),
    "category": lambda n: ("EFFECT" if n % 2 else "ACTION",),
}


@pytest.mark.parametrize("order", OLD_ORDERS)
@pytest.mark.parametrize("direction", ["", "-"])
def test_the_older_list_leads_to_the_end_in_every_order(
    client: httpx.Client, customer_id: str, order: str, direction: str
) -> None:
    query: dict[str, Any] = {"order": direction + order, "limit": 10, "end_date": to_iso(moment_of(ENTRIES))}
    found: list[Made] = []
    while entries := page(client, customer_id, "activities", **query)["data"]:
        found += entries
        query["starting_after_id"] = entries[-1]["id"]
    expected = sorted(range(ENTRIES), key=lambda n: (*OLD_ORDERS[order](n), n), reverse=direction == "-")
    assert numbers(found) == expected


def test_the_older_list_tells_how_many_there_are_over_all_pages(client: httpx.Client, customer_id: str) -> None:
    assert page(client, customer_id, "activities")["total"] == ENTRIES + 1
    last = page(client, customer_id, "activities", limit=1)["data"][0]["id"]
    after = page(client, customer_id, "activities", starting_after_id=last, campaign_id=SUMMER.id)
    assert after["total"] == len([n for n in range(ENTRIES) if n % 5 == 0])
    assert numbers(page(client, customer_id, "activities", product_id="prod_tea", limit=100)["data"]) == [
        n for n in reversed(range(ENTRIES)) if n % 7 == 0
    ]


def test_the_older_list_goes_on_after_a_moment(client: httpx.Client, customer_id: str) -> None:
    after = {"starting_after": to_iso(moment_of(30)), "limit": 100}
    down = page(client, customer_id, "activities", **after)["data"]
    assert numbers(down) == list(reversed(range(30)))
    up = page(client, customer_id, "activities", order="created_at", **after)["data"]
    assert numbers(up) == list(range(33, ENTRIES))
    within = page(client, customer_id, "activities", order="created_at", end_date=to_iso(moment_of(36)), **after)
    assert numbers(within["data"]) == list(range(33, 39))


@pytest.mark.parametrize(
    ("query", "details"),
    [
        *(each for each in REFUSALS if not {"order", "category", "type"} & each[0].keys()),
        ({"order": "name"}, "order: expected one of"),
        ({"starting_after": "soon"}, "starting_after: expected a date"),
        ({"order": "type", "starting_after": "2024-01-01"}, "starting_after: expected an order by created_at"),
    ],
)
def test_the_older_list_refuses_by_name_too(
    client: httpx.Client, customer_id: str, query: dict[str, str], details: str
) -> None:
    answer = client.get(f"/v1/customers/{customer_id}/activities", params=query)
    assert refused(answer, 400, "invalid_query_params").startswith(details)
