"""Defining events: content of the rulebook (spec C 5.2)."""

import msgspec
from msgspec import UNSET

from patron.db.actions import Action, Ctx, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.events.model import DEFINITION_PREFIX, EVENT_DEFINITIONS, EventDefinition
from patron.domains.events.policy import RESOURCE, merged, properties_of
from patron.domains.events.store import DEFINITION, DEFINITIONS
from patron.domains.events.wire.definition import DefinitionIn, DefinitionOut, DefinitionPatch
from patron.kernel.problems import duplicate_found, not_found

_encode = msgspec.json.encode


class Change(msgspec.Struct, frozen=True):
    """A patch for the definition with this id."""

    id: str
    patch: DefinitionPatch


class Remove(msgspec.Struct, frozen=True):
    """Remove the definition with this id."""

    id: str


async def find_definition(read: Read, project_id: str, definition_id: str) -> EventDefinition:
    """The definition with this id. Problem 404 where there is none."""
    definition = await read.one(DEFINITION, project_id=project_id, id=definition_id)
    if definition is None:
        raise not_found(RESOURCE, definition_id)
    return definition


async def list_definitions(read: Read, project_id: str) -> list[EventDefinition]:
    """Every definition of a project, newest first."""
    return await read.scan(DEFINITIONS, project_id=project_id)


async def _gather_define(_read: Read, ctx: Ctx, body: DefinitionIn) -> Wants:
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    wants.make(EVENT_DEFINITIONS, _new(ctx, body, version=0))
    return wants


def _new(ctx: Ctx, body: DefinitionIn, version: int) -> EventDefinition:
    return EventDefinition(
        project_id=ctx.project_id,
        name=body.name,
        id=ctx.id(DEFINITION_PREFIX),
        properties=_encode(body.schema.properties).decode(),
        created_at=ctx.now,
        updated_at=None,
        deleted_at=None,
        version=version,
    )


def _apply_define(rows: Rows, ctx: Ctx, body: DefinitionIn) -> Reply:
    before = rows.get(EVENT_DEFINITIONS, (ctx.project_id, body.name))
    assert before is not None
    if before.version and before.deleted_at is None:
        raise duplicate_found(RESOURCE, "name", body.name)
    definition = _new(ctx, body, rows.next_version())
    rows.put(EVENT_DEFINITIONS, definition)
    return _shown(definition)


async def _gather_named(_read: Read, ctx: Ctx, body: Change | Remove) -> Wants:
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    wants.lock_unique(EVENT_DEFINITIONS, "id", (ctx.project_id, body.id))
    return wants


def _named(rows: Rows, ctx: Ctx, definition_id: str) -> EventDefinition:
    definition = rows.by(EVENT_DEFINITIONS, "id", (ctx.project_id, definition_id))
    if definition is None or definition.deleted_at is not None:
        raise not_found(RESOURCE, definition_id)
    return definition


def _apply_change(rows: Rows, ctx: Ctx, body: Change) -> Reply:
    definition = _named(rows, ctx, body.id)
    before = properties_of(definition)
    after = before if body.patch.schema is UNSET else merged(before, body.patch.schema.properties)
    if after == before:
        return _shown(definition)
    changed = msgspec.structs.replace(
        definition, properties=_encode(after).decode(), updated_at=ctx.now, version=rows.next_version()
    )
    rows.put(EVENT_DEFINITIONS, changed)
    return _shown(changed)


def _apply_remove(rows: Rows, ctx: Ctx, body: Remove) -> Reply:
    definition = _named(rows, ctx, body.id)
    gone = msgspec.structs.replace(definition, deleted_at=ctx.now, version=rows.next_version())
    rows.put(EVENT_DEFINITIONS, gone)
    return Reply(204)


def _shown(definition: EventDefinition) -> Reply:
    return Reply(200, _encode(DefinitionOut.of(definition)))


DEFINE = Action("events.define", _gather_define, _apply_define)
"""Body: `DefinitionIn`. Answers 200 with the definition; Problem 409 for a name that is defined."""

CHANGE: Action[Change] = Action("events.change_definition", _gather_named, _apply_change)
"""Body: `Change`. Answers 200 with the definition; Problem 404 for an unknown one, 400 for another type of a key."""

REMOVE: Action[Remove] = Action("events.remove_definition", _gather_named, _apply_remove)
"""Body: `Remove`. Answers 204; Problem 404 for an unknown one. What was tracked stays; nothing more can be."""
