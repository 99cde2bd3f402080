"""Creating, changing and deleting a schema.

What a schema may say depends on the project's others: which custom objects there are, and what they hold. So each of
these writes holds the rulebook's version, which every change of any schema takes, and reads all schemas under it.
"""

from functools import partial

import msgspec
from msgspec import UnsetType

from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.metadata_schemas.actions.find import KIND, find, unknown
from patron.domains.metadata_schemas.model import (
    ANY_OBJECT,
    METADATA_SCHEMAS,
    PREFIX,
    Definitions,
    MetadataSchema,
    definitions_of,
)
from patron.domains.metadata_schemas.policy.defining import MOST_SCHEMAS, check_definitions, merged, objects_of
from patron.domains.metadata_schemas.store import LIVE
from patron.domains.metadata_schemas.wire import SchemaIn, SchemaOut, SchemaPatch, definitions_in, spelled
from patron.kernel.problems import duplicate_found, invalid_payload, resource_in_use

SCOPE = "metadata_schemas"

_encode = msgspec.json.encode


class Create(msgspec.Struct, frozen=True):
    """A schema to create, and the shape of the answer."""

    schema: SchemaIn
    shape: SchemaOut


class Change(msgspec.Struct, frozen=True):
    """Changes of the schema with this id or resource, and the shape of the answer."""

    reference: str
    patch: SchemaPatch
    shape: SchemaOut


class Delete(msgspec.Struct, frozen=True):
    """The schema with this id or resource."""

    reference: str


async def _gather_create(_read: Read, ctx: Ctx, _body: Create) -> Wants:
    return _wants(ctx)


def _apply_create(rows: Rows, ctx: Ctx, body: Create) -> Outcome:
    name = body.schema.related_object
    others = _others(rows, ctx)
    if name in others:
        raise duplicate_found(KIND, "related_object", name)
    if name == ANY_OBJECT:
        raise invalid_payload(f"related_object: expected another name than {ANY_OBJECT}, which stands for any object")
    if len(others) >= MOST_SCHEMAS:
        raise invalid_payload(f"related_object: expected at most {MOST_SCHEMAS} schemas in a project")
    definitions = definitions_in(body.schema.properties)
    check_definitions(name, definitions, others, partial(spelled, body.shape))
    schema = MetadataSchema(
        project_id=ctx.project_id,
        id=ctx.id(PREFIX),
        related_object=name,
        definitions=_encode(definitions).decode(),
        allow_defined_only=_stored(body.schema.allow_defined_only),
        created_at=ctx.now,
        updated_at=None,
        deleted_at=None,
        version=rows.next_version(),
    )
    rows.add(METADATA_SCHEMAS, schema)
    return _shown(schema, body.shape)


async def _gather_change(read: Read, ctx: Ctx, body: Change) -> Wants:
    return await _wants_named(read, ctx, body.reference)


def _apply_change(rows: Rows, ctx: Ctx, body: Change) -> Outcome:
    schema = _named(rows, ctx, body.reference)
    before = definitions_of(schema)
    given = body.patch.properties
    after = before if isinstance(given, UnsetType) else merged(before, definitions_in(given))
    others = {name: each for name, each in _others(rows, ctx).items() if name != schema.related_object}
    check_definitions(schema.related_object, after, others, partial(spelled, body.shape))
    allowed = body.patch.allow_defined_only
    changed = msgspec.structs.replace(
        schema,
        definitions=_encode(after).decode(),
        allow_defined_only=schema.allow_defined_only if isinstance(allowed, UnsetType) else _stored(allowed),
        updated_at=ctx.now,
        version=rows.next_version(),
    )
    rows.put(METADATA_SCHEMAS, changed)
    return _shown(changed, body.shape)


async def _gather_delete(read: Read, ctx: Ctx, body: Delete) -> Wants:
    return await _wants_named(read, ctx, body.reference)


def _apply_delete(rows: Rows, ctx: Ctx, body: Delete) -> Outcome:
    schema = _named(rows, ctx, body.reference)
    name = schema.related_object
    users = sorted(other for other, each in _others(rows, ctx).items() if name in objects_of(each))
    if users:
        details = f"{KIND} {name} is the object type of properties of: {', '.join(users)}"
        raise resource_in_use(details, KIND, schema.id)
    rows.put(METADATA_SCHEMAS, msgspec.structs.replace(schema, deleted_at=ctx.now, version=rows.next_version()))
    return Reply(204)


def _wants(ctx: Ctx) -> Wants:
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    wants.scan(LIVE, scope=SCOPE, project_id=ctx.project_id)
    return wants


async def _wants_named(read: Read, ctx: Ctx, reference: str) -> Wants:
    wants = _wants(ctx)
    schema = await find(read, ctx.project_id, reference)
    wants.lock(METADATA_SCHEMAS, METADATA_SCHEMAS.key_of(schema))
    return wants


def _named(rows: Rows, ctx: Ctx, reference: str) -> MetadataSchema:
    """The schema that `_wants_named` found and locked; Problem 404 where it is gone since."""
    for schema in _live(rows, ctx):
        if reference in (schema.id, schema.related_object) and rows.knows(
            METADATA_SCHEMAS, METADATA_SCHEMAS.key_of(schema)
        ):
            return schema
    raise unknown(reference)


def _live(rows: Rows, ctx: Ctx) -> list[MetadataSchema]:
    return rows.scanned(LIVE, project_id=ctx.project_id)


def _others(rows: Rows, ctx: Ctx) -> dict[str, Definitions]:
    return {schema.related_object: definitions_of(schema) for schema in _live(rows, ctx)}


def _stored(flag: bool | None) -> int | None:
    return None if flag is None else int(flag)


def _shown(schema: MetadataSchema, shape: SchemaOut) -> Reply:
    return Reply(200, _encode(shape.of(schema)))


CREATE = Action("metadata_schemas.create", _gather_create, _apply_create)
"""Body: `Create`. Answers 200 with the schema; Problem 409 where its resource has one, 400 for what cannot hold."""

CHANGE = Action("metadata_schemas.change", _gather_change, _apply_change)
"""Body: `Change`. Answers 200 with the schema; Problem 404 for an unknown one, 400 for what cannot hold."""

DELETE = Action("metadata_schemas.delete", _gather_delete, _apply_delete)
"""Body: `Delete`. Answers 204; Problem 404 for an unknown one, 400 while another schema refers to it."""
