"""Creating locations, replacing and deleting them (ours: the reference draws them on a map of its own)."""

from functools import partial

import msgspec
from msgspec.structs import replace

from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.naming import Naming
from patron.db.rows import Rows
from patron.domains.locations.actions.find import KIND, unknown
from patron.domains.locations.model import LOCATIONS, MOST_LOCATIONS, PREFIX, SCOPE, Location, LocationMoved
from patron.domains.locations.policy.shapes import areas_in
from patron.domains.locations.store import IDS
from patron.domains.locations.wire import LocationIn, LocationOut
from patron.kernel.problems import invalid_payload, resource_in_use

_encode = msgspec.json.encode


class Replace(msgspec.Struct, frozen=True):
    """What the location with this id is to be."""

    id: str
    location: LocationIn


class Delete(msgspec.Struct, frozen=True):
    """The location with this id."""

    id: str


async def _gather_create(_read: Read, ctx: Ctx, body: LocationIn) -> Wants:
    areas_in(body.shape)
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    wants.scan(IDS, scope=SCOPE, project_id=ctx.project_id)
    return wants


def _apply_create(rows: Rows, ctx: Ctx, body: LocationIn) -> Outcome:
    if len(rows.scanned(IDS, project_id=ctx.project_id)) >= MOST_LOCATIONS:
        raise invalid_payload(f"locations: expected at most {MOST_LOCATIONS} in a project")
    location = Location(
        project_id=ctx.project_id,
        id=ctx.id(PREFIX),
        name=body.name,
        shape=_encode(body.shape).decode(),
        created_at=ctx.now,
        updated_at=None,
        deleted_at=None,
        version=rows.next_version(),
    )
    rows.add(LOCATIONS, location)
    return _shown(location)


async def _gather_replace(_read: Read, ctx: Ctx, body: Replace) -> Wants:
    areas_in(body.location.shape)
    wants = _wants(ctx, body.id)
    wants.expect(LocationMoved(ctx.project_id, body.id))
    return wants


def _wants(ctx: Ctx, location_id: str) -> Wants:
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    wants.lock(LOCATIONS, (ctx.project_id, location_id))
    return wants


def _apply_replace(rows: Rows, ctx: Ctx, body: Replace) -> Outcome:
    before = _named(rows, ctx, body.id)
    after = replace(before, name=body.location.name, shape=_encode(body.location.shape).decode())
    if after == before:
        return _shown(before)
    after = replace(after, updated_at=ctx.now, version=rows.next_version())
    rows.put(LOCATIONS, after)
    if after.shape != before.shape:
        rows.announce(LocationMoved(ctx.project_id, after.id))
    return _shown(after)


async def _gather_delete(_read: Read, ctx: Ctx, body: Delete, naming: Naming) -> Wants:
    wants = _wants(ctx, body.id)
    naming.want(wants, ctx.project_id, body.id)
    return wants


def _apply_delete(rows: Rows, ctx: Ctx, body: Delete, naming: Naming) -> Outcome:
    location = _named(rows, ctx, body.id)
    namer = naming.namer(rows, ctx.project_id, location.id)
    if namer is not None:
        raise resource_in_use(f"{location.id}: expected to be named by nothing, and {namer} does", KIND, location.id)
    rows.put(LOCATIONS, replace(location, deleted_at=ctx.now, version=rows.next_version()))
    return Reply(204)


def _named(rows: Rows, ctx: Ctx, location_id: str) -> Location:
    location = rows.get(LOCATIONS, (ctx.project_id, location_id))
    if location is None or location.deleted_at is not None:
        raise unknown(location_id)
    return location


def _shown(location: Location) -> Reply:
    return Reply(200, _encode(LocationOut.of(location)))


CREATE = Action("locations.create", _gather_create, _apply_create)
"""Body: `LocationIn`. Answers 200 with the location; Problem 400 for a shape that is none, or one location too many."""

REPLACE = Action("locations.replace", _gather_replace, _apply_replace)
"""Body: `Replace`. Answers 200 with the location; Problem 404 for an unknown one, 400 for a shape that is none."""


def deleting(naming: Naming) -> Action[Delete]:
    """The verb that deletes a location, unless something names it.

    Body: `Delete`. Answers 204; Problem 404 for an unknown one, 400 for one in use.
    """
    return Action("locations.delete", partial(_gather_delete, naming=naming), partial(_apply_delete, naming=naming))
