"""A toy domain for the unit of work: tables of its own beside Patron's, and a few writes."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from secrets import token_bytes
from typing import Any

import apsw
import asyncpg
import msgspec
import sqlalchemy as sa
from prometheus_client import REGISTRY
from sqlalchemy.schema import CreateTable

from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.dialect import POSTGRES, SQLITE
from patron.db.rows import Rows
from patron.db.rulebook import Part, Rulebooks
from patron.db.statements import Statement
from patron.db.steps import Step
from patron.db.tables import METADATA, Table
from patron.db.unit import Unit
from patron.db.units import Database, Units, open_database
from patron.kernel.clock import now_ms
from patron.kernel.problems import Problem, invalid_payload
from patron.queue.announcements import Announcements

TOYS = sa.MetaData()


class Voucher(msgspec.Struct, frozen=True):
    """So many uses; `code` is unique, `taken` says that a pool has handed it out."""

    project_id: str
    id: str
    code: str
    uses: int = 0
    quantity: int = 1_000_000
    taken: int = 0


class Use(msgspec.Struct, frozen=True):
    """One use of a voucher."""

    project_id: str
    id: str
    voucher_id: str


class Rule(msgspec.Struct, frozen=True):
    """Content of the rulebook."""

    project_id: str
    id: str
    text: str
    version: int
    deleted_at: int | None


VOUCHERS = Table(Voucher, "toy_vouchers", rank=910, unique={"code": ("project_id", "code")}, metadata=TOYS)
USES = Table(Use, "toy_uses", rank=920, references={"voucher_id": VOUCHERS}, metadata=TOYS)
RULES = Table(Rule, "toy_rules", rank=930, metadata=TOYS)
PARTS = (Part(RULES),)

ALL_VOUCHERS = Statement(
    sa.select(VOUCHERS.sa).where(VOUCHERS.c.project_id == sa.bindparam("project_id")).order_by(VOUCHERS.c.id), Voucher
)
USES_OF = Statement(
    sa.select(sa.func.count()).where(
        USES.c.project_id == sa.bindparam("project_id"), USES.c.voucher_id == sa.bindparam("voucher_id")
    ),
    int,
)

P = "proj_toys"


def ctx(project_id: str = P) -> Ctx:
    return Ctx(project_id, now_ms(), token_bytes(16))


def a_write(
    name: str, want: Callable[[Wants, Ctx, Any], None], apply: Callable[[Rows, Ctx, Any], Outcome]
) -> Action[Any]:
    """An action whose gather reads nothing."""

    async def gather(_read: Read, ctx: Ctx, body: Any) -> Wants:
        wants = Wants()
        want(wants, ctx, body)
        return wants

    return Action(name, gather, apply)


def _want_voucher(wants: Wants, ctx: Ctx, voucher_id: str) -> None:
    wants.lock(VOUCHERS, (ctx.project_id, voucher_id))


def _use(rows: Rows, ctx: Ctx, voucher_id: str) -> Outcome:
    voucher = rows.get(VOUCHERS, (ctx.project_id, voucher_id))
    if voucher is None:
        raise invalid_payload("id: expected a voucher that exists")
    if voucher.uses >= voucher.quantity:
        return Reply(400)
    rows.put(VOUCHERS, msgspec.structs.replace(voucher, uses=voucher.uses + 1))
    rows.add(USES, Use(ctx.project_id, ctx.id("use_"), voucher_id))
    return Reply(200)


USE = a_write("use", _want_voucher, _use)
"""Use the voucher with this id once, if it has a use left."""


def _add(rows: Rows, _ctx: Ctx, voucher: Voucher) -> Outcome:
    rows.add(VOUCHERS, voucher)
    return Reply(200)


ADD = a_write(
    "add", lambda wants, ctx, voucher: wants.lock_unique(VOUCHERS, "code", (ctx.project_id, voucher.code)), _add
)
"""Add this voucher."""


def refused_units(kind: str, constraint: str = "") -> float:
    """How many units the database has refused with this SQLSTATE, by the metric that an operator sees."""
    labels = {"kind": kind, "constraint": constraint}
    return REGISTRY.get_sample_value("patron_refused_units_total", labels) or 0.0


class Toys:
    """Units of one process over a database that has the toy tables, and what they did."""

    def __init__(self, url: str, announcements: Announcements | None = None) -> None:
        self.url = url
        self.database: Database = open_database(url, PARTS, size=4, durable=False)
        self.units = Units(self.database, Rulebooks(PARTS), announcements or Announcements((), ()))
        self.ran: list[Unit] = []
        self.steps: list[Step] = []
        self._began = asyncio.Condition()
        self._note_units()
        self._note_steps()

    async def add(self, *vouchers: Voucher) -> None:
        for voucher in vouchers:
            await self.units.write(ADD, ctx(voucher.project_id), voucher)

    async def use(self, voucher_id: str, times: int) -> list[int]:
        """Use a voucher so many times at once; the statuses."""
        return await self.at_once([(USE, voucher_id)] * times)

    async def at_once(self, writes: Sequence[tuple[Action[Any], Any]]) -> list[int]:
        """Run writes at once; a Problem counts as its status."""
        outcomes = await self.outcomes(writes)
        faults = [fault for fault in outcomes if not isinstance(fault, Reply | Problem)]
        assert not faults, faults
        return [outcome.status for outcome in outcomes if isinstance(outcome, Reply | Problem)]

    async def outcomes(self, writes: Sequence[tuple[Action[Any], Any]]) -> list[Reply | BaseException]:
        """Run writes at once; what each answered or raised.

        The rulebook has just been looked at, so that none of them has to look first and comes after the others.
        """
        self.units._rulebooks.doubt(P)
        await self.units.reading(P)
        return await asyncio.gather(
            *(self.units.write(action, ctx(), body) for action, body in writes), return_exceptions=True
        )

    async def until_units_ran(self, count: int) -> None:
        """Wait until so many units have begun."""
        async with self._began:
            await self._began.wait_for(lambda: len(self.ran) >= count)

    async def vouchers(self) -> dict[str, Voucher]:
        return {voucher.id: voucher for voucher in await self.database.scan(ALL_VOUCHERS, project_id=P)}

    def _note_units(self) -> None:
        run = self.units.run

        async def noted(unit: Unit) -> None:
            async with self._began:
                self.ran.append(unit)
                self._began.notify_all()
            await run(unit)

        self.units.run = noted  # type: ignore[method-assign]

    def _note_steps(self) -> None:
        take = Unit.steps

        def noted(unit: Unit) -> Any:
            steps = take(unit)
            answer: Any = None
            while True:
                try:
                    step = steps.send(answer)
                except StopIteration:
                    return
                self.steps.append(step)
                answer = yield step

        make = self.units.unit

        def unit(*arguments: Any) -> Unit:
            made = make(*arguments)
            made.steps = noted.__get__(made)  # type: ignore[method-assign]
            return made

        self.units.unit = unit  # type: ignore[method-assign, assignment]


@asynccontextmanager
async def opened(url: str, announcements: Announcements | None = None) -> Any:
    """Toys over a database, as one process holds them."""
    toys = Toys(url, announcements)
    await toys.database.start()
    try:
        yield toys
        await toys.units.drain()
    finally:
        await toys.database.close()


async def make_tables(url: str) -> None:
    """The toy tables, and Patron's own that units need."""
    dialect = SQLITE if url.startswith("sqlite") else POSTGRES
    tables = [METADATA.tables[name] for name in ("units", "rulebook_versions", "counts", "outbox", "idempotency_keys")]
    script = ";\n".join(str(CreateTable(table).compile(dialect=dialect)) for table in [*tables, *TOYS.sorted_tables])
    if url.startswith("sqlite"):
        with apsw.Connection(url.removeprefix("sqlite:///")) as connection:
            connection.execute(script)
        connection.close()
        return
    session = await asyncpg.connect(url)
    await session.execute(script)
    await session.close()


@asynccontextmanager
async def blocked(url: str, voucher_id: str) -> AsyncIterator[None]:
    """Nobody else may change this voucher: on PostgreSQL another session has locked it, on SQLite the file."""
    if url.startswith("sqlite"):
        connection = apsw.Connection(url.removeprefix("sqlite:///"))
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.close()
        return
    session = await asyncpg.connect(url)
    try:
        async with session.transaction():
            await session.execute(
                f"SELECT FROM toy_vouchers WHERE project_id = '{P}' AND id = '{voucher_id}' FOR UPDATE"
            )
            yield
    finally:
        await session.close()


_WAITING = """
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


async def waiting(url: str, writes: int) -> None:
    """Wait until so many sessions of this PostgreSQL database wait for a lock."""
    session = await asyncpg.connect(url)
    try:
        async with asyncio.timeout(20):
            while await session.fetchval(_WAITING) < writes:  # noqa: ASYNC110 - the database cannot call
                await asyncio.sleep(0.01)
    finally:
        await session.close()
