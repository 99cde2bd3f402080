"""Writing what repairs find, in units that take the usual locks: servers may write meanwhile.

A row is locked, and only then computed anew: whoever changes what it follows from changes it too, in one unit, and so
holds that lock until both are there to be seen.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from secrets import token_bytes
from typing import Any

import msgspec

from patron.db.actions import Action, Ctx, Read, Reply, Wants
from patron.db.checks import Check
from patron.db.inspection import Inspection, Unreadable, inspecting
from patron.db.repairs import CHUNK, Absent, Column, Repair, Rest, Total, Version
from patron.db.rows import Rows
from patron.db.rulebook import RULEBOOK_VERSIONS
from patron.db.units import Units
from patron.kernel.clock import now_ms


class Change(msgspec.Struct, frozen=True):
    """A row that was repaired: what it stored, and what it stores from now on (None: no row)."""

    row: str
    before: str | None
    after: str | None


class _Rewrite(msgspec.Struct, frozen=True):
    """Write what is expected of a column in these rows."""

    repair: Column
    keys: list[Rest]

    @property
    def question(self) -> str:
        return msgspec.json.encode(self.keys).decode()


class _Supply(msgspec.Struct, frozen=True):
    """Add the rows with these keys, each of which follows from the row with that key in the parents' table."""

    repair: Absent
    lacking: dict[Rest, Rest]


async def repaired(
    database_url: str, units: Units, project_ids: Sequence[str], checks: Iterable[Check]
) -> AsyncIterator[tuple[Check, str, Change]]:
    """Repair all that these checks find and can, telling each change (of which check and project) after its commit.

    One check after the other, each in what the ones before have left: a sum may follow from sums below it.
    """
    for check in checks:
        if check.repair is None:
            continue
        async with inspecting(database_url) as inspection:
            for project_id in project_ids:
                if await _differs(inspection, project_id, check):
                    async for change in _changes(inspection, units, project_id, check.repair):
                        yield check, project_id, change


async def _differs(inspection: Inspection, project_id: str, check: Check) -> bool:
    """Whether there is anything to repair; what cannot be read is left for a verification to tell."""
    try:
        return bool(await inspection.all(check.first, project_id=project_id))
    except Unreadable:
        return False


async def _changes(inspection: Inspection, units: Units, project_id: str, repair: Repair) -> AsyncIterator[Change]:
    async for action, body in _writes(inspection, project_id, repair):
        reply = await units.write(action, Ctx(project_id, now_ms(), token_bytes(16)), body, bulk=True)
        for change in msgspec.json.decode(reply.body, type=list[Change]):
            yield change


async def _writes(inspection: Inspection, project_id: str, repair: Repair) -> AsyncIterator[tuple[Action[Any], Any]]:
    """The writes that a repair takes, one for each chunk of what a snapshot shows."""
    match repair:
        case Total():
            yield _RECOUNT, repair
        case Version():
            yield _RENUMBER, repair
        case Column():
            async for page in _pages(inspection, project_id, repair):
                yield _REWRITE, _Rewrite(repair, [key for _, key in page])
        case Absent():
            known: set[Rest] = set()
            async for page in _pages(inspection, project_id, repair):
                lacking = {key: parent for parent, key in page if key not in known}
                known |= lacking.keys()
                yield _SUPPLY, _Supply(repair, lacking)


async def _pages(
    inspection: Inspection, project_id: str, repair: Column | Absent
) -> AsyncIterator[list[tuple[Rest, Rest]]]:
    table = repair.table if isinstance(repair, Column) else repair.parent
    after: Rest = ("",) * (len(table.key) - 1)
    while True:
        position = {f"after_{n}": value for n, value in enumerate(after)}
        page = await inspection.all(repair.differing, project_id=project_id, limit=CHUNK, **position)
        if page:
            yield page
        if len(page) < CHUNK:
            return
        after = page[-1][0]


