"""Whatever happens to customers and however days go by, kept members are those who pass, and each move is told once."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from patron.db.statements import Statement
from patron.domains.customers.model import CUSTOMER_TOTALS, CUSTOMERS, MERGED_CUSTOMERS, Customer, CustomerTotals
from patron.domains.events.model import ACTIVITY, EVENT_COUNTS, Activity, EventCount
from patron.domains.segments.model import SEGMENT_MEMBERS
from patron.domains.segments.policy.compiled import sieve_of
from patron.domains.segments.policy.facts import facts_of
from patron.domains.segments.policy.history import History
from patron.engine.conditions.calendars import Calendar
from patron.kernel import clock
from patron.kernel.zones import zone_of
from tests.domains.products.conftest import ok
from tests.domains.segments.by_hand import DAY_MS, ByHand, Project, serving_by_hand
from tests.domains.segments.strategies import FILTERS, NUMBERS, TEXTS

Step = tuple[Any, ...]
Pair = tuple[str, str]
"""A segment and a customer, by their ids."""

PEOPLE = ("ada", "bob", "carl")
ZONES = ("UTC", "Europe/Warsaw", "America/Sao_Paulo", "Asia/Kathmandu")
MOVES = {"customer.segment.entered": "+", "customer.segment.left": "-"}

_OF_PROJECT: sa.BindParameter[str] = sa.bindparam("project_id")
ALL_CUSTOMERS = Statement(sa.select(CUSTOMERS.sa).where(CUSTOMERS.c.project_id == _OF_PROJECT), Customer)
ALL_TOTALS = Statement(sa.select(CUSTOMER_TOTALS.sa).where(CUSTOMER_TOTALS.c.project_id == _OF_PROJECT), CustomerTotals)
ALL_COUNTS = Statement(sa.select(EVENT_COUNTS.sa).where(EVENT_COUNTS.c.project_id == _OF_PROJECT), EventCount)
ALL_MEMBERS: Statement[Pair] = Statement(
    sa.select(SEGMENT_MEMBERS.c.segment_id, SEGMENT_MEMBERS.c.customer_id).where(
        SEGMENT_MEMBERS.c.project_id == _OF_PROJECT
    ),
    lambda segment, customer: (segment, customer),
)
ALL_ENTRIES = Statement(sa.select(ACTIVITY.sa).where(ACTIVITY.c.project_id == _OF_PROJECT), Activity)
ALL_MERGED: Statement[Pair] = Statement(
    sa.select(MERGED_CUSTOMERS.c.id, MERGED_CUSTOMERS.c.into_id).where(MERGED_CUSTOMERS.c.project_id == _OF_PROJECT),
    lambda customer, into: (customer, into),
)


class Look(NamedTuple):
    """What is stored at a moment: who there is, who is kept where, and how often each coming and leaving was told."""

    customers: frozenset[str]
    kept: frozenset[Pair]
    told: Counter[str]


class Tale:
    """A project with active segments, and what happens in it."""

    def __init__(self, server: ByHand, project: Project, zone: str) -> None:
        self._server = server
        self._project = project
        self._client = project.client
        self._calendar = Calendar(zone_of(zone), "monday")
        self._filters: dict[str, str] = {}
        self._paid: list[str] = []

    def begin(self, filters: list[Any]) -> None:
        """Make active segments of these filters, and fill them: whoever is there comes in without a word."""
        for each in filters:
            answer = self._client.post("/v1/segments", json={"name": "A", "type": "auto-update", "filter": each})
            if answer.status_code == 400:
                continue  # a type that no schema gives here
            self._filters[ok(answer)["id"]] = msgspec.json.encode(each).decode()
        self._project.run_jobs()
        look = self.look()
        assert (look.kept, look.told) == (self.passing(), Counter())

    def go_on(self, step: Step) -> None:
        """What happens next, and what must hold after it."""
        before = self.look()
        self.do(step)
        after, passing = self.look(), self.passing()
        assert after.kept == passing
        if step[0] in ("track", "pay") and after.customers > before.customers:
            self._check_balance(before, after)
        elif step[0] not in ("delete", "erase"):
            self._check_told(before, after)

    def do(self, step: Step) -> None:
        """What happens; somebody who is not there any more may be meant, and then nothing does."""
        kind, *given = step
        answer: httpx.Response = getattr(self, f"_{kind}")(*given)
        assert answer.status_code in (200, 204, 400, 404), answer.text

    def look(self) -> Look:
        """What is stored now."""
        told: Counter[str] = Counter()
        for each in self._all(ALL_ENTRIES):
            if each.type in MOVES:
                told[MOVES[each.type] + msgspec.json.decode(each.data)["segment"]["id"]] += 1
        ids = frozenset(each.id for each in self._all(ALL_CUSTOMERS))
        return Look(ids, frozenset(self._all(ALL_MEMBERS)), told)

    def passing(self) -> frozenset[Pair]:
        """Who passes which filter now, by its predicate and from the rows alone."""
        totals = {each.customer_id: each for each in self._all(ALL_TOTALS)}
        counts: defaultdict[str, dict[str, EventCount]] = defaultdict(dict)
        for each in self._all(ALL_COUNTS):
            counts[each.customer_id][each.type] = each
        now_of = dict(self._all(ALL_MERGED))
        for entry in self._all(ALL_ENTRIES):
            its = counts[now_of.get(entry.customer_id, entry.customer_id)]
            was = its.get(entry.type, EventCount("", "", entry.type, 0, 0))
            its[entry.type] = replace(was, n=was.n + 1, last_at=max(was.last_at, entry.created_at))
        found: set[Pair] = set()
        for segment_id, kept in self._filters.items():
            sieve = sieve_of(kept, (), (), self._calendar)
            for row in self._all(ALL_CUSTOMERS):
                facts = facts_of(row, totals[row.id], History(counts[row.id]), sieve.groups)
                if sieve.passes(facts, clock.now_ms()):
                    found.add((segment_id, row.id))
        return frozenset(found)

    def _all(self, statement: Statement[Any]) -> list[Any]:
        return self._server.do(self._server.patron.database.scan(statement, project_id=self._project.id))

    def _check_told(self, before: Look, after: Look) -> None:
        """Of two who became one, the one who is left was in what either was in."""
        gone = before.customers - after.customers
        was = set(before.kept)
        if gone:
            [winner] = {ok(self._client.get(f"/v1/customers/{each}"))["id"] for each in gone}
            was |= {(segment_id, winner) for segment_id, each in before.kept if each in gone}
        was = {pair for pair in was if pair[1] not in gone}
        expected = Counter(f"+{segment_id}" for segment_id, _ in after.kept - was)
        expected += Counter(f"-{segment_id}" for segment_id, _ in was - after.kept)
        assert after.told - before.told == expected
        assert not before.told - after.told

    def _check_balance(self, before: Look, after: Look) -> None:
        """Who came into being with a deed came into some segments for a moment, and left them with the deed."""
        told = after.told - before.told
        for segment_id in self._filters:
            came, went = told[f"+{segment_id}"], told[f"-{segment_id}"]
            assert came - went == sum(each[0] == segment_id for each in after.kept - before.kept)
            assert max(came, went) <= 1
        assert not before.told - after.told

    # What may happen

    def _upsert(self, who: str, born: int, fields: dict[str, Any]) -> httpx.Response:
        day = self._day(born)
        body = {"source_id": who, "birthdate": day, **fields, "metadata": {"day": day, **fields["metadata"]}}
        return self._client.post("/v1/customers", json=body)

    def _unset(self, who: str, key: str) -> httpx.Response:
        return self._client.put(f"/v1/customers/{who}", json={"metadata": {key: None}, "name": None})

    def _pay(self, who: str, amount: int) -> httpx.Response:
        body = {"status": "PAID", "amount": amount, "customer": {"source_id": who}}
        answer = self._client.post("/v1/orders", json=body)
        self._paid.append(ok(answer)["id"])
        return answer

    def _cancel(self) -> httpx.Response:
        paid = self._paid.pop() if self._paid else "ord_nobody"
        return self._client.put(f"/v1/orders/{paid}", json={"status": "CANCELED"})

    def _track(self, who: str) -> httpx.Response:
        return self._client.post("/v1/events", json={"event": "bought", "customer": {"source_id": who}})

    def _merge(self, winner: str, loser: str) -> httpx.Response:
        answer = self._client.post(f"/v1/customers/{winner}/merge", json={"source": loser})
        self._project.run_jobs()
        return answer

    def _delete(self, who: str) -> httpx.Response:
        return self._client.delete(f"/v1/customers/{who}")

    def _erase(self, who: str) -> httpx.Response:
        return self._client.post(f"/v1/customers/{who}/permanent-deletion")

    def _days(self, n: int) -> httpx.Response:
        """The sweep takes a quarter of an hour of that, so that it stays the same time of the day."""
        self._server.clock.ahead_ms += n * DAY_MS - DAY_MS // 96
        self._project.sweep()
        return httpx.Response(204)

    @staticmethod
    def _day(days: int) -> str:
        """The day so many days from now, in a year of its own."""
        found = datetime.fromtimestamp(clock.now_ms() / 1000, UTC) + timedelta(days=days)
        return f"{found.year - days % 3}-{found:%m}-{min(found.day, 28):02}"


WHO = st.sampled_from(PEOPLE)
VALUES: st.SearchStrategy[Any] = TEXTS | NUMBERS | st.booleans() | st.none() | st.lists(TEXTS | NUMBERS, max_size=2)
BODIES = st.fixed_dictionaries(
    {"metadata": st.dictionaries(st.sampled_from(("text", "number", "yes", "loose")), VALUES, max_size=3)},
    optional={"name": st.none() | TEXTS, "address": st.fixed_dictionaries({"city": TEXTS, "country": st.none()})},
)
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just("upsert"), WHO, st.integers(-2, 3), BODIES),
    st.tuples(st.just("upsert"), WHO, st.integers(-2, 3), BODIES),
    st.tuples(st.just("unset"), WHO, st.sampled_from(("text", "day"))),
    st.tuples(st.just("pay"), WHO, st.sampled_from((1, 41, 10_050))),
    st.just(("cancel",)),
    st.tuples(st.just("track"), WHO),
    st.tuples(st.just("merge"), WHO, WHO),
    st.tuples(st.sampled_from(("delete", "erase")), WHO),
    st.tuples(st.just("days"), st.integers(1, 3)),
    st.tuples(st.just("days"), st.integers(1, 40)),
)
_DAYS = st.integers(0, 3).map(lambda n: [n])
_OPERATORS: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("$less_than_ago", "$more_than_ago", "$is_days_ago", "$is_days_in_future"), _DAYS),
    **dict.fromkeys(("$today", "$tomorrow", "$this_week", "$next_month"), st.sampled_from((True,))),
    "$is_day": st.lists(st.integers(0, 6), min_size=1, max_size=3),
}
_TIMES = (
    "birthdate",
    "metadata.day",
    "created_at",
    "summary.orders.last_order_date",
    "events.bought.last_occurrence",
    "events.customer.order.paid.last_occurrence",
    "events.customer.updated.last_occurrence",
)
OFTEN = st.sampled_from(
    [
        {"summary.orders.total_amount": {"conditions": {"$more_than": [41]}}},
        {"$not": {"summary.orders.total_count": {"conditions": {"$is": [0]}}}},
        {"events.bought.count": {"conditions": {"$is": [0]}}},
        {"events.customer.custom_event.count": {"conditions": {"$is": ["0", "2"]}}},
        {"events.customer.order.paid.count": {"conditions": {"$more_than_equal": [2]}}},
        {
            "events.customer.order.canceled.count": {"conditions": {"$is": [0]}},
            "name": {"conditions": {"$has_value": ""}},
        },
        {
            "events.customer.order.created.count": {"conditions": {"$more_than": ["0"]}},
            "summary.orders.total_count": {"conditions": {"$is": [0]}},
        },
        {"events.customer.updated.count": {"conditions": {"$less_than": [2]}}},
        {"metadata.text": {"conditions": {"$has_value": True}}, "name": {"conditions": {"$is_unknown": True}}},
    ]
)
"""Filters that most steps move somebody by."""


@st.composite
def timed(draw: st.DrawFn) -> dict[str, Any]:
    """A condition that means something else each day."""
    operator = draw(st.sampled_from(sorted(_OPERATORS)))
    return {draw(st.sampled_from(_TIMES)): {"conditions": {operator: draw(_OPERATORS[operator])}}}


@pytest.fixture(scope="module")
def server(shared_database_url: str, contract_log: Path) -> Iterator[ByHand]:
    with serving_by_hand(shared_database_url, contract_log) as server:
        server.at_noon()
        yield server


@given(
    st.sampled_from(ZONES),
    st.lists(STEPS, min_size=1, max_size=4),
    st.lists(OFTEN | timed() | FILTERS, min_size=1, max_size=4),
    st.lists(STEPS, min_size=4, max_size=12),
)
@settings(max_examples=settings().max_examples // 8, suppress_health_check=list(HealthCheck))
def test_kept_members_are_those_who_pass(
    server: ByHand, zone: str, earlier: list[Step], filters: list[Any], steps: list[Step]
) -> None:
    tale = Tale(server, server.project(timezone=zone), zone)
    for step in earlier:
        tale.do(step)
    tale.begin(filters)
    for n, step in enumerate(steps):
        note(f"step {n}: {step}")
        tale.go_on(step)
