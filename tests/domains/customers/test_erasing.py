"""Erasing a customer for good (spec C 2.5)."""

import json
from secrets import token_bytes
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from patron.app import TRACES
from patron.config import Settings
from patron.db.actions import Action, Ctx, Read, Reply, Wants
from patron.db.rows import Rows
from patron.db.statements import Statement
from patron.db.tables import Table
from patron.db.traces import CHUNK, Trace
from patron.domains.customers.actions.erase import INTERRUPTED_MS, Erase, end_erasures_of, erase_of
from patron.domains.customers.actions.personal_data import personal_data
from patron.domains.customers.actions.upsert import UPSERT
from patron.domains.customers.store import UNWIPED
from patron.domains.customers.wire import CustomerIn
from patron.domains.projects.actions.open_project import open_project
from patron.http.idempotency import IDEMPOTENCY_KEYS, IdempotencyKey
from patron.kernel.clock import now_ms
from patron.queue.outbox import OUTBOX, OutboxRow
from patron.queue.purge import Purge
from patron.running import Opened, opened
from patron.testing import running
from tests.domains.customers.conftest import Made, Make, a_source_id, ok
from tests.domains.customers.test_races import AT_ONCE, at_once
from tests.http.test_refusals import refused

MANY = 2 * CHUNK + 7


def erased(client: httpx.Client, reference: str) -> Made:
    return ok(client.post(f"/v1/customers/{reference}/permanent-deletion"))


def test_an_erasure_is_answered_in_the_references_shape(client: httpx.Client, make: Make) -> None:
    made = make(name="Ada")
    answer = erased(client, made["source_id"])
    assert answer["id"].startswith("del_")
    assert answer["related_object_id"] == made["id"]
    assert (answer["related_object"], answer["status"], answer["object"]) == ("customer", "DONE", "pernament_deletion")
    assert answer["data_json"]["customer"] == 1


def test_an_erased_customer_is_out_of_everything_and_the_source_id_is_free(client: httpx.Client, make: Make) -> None:
    made = make(email="to-be-erased@example.com")
    before = ok(client.get("/v1/customers"))["total"]
    erased(client, made["id"])
    for name in (made["id"], made["source_id"]):
        refused(client.get(f"/v1/customers/{name}"), 404, "not_found")
        refused(client.post(f"/v1/customers/{name}/permanent-deletion"), 404, "not_found")
    assert ok(client.get("/v1/customers"))["total"] == before - 1
    assert ok(client.get("/v1/customers", params={"email": made["email"]}))["customers"] == []
    assert ok(client.post("/v1/customers", json={"source_id": made["source_id"]}))["id"] != made["id"]


def test_a_deleted_customer_is_erased_by_id_alone(client: httpx.Client, make: Make) -> None:
    made = make(name="Ada")
    client.delete(f"/v1/customers/{made['id']}")
    refused(client.post(f"/v1/customers/{made['source_id']}/permanent-deletion"), 404, "not_found")
    total = ok(client.get("/v1/customers"))["total"]
    assert erased(client, made["id"])["related_object_id"] == made["id"]
    assert ok(client.get("/v1/customers"))["total"] == total
    refused(client.post(f"/v1/customers/{made['id']}/permanent-deletion"), 404, "not_found")


def test_an_unknown_customer_is_not_erased(client: httpx.Client) -> None:
    body = refused(client.post(f"/v1/customers/{a_source_id()}/permanent-deletion"), 404, "not_found")
    assert body["resource_type"] == "customer"
    refused(client.post("/v1/customers/cust_nobody/permanent-deletion"), 404, "not_found")


def test_a_customer_of_another_project_is_not_erased() -> None:
    with running() as server, server.project() as ours, server.project() as theirs:
        made = ours.post("/v1/customers", json={"source_id": "ada"}).json()
        for name in (made["id"], "ada"):
            refused(theirs.post(f"/v1/customers/{name}/permanent-deletion"), 404, "not_found")
        assert ours.get("/v1/customers/ada").status_code == 200


def test_an_erasure_that_is_sent_again_with_its_key_gets_its_answer_again(client: httpx.Client, make: Make) -> None:
    path = f"/v1/customers/{make()['id']}/permanent-deletion"
    headers = {"Idempotency-Key": a_source_id()}
    first = ok(client.post(path, headers=headers))
    again = client.post(path, headers=headers)
    assert ok(again) == first
    assert again.headers["Idempotency-Replayed"] == "true"


def test_a_stored_answer_goes_with_whom_it_is_about(client: httpx.Client) -> None:
    source_id = a_source_id()
    headers = {"Idempotency-Key": f"create {source_id}"}
    made = ok(client.post("/v1/customers", json={"source_id": source_id}, headers=headers))
    erased(client, made["id"])
    again = client.post("/v1/customers", json={"source_id": source_id}, headers=headers)
    assert "Idempotency-Replayed" not in again.headers
    assert ok(again)["id"] != made["id"]


def test_of_twenty_who_erase_one_customer_one_does(client: httpx.Client, make: Make) -> None:
    made = make()
    total = ok(client.get("/v1/customers"))["total"]
    path = f"/v1/customers/{made['source_id']}/permanent-deletion"
    statuses = at_once(lambda _n: client.post(path).status_code)
    assert sorted(statuses) == [200] + [404] * (AT_ONCE - 1)
    assert ok(client.get("/v1/customers"))["total"] == total - 1