async def _gather_rewrite(_read: Read, ctx: Ctx, body: _Rewrite) -> Wants:
    wants = Wants()
    table = body.repair.table
    for key in body.keys:
        wants.lock(table, (ctx.project_id, *key))
    scope = f"repair/{table.name}/{body.repair.column}"
    wants.scan(body.repair.expected, scope=scope, project_id=ctx.project_id, keys=body.question)
    return wants


def _rewrite(rows: Rows, ctx: Ctx, body: _Rewrite) -> Reply:
    table, column = body.repair.table, body.repair.column
    changes = []
    for key, expected in rows.scanned(body.repair.expected, project_id=ctx.project_id, keys=body.question):
        row = rows.get(table, (ctx.project_id, *key))
        if row is not None and expected is not None and getattr(row, column) != expected[0]:
            rows.put(table, msgspec.structs.replace(row, **{column: expected[0]}))
            changes.append(Change(" ".join(key), _text(getattr(row, column)), _text(expected[0])))
    return _told(changes)


async def _gather_supply(_read: Read, ctx: Ctx, body: _Supply) -> Wants:
    wants = Wants()
    for key, parent in body.lacking.items():
        wants.lock(body.repair.parent, (ctx.project_id, *parent))
        wants.lock(body.repair.table, (ctx.project_id, *key))
    return wants


def _supply(rows: Rows, ctx: Ctx, body: _Supply) -> Reply:
    table = body.repair.table
    changes = []
    for key, parent_key in body.lacking.items():
        parent = rows.get(body.repair.parent, (ctx.project_id, *parent_key))
        if parent is None or rows.get(table, (ctx.project_id, *key)) is not None:
            continue
        made = body.repair.make(parent, key[0])
        if table.key_of(made) == (ctx.project_id, *key):
            rows.add(table, made)
            changes.append(Change(" ".join(parent_key), None, f"a row in {table.name}"))
    return _told(changes)


async def _gather_recount(_read: Read, ctx: Ctx, body: Total) -> Wants:
    """All slots of the total are locked, the free ones too: nobody adds to the list while it is counted."""
    wants = Wants()
    wants.pause(ctx.project_id, body.name)
    wants.scan(body.sums, scope=f"repair/{body.name}", project_id=ctx.project_id)
    return wants


def _recount(rows: Rows, ctx: Ctx, body: Total) -> Reply:
    [(counted, there)] = rows.scanned(body.sums, project_id=ctx.project_id)
    if counted == there:
        return _told([])
    rows.count(body.name, there - counted)
    return _told([Change(body.name, _text(counted), _text(there))])


async def _gather_renumber(_read: Read, ctx: Ctx, body: Version) -> Wants:
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    wants.scan(body.newest, scope="repair/rulebook", project_id=ctx.project_id)
    return wants


def _renumber(rows: Rows, ctx: Ctx, body: Version) -> Reply:
    """Servers that follow the version then take what is newer than the one that they know."""
    row = rows.get(RULEBOOK_VERSIONS, (ctx.project_id,))
    [newest] = rows.scanned(body.newest, project_id=ctx.project_id)
    if row is None or row.version >= newest:
        return _told([])
    rows.put(RULEBOOK_VERSIONS, msgspec.structs.replace(row, version=newest))
    return _told([Change("its rulebook", _text(row.version), _text(newest))])


def _told(changes: list[Change]) -> Reply:
    return Reply(200, msgspec.json.encode(changes))


def _text(value: str | int | None) -> str | None:
    return None if value is None else str(value)


_REWRITE: Action[_Rewrite] = Action("repair.rewrite", _gather_rewrite, _rewrite)
_SUPPLY: Action[_Supply] = Action("repair.supply", _gather_supply, _supply)
_RENUMBER: Action[Version] = Action("repair.renumber", _gather_renumber, _renumber)
_RECOUNT: Action[Total] = Action("repair.recount", _gather_recount, _recount)
