"""The predicate of a filter and its SQL, made from one tree, come to the same end, whoever is asked what and when."""

import asyncio
from collections.abc import Iterator
from itertools import count
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bench.shop import Rows, project_of, write
from patron.db.units import Database, open_database
from patron.domains.customers.model import (
    CUSTOMER_TOTALS,
    CUSTOMERS,
    MERGED_CUSTOMERS,
    Customer,
    CustomerTotals,
    MergedCustomer,
)
from patron.domains.events.model import (
    ACTIVITY,
    ENTRY_PREFIX,
    EVENT_COUNTS,
    FAILURE,
    PUBLICATION_PREFIX,
    PUBLICATIONS,
    SUCCESS,
    Activity,
    Publication,
)
from patron.domains.metadata_schemas import MetadataFields
from patron.domains.metadata_schemas.model import Definition
from patron.domains.segments.policy.facts import facts_of
from patron.domains.segments.policy.fields import KNOWN, CustomerFields
from patron.domains.segments.store.columns import population
from patron.domains.segments.store.members import count_of, newest_of
from patron.engine.areas import Areas
from patron.engine.areas.points import geopoint_of
from patron.engine.conditions.calendars import Calendar
from patron.engine.conditions.filters import Fault, Filter, reads
from patron.engine.conditions.locations import with_locations
from patron.engine.conditions.operators import FOR_MANY
from patron.engine.conditions.parsing import Grammar, parse
from patron.engine.conditions.predicates import Matcher
from patron.kernel.ids import make_id
from patron.kernel.zones import zone_of
from tests.domains.segments.places import maps, rounds
from tests.domains.segments.strategies import CALENDARS, FILTERS, GRAMMAR, NOWS, Person, customers

_projects = count()


class Asked:
    """A database, and the loop that it lives in."""

    def __init__(self, url: str, database: Database, runner: asyncio.Runner) -> None:
        self._url = url
        self._database = database
        self._runner = runner

    def keep(self, people: list[Person]) -> str:
        """Write these customers into a project of their own, whose id is the answer; they are numbered from 0."""
        project_id = f"p{next(_projects)}"
        rows: Rows = {CUSTOMERS: [], CUSTOMER_TOTALS: [], MERGED_CUSTOMERS: [], EVENT_COUNTS: []}
        rows |= {ACTIVITY: [], PUBLICATIONS: []}
        for n, person in enumerate(people):
            mine = {"project_id": project_id, "customer_id": str(n)}
            rows[CUSTOMERS].append(replace(person.customer, project_id=project_id, id=str(n)))
            rows[CUSTOMER_TOTALS].append(replace(person.totals, **mine))
            rows[MERGED_CUSTOMERS].append(MergedCustomer(project_id, f"merged {n}", str(n), 1, None, 0, 0))
            rows[EVENT_COUNTS] += [replace(each, **mine) for each in person.counts.values()]
            rows[ACTIVITY] += _feed(project_id, n, person)
            rows[PUBLICATIONS] += _publications(project_id, n, person)
        write(self._url, rows)
        return project_id

    def passing(self, project_id: str, of: Filter, calendar: Calendar, now: int) -> set[str]:
        """The ids of those that pass, by the database."""
        passing = population(of)
        values = {"project_id": project_id, **passing.values(calendar, now)}
        found = self._runner.run(self._database.scan(newest_of(passing), limit=100, **values))
        [count] = self._runner.run(self._database.scan(count_of(passing), **values))
        assert count == len(found)
        return {customer.id for customer, _ in found}


def _feed(project_id: str, n: int, person: Person) -> list[Activity]:
    plain: dict[str, Any] = {**dict.fromkeys(Activity.__struct_fields__, ""), "project_id": project_id}
    for name in ("campaign_id", "campaign_type", "product_id"):
        plain[name] = None
    return [
        Activity(
            **plain
            | {
                "customer_id": f"merged {n}" if entry.moves else str(n),
                "id": make_id(ENTRY_PREFIX, entry.at, b"", str(place)),
                "type": entry.kind,
                "created_at": entry.at,
            }
        )
        for place, entry in enumerate(person.entries)
    ]


def _publications(project_id: str, n: int, person: Person) -> list[Publication]:
    plain: dict[str, Any] = {**dict.fromkeys(Publication.__struct_fields__), "project_id": project_id}
    plain |= {"tracking_id": "", "channel": "API", "metadata": "{}", "code": ""}
    return [
        Publication(
            **plain
            | {
                "customer_id": f"merged {n}" if gift.moves else str(n),
                "id": make_id(PUBLICATION_PREFIX, gift.at, b"", f"{n} {place}"),
                "voucher_ids": msgspec.json.encode(gift.voucher_ids).decode(),
                "result": SUCCESS if gift.succeeded else FAILURE,
                "created_at": gift.at,
            }
        )
        for place, gift in enumerate(person.gifts)
    ]


@pytest.fixture(scope="module")
def asked(shared_database_url: str) -> Iterator[Asked]:
    project_of(shared_database_url)
    with asyncio.Runner() as runner:
        database = open_database(shared_database_url, (), size=2)
        runner.run(database.start())
        yield Asked(shared_database_url, database, runner)
        runner.run(database.close())


@given(st.lists(customers(), min_size=1, max_size=3), st.lists(FILTERS, min_size=1, max_size=4), CALENDARS, NOWS)
@settings(suppress_health_check=list(HealthCheck))
def test_predicate_and_database_agree(
    asked: Asked, people: list[Person], filters: list[Any], calendar: Calendar, now: int
) -> None:
    project_id = asked.keep(people)
    for each in filters:
        parsed = parse(each, GRAMMAR)
        assert not isinstance(parsed, Fault), (str(parsed), each)
        passes = Matcher(parsed, calendar).at(now)
        groups = {path[0] for path in reads(parsed)}
        by_predicate = {
            str(n)
            for n, person in enumerate(people)
            if passes(facts_of(replace(person.customer, id=str(n)), person.totals, person.history, groups))
        }
        assert asked.passing(project_id, parsed, calendar, now) == by_predicate, each


@given(maps() | rounds())
@settings(suppress_health_check=list(HealthCheck))
def test_predicate_and_database_agree_about_places(asked: Asked, drawn: tuple[Areas, list[str]]) -> None:
    areas, texts = drawn
    project_id = asked.keep([Person(_at_home(text), CustomerTotals("p", "c"), {}, [], []) for text in texts])
    home = Definition(type="geopoint", array=False, optional=True)
    fields = CustomerFields(MetadataFields({"customer": {"home": home}}, "customer"))
    grammar = Grammar(fields.find, KNOWN, with_locations(FOR_MANY, {"loc_1": areas}.get))
    parsed = parse({"metadata.home": {"conditions": {"$in_location": "loc_1"}}}, grammar)
    assert not isinstance(parsed, Fault)
    points = [geopoint_of(text) for text in texts]
    inside = {
        str(n) for n, point in enumerate(points) if point is not None and any(each.contains(*point) for each in areas)
    }
    assert asked.passing(project_id, parsed, Calendar(zone_of("UTC")), 0) == inside


def _at_home(text: str) -> Customer:
    nothing: dict[str, Any] = dict.fromkeys(Customer.__struct_fields__)
    metadata = msgspec.json.encode({"home": text}).decode()
    known = {"project_id": "p", "id": "c", "source_id": "", "nulls": "", "metadata": metadata, "system_metadata": "{}"}
    return Customer(**{**nothing, **known, "created_at": 1, "updated_at": 0})
