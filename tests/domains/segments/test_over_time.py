"""Active segments as days go by and schemas change, and whoever changes while a new one is being filled."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from patron.db.statements import Statement
from patron.domains.segments.actions.list_in import AT_ONCE
from patron.domains.segments.model import LISTING_TASK, SEGMENT_LISTINGS, SegmentListing
from patron.kernel import clock
from patron.queue.by_hand import cancel
from patron.queue.jobs import JOBS, JobRow
from tests.domains.products.conftest import ok
from tests.domains.segments.by_hand import TASKS, ByHand, Project, serving_by_hand
from tests.domains.segments.test_segments import PATH, VIP, comings, create, customer, how_often, members, vip

FILL = "segments.fill"
MANY = 130
"""More than one step of the job that fills a segment."""


@pytest.fixture(scope="module")
def server(shared_database_url: str, contract_log: Path) -> Iterator[ByHand]:
    with serving_by_hand(shared_database_url, contract_log) as server:
        server.at_noon()
        yield server


@pytest.fixture
def project(server: ByHand) -> Project:
    return server.project(timezone="UTC")


@pytest.fixture
def client(project: Project) -> httpx.Client:
    return project.client


def day(days: int, year: int | None = None) -> str:
    """The day so many days from now, of another year if so."""
    found = datetime.fromtimestamp(clock.now_ms() / 1000, UTC) + timedelta(days=days)
    return f"{year or found.year}-{found:%m-%d}"


def asked(field: str, operator: str, *operands: Any) -> dict[str, Any]:
    return {field: {"conditions": {operator: list(operands) or True}}}


def test_a_birthday_comes_and_goes_with_the_day(server: ByHand, project: Project, client: httpx.Client) -> None:
    ada, bob = (customer(client, birthdate=day(n, 1992)) for n in range(2))
    made = create(client, filter=asked("birthdate", "$today"))
    assert FILL in project.run_jobs()
    assert members(client, made) == [ada]
    server.clock.go_on(days=1)
    assert members(client, made) == [ada]
    assert FILL in project.sweep()
    assert members(client, made) == [bob]
    assert (comings(client, ada), comings(client, bob)) == ([f"-{made['id']}"], [f"+{made['id']}"])
    assert FILL not in project.sweep()
    server.clock.go_on(days=1)
    project.sweep()
    assert members(client, made) == []
    assert comings(client, bob) == [f"+{made['id']}", f"-{made['id']}"]


def test_who_came_lately_is_let_go_when_that_is_long_ago(
    server: ByHand, project: Project, client: httpx.Client
) -> None:
    made = create(client, filter=asked("created_at", "$less_than_ago", 3))
    project.run_jobs()
    ada = customer(client, name="Ada")
    server.clock.go_on(days=2)
    bob = customer(client, name="Bob")
    project.sweep()
    assert members(client, made) == [bob, ada]
    server.clock.go_on(days=1)
    project.sweep()
    assert members(client, made) == [bob]
    assert comings(client, ada) == [f"+{made['id']}", f"-{made['id']}"]


def test_a_change_after_midnight_is_told_before_the_sweep_and_not_again(
    server: ByHand, project: Project, client: httpx.Client
) -> None:
    made = create(client, filter=asked("birthdate", "$today"))
    ada = customer(client, birthdate=day(1, 1992))
    project.run_jobs()
    server.clock.go_on(days=1)
    ok(client.put(f"/v1/customers/{ada}", json={"birthdate": day(0, 1993)}))
    assert members(client, made) == [ada]
    project.sweep()
    assert (members(client, made), comings(client, ada)) == ([ada], [f"+{made['id']}"])


def test_a_segment_without_times_is_not_swept(server: ByHand, project: Project, client: httpx.Client) -> None:
    create(client, filter=VIP)
    project.run_jobs()
    server.clock.go_on(days=40)
    assert FILL not in project.sweep()


def test_another_schema_makes_everybody_be_looked_at_again(project: Project, client: httpx.Client) -> None:
    ada = customer(client, metadata={"level": 5})
    made = create(client, filter=asked("metadata.level", "$is", "5"))
    project.run_jobs()
    assert members(client, made) == []
    define_level(client)
    assert FILL in project.sweep()
    assert (members(client, made), comings(client, ada)) == ([ada], [f"+{made['id']}"])


def define_level(client: httpx.Client) -> None:
    level = {"type": "number", "array": False, "optional": True}
    ok(client.post("/v1/metadata-schemas", json={"related_object": "customer", "properties": {"level": level}}))


def test_who_changes_while_a_segment_is_filled_is_where_it_belongs(project: Project, client: httpx.Client) -> None:
    """Of those before and behind the place that the job has come to, some leave, some go, some come anew."""
    with ThreadPoolExecutor(10) as at_once:
        ids = sorted(at_once.map(lambda _: vip(client), range(MANY)))
    other = vip(client, is_vip=False)
    made = create(client, filter=VIP)
    first, second, third, last = ids[0], ids[1], ids[-2], ids[-1]
    new: list[str] = []

    def change() -> None:
        if new:
            return
        new.append(vip(client))
        for each in (first, last):
            ok(client.put(f"/v1/customers/{each}", json={"metadata": {"vip": False}}))
        for each in (second, third):
            assert client.delete(f"/v1/customers/{each}").status_code == 204
        ok(client.put(f"/v1/customers/{other}", json={"metadata": {"vip": True}}))

    assert project.run_jobs(between=change).count(FILL) == 2
    assert sorted(members(client, made, limit=100)) == sorted([*ids[2:-2], other, new[0]])
    assert (comings(client, first), comings(client, last)) == ([f"-{made['id']}"], [])
    assert (comings(client, other), comings(client, new[0])) == ([f"+{made['id']}"], [f"+{made['id']}"])
    assert [how_often(client, ids[n], "customer.segment.entered") for n in (2, MANY // 2, -3)] == [0, 0, 0]


def test_a_schema_that_comes_while_a_segment_is_filled_counts_in_the_end(
    project: Project, client: httpx.Client
) -> None:
    with ThreadPoolExecutor(10) as at_once:
        texts = sorted(at_once.map(lambda _: customer(client, metadata={"level": "5"}), range(MANY)))
    number = customer(client, metadata={"level": 5})
    made = create(client, filter=asked("metadata.level", "$is", "5"))
    defined: list[bool] = []

    def change() -> None:
        if not defined:
            defined.append(True)
            define_level(client)

    project.run_jobs(between=change)
    project.sweep()
    assert members(client, made) == [number]
    assert how_often(client, texts[-1], "customer.segment.entered") == 0


def test_a_segment_that_is_deleted_while_it_is_filled_leaves_nothing(project: Project, client: httpx.Client) -> None:
    with ThreadPoolExecutor(10) as at_once:
        ids = list(at_once.map(lambda _: vip(client), range(MANY)))
    made = create(client, filter=VIP)
    gone: list[bool] = []

    def delete() -> None:
        if not gone:
            gone.append(True)
            assert client.delete(f"{PATH}/{made['id']}").status_code == 204

    assert "segments.clear" in project.run_jobs(between=delete)
    told = ok(client.get(f"/v1/customers/{ids[0]}/personal-data"))
    assert told.get("segments", []) == []


def test_a_listing_that_is_called_off_leaves_nobody_waiting(
    server: ByHand, project: Project, client: httpx.Client
) -> None:
    with ThreadPoolExecutor(10) as at_once:
        ids = sorted(at_once.map(lambda n: customer(client, source_id=str(n)), range(2 * MANY)))
    made = create(client, type="static", customers=ids)
    rows = Statement(sa.select(SEGMENT_LISTINGS.sa).where(SEGMENT_LISTINGS.c.segment_id == made["id"]), SegmentListing)
    listing = Statement(sa.select(JOBS.sa).where(JOBS.c.project_id == project.id, JOBS.c.task == LISTING_TASK), JobRow)
    [job] = server.do(server.patron.database.scan(listing))
    assert server.do(server.patron.database.scan(rows))
    assert server.do(cancel(server.patron.units, TASKS, project.id, job.id)) == "queued"
    assert not server.do(server.patron.database.scan(rows))
    project.run_jobs()
    assert len(members(client, made, limit=100)) == AT_ONCE


def test_who_is_erased_while_a_static_segment_is_listed_is_left_out_alone(
    project: Project, client: httpx.Client
) -> None:
    with ThreadPoolExecutor(10) as at_once:
        ids = sorted(at_once.map(lambda n: customer(client, source_id=str(n)), range(2 * MANY)))
    made = create(client, type="static", customers=ids)
    for each in (ids[0], ids[-1], ids[-2]):
        answer = client.post(f"/v1/customers/{each}/permanent-deletion")
        assert answer.status_code == 200, answer.text
    ok(client.post(f"/v1/customers/{ids[1]}/merge", json={"source": ids[-3]}))
    project.run_jobs()
    assert sorted(members(client, made, limit=100)) == ids[1:-3]