def test_erasures_and_upserts_of_one_source_id_leave_one_or_none(client: httpx.Client) -> None:
    source_id = a_source_id()

    def deed(n: int) -> int:
        if n % 2:
            return client.post(f"/v1/customers/{source_id}/permanent-deletion").status_code
        return client.post("/v1/customers", json={"source_id": source_id, "name": str(n)}).status_code

    before = ok(client.get("/v1/customers"))["total"]
    for _ in range(5):
        assert set(at_once(deed)) <= {200, 404}
    exists = client.get(f"/v1/customers/{source_id}").status_code == 200
    assert ok(client.get("/v1/customers"))["total"] == before + exists


async def test_an_interrupted_erasure_is_ended_by_the_schedule(database_url: str) -> None:
    async with opened(Settings(database_url=database_url), migrating=True) as patron:
        project_id = await open_project(patron.units, "Shop")
        await patron.units.write(UPSERT, _ctx(project_id), CustomerIn(source_id="ada"))
        await _erase_and_break_off(patron, project_id, "ada")
        open_ones = await patron.database.scan(UNWIPED, project_id=project_id, before=now_ms() + 1)
        assert [erasure.done_at for erasure in open_ones] == [None]

        end = end_erasures_of(TRACES)
        await patron.units.write(end, _ctx(project_id), Purge(now_ms() - INTERRUPTED_MS), bulk=True)
        assert len(await patron.database.scan(UNWIPED, project_id=project_id, before=now_ms() + 1)) == 1, "too new"
        await patron.units.write(end, _ctx(project_id), Purge(now_ms() + 1), bulk=True)
        assert await patron.database.scan(UNWIPED, project_id=project_id, before=now_ms() + 1) == []


async def test_a_long_history_goes_in_chunks_and_others_keep_theirs(database_url: str) -> None:
    async with opened(Settings(database_url=database_url), migrating=True) as patron:
        project_id = await open_project(patron.units, "Shop")
        ada, bob = [await _create(patron, project_id, name) for name in ("ada", "bob")]
        for about in (ada, bob):
            await patron.units.write(LEAVE_TRACES, _ctx(project_id), about)
        await patron.units.write(erase_of(TRACES), _ctx(project_id), Erase(ada))
        for table, left in ((IDEMPOTENCY_KEYS, MANY), (OUTBOX, 1)):
            rows = await patron.database.scan(_rows_of(table), project_id=project_id)
            assert ada not in str(rows)
            assert len(rows) == left


async def test_a_long_history_is_told_wholly_and_in_pieces(database_url: str) -> None:
    told = Trace(IDEMPOTENCY_KEYS, by="about", then="key", told_as="answers", tell=lambda row: {"key": row.key})
    async with opened(Settings(database_url=database_url), migrating=True) as patron:
        project_id = await open_project(patron.units, "Shop")
        ada, bob = [await _create(patron, project_id, name) for name in ("ada", "bob")]
        for about in (ada, bob):
            await patron.units.write(LEAVE_TRACES, _ctx(project_id), about)
        read = await patron.units.reading(project_id)
        reply = await personal_data(read, project_id, "ada", (*TRACES, told))
        assert reply.stream is not None
        pieces = [piece async for piece in reply.stream]
        document = json.loads(b"".join(pieces))
        assert document["customer"]["id"] == ada
        assert [each["key"] for each in document["answers"]] == [f"{ada} {n:05d}" for n in range(MANY)]


def _leave_traces(rows: Rows, ctx: Ctx, about: str) -> Reply:
    """Many stored answers about somebody, and an event on its way."""
    for n in range(MANY):
        key = IdempotencyKey(ctx.project_id, f"{about} {n:05d}", "f", 200, "{}", ctx.now, about)
        rows.add(IDEMPOTENCY_KEYS, key)
    rows.add(OUTBOX, OutboxRow(ctx.project_id, ctx.id("out_"), "Said", f'{{"of": ["{about}"]}}', ctx.now, 0, 0))
    return Reply(204)


async def _want_nothing(_read: Read, _ctx: Ctx, _about: str) -> Wants:
    return Wants()


LEAVE_TRACES = Action("leave_traces", _want_nothing, _leave_traces)


def _rows_of(table: Table[Any]) -> Statement[Any]:
    return Statement(sa.select(table.sa).where(table.c.project_id == sa.bindparam("project_id")), table.struct)


async def _create(patron: Opened, project_id: str, source_id: str) -> str:
    reply = await patron.units.write(UPSERT, _ctx(project_id), CustomerIn(source_id=source_id))
    return str(json.loads(reply.body)["id"])


class _Broken(Exception):
    """The process ends here."""


async def _erase_and_break_off(patron: Opened, project_id: str, reference: str) -> None:
    """Erase as far as the first unit."""
    erase = erase_of(TRACES)
    rounds = 0

    def apply(rows: Rows, ctx: Ctx, body: Erase) -> object:
        nonlocal rounds
        rounds += 1
        if rounds > 1:
            raise _Broken
        return erase.apply(rows, ctx, body)

    with pytest.raises(_Broken):
        await patron.units.write(Action("erase", erase.gather, apply), _ctx(project_id), Erase(reference))  # type: ignore[arg-type]


def _ctx(project_id: str) -> Ctx:
    return Ctx(project_id, now_ms(), token_bytes(16))
