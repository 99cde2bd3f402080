"""Reads by key that are asked for at once share a statement, and nothing else."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa

from patron.db.dialect import JsonText, each_text
from patron.db.shared_reads import MOST, SharedReads
from patron.db.statements import Statement
from tests.db.toys import ALL_VOUCHERS, USE, VOUCHERS, P, Toys, Voucher, ctx
from tests.support.databases import Postgres

BY_ID = Statement(
    sa.select(VOUCHERS.sa).where(
        VOUCHERS.c.project_id == sa.bindparam("project_id"), VOUCHERS.c.id == sa.bindparam("id")
    ),
    Voucher,
)


class Watched:
    """Shared reads over a pool of their own, and the statements that it has sent."""

    def __init__(self, pool: Any, sent: list[str]) -> None:
        self.pool, self.sent = pool, sent
        self.shared = SharedReads(pool, asyncio.get_running_loop())

    async def voucher(self, voucher_id: str, project_id: str = P) -> Voucher | None:
        row = await self.shared.one(BY_ID, {"project_id": project_id, "id": voucher_id})
        return None if row is None else Voucher(*row)


@pytest.fixture
def database_url(postgres: Postgres) -> Iterator[str]:
    with postgres.database() as url:
        yield url


@pytest.fixture
async def watched(toys: Toys) -> AsyncIterator[Watched]:
    sent: list[str] = []

    async def log(connection: Any) -> None:
        connection.add_query_logger(lambda record: note(record.query))

    def note(query: str) -> None:
        if "toy_vouchers" in query:  # the driver asks for the types of arrays, once a connection
            sent.append(query)

    async with asyncpg.create_pool(toys.url, min_size=1, max_size=4, init=log) as pool:
        yield Watched(pool, sent)


async def test_twenty_at_once_take_two_statements_and_each_gets_its_own(toys: Toys, watched: Watched) -> None:
    await toys.add(*(Voucher(P, f"v{n}", f"CODE {n}", uses=n) for n in range(20)))
    found = await asyncio.gather(*(watched.voucher(f"v{n}") for n in range(20)))
    assert [voucher and voucher.uses for voucher in found] == list(range(20))
    assert len(watched.sent) == 2


async def test_one_that_is_not_there_and_one_that_is_asked_for_twice(toys: Toys, watched: Watched) -> None:
    await toys.add(Voucher(P, "a", "A"))
    found = await asyncio.gather(*(watched.voucher(each) for each in ("a", "a", "nobody's", "a", "")))
    assert [voucher and voucher.id for voucher in found] == ["a", "a", None, "a", None]


async def test_projects_share_no_statement(toys: Toys, watched: Watched) -> None:
    await toys.add(Voucher(P, "a", "A"), Voucher("proj_other", "a", "B"), Voucher("proj_other", "b", "C"))
    asked = [(project, each) for project in (P, "proj_other") for each in ("a", "b", "a")]
    found = await asyncio.gather(*(watched.voucher(each, project) for project, each in asked))
    assert [voucher and voucher.code for voucher in found] == ["A", None, "A", "B", "C", "B"]
    assert len(watched.sent) == 4


async def test_more_than_may_share_go_with_the_next(toys: Toys, watched: Watched) -> None:
    await toys.add(Voucher(P, "a", "A"))
    found = await asyncio.gather(*(watched.voucher("a") for _ in range(2 * MOST + 1)))
    assert {voucher and voucher.code for voucher in found} == {"A"}
    assert len(watched.sent) == 3


async def test_what_the_database_does_not_take_spoils_nobody_elses(toys: Toys, watched: Watched) -> None:
    await toys.add(Voucher(P, "a", "A"))
    found = await asyncio.gather(*(watched.voucher(each) for each in ("a", "a", "\0", "a")), return_exceptions=True)
    assert isinstance(found[2], asyncpg.PostgresError)
    assert [isinstance(each, Voucher) for each in found] == [True, True, False, True]


async def test_whoever_leaves_takes_nobody_along(toys: Toys, watched: Watched) -> None:
    await toys.add(Voucher(P, "a", "A"))
    first, *others = [asyncio.create_task(watched.voucher("a")) for _ in range(5)]
    await asyncio.sleep(0)
    first.cancel()
    others[0].cancel()
    found = await asyncio.gather(first, *others, return_exceptions=True)
    assert [isinstance(each, Voucher) for each in found] == [False, False, True, True, True]
    assert isinstance(await watched.voucher("a"), Voucher)


async def test_a_read_after_a_commit_sees_it_though_others_are_under_way(toys: Toys, watched: Watched) -> None:
    await toys.add(Voucher(P, "a", "A"))

    async def use_and_look() -> None:
        before = await watched.voucher("a")
        await toys.units.write(USE, ctx(), "a")
        after = await watched.voucher("a")
        assert before is not None
        assert after is not None
        assert after.uses > before.uses

    for _ in range(5):
        await asyncio.gather(*(use_and_look() for _ in range(16)))


async def test_what_is_no_plain_read_by_key_goes_alone() -> None:
    given = each_text(sa.bindparam("ids", type_=JsonText())).table_valued("value")
    with_literal = sa.select(VOUCHERS.c.id).where(VOUCHERS.c.project_id == sa.bindparam("project_id")).limit(1)
    assert BY_ID.shared is not None
    assert Statement(with_literal, str).shared is None
    assert Statement(sa.select(given.c.value), str).shared is None
    assert ALL_VOUCHERS.shared is None
