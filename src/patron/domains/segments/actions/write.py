"""Making segments, changing passive ones, deleting them (spec C 3.2, 3.3). Each leaves an entry of what happened."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec
from msgspec.structs import replace

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Reply, Wants
from patron.db.naming import Naming
from patron.db.rows import Rows
from patron.db.rulebook import Rulebook
from patron.domains.events import source_of
from patron.domains.projects.model import ProjectSettings
from patron.domains.segments.actions.clear import clear
from patron.domains.segments.actions.compare import fill
from patron.domains.segments.actions.find import KIND, unknown
from patron.domains.segments.actions.list_in import (
    AT_ONCE,
    check_there,
    list_in,
    list_later,
    listed,
    now_ids,
    want_listed,
)
from patron.domains.segments.actions.move import ENTERED, LEFT
from patron.domains.segments.actions.names import want_alone
from patron.domains.segments.model import (
    ACTIVE,
    ACTIVITY_PREFIX,
    MOST_STATIC,
    NEVER_COMPARED,
    PASSIVE,
    PREFIX,
    SEGMENT_ACTIVITY,
    SEGMENTS,
    STATIC,
    Segment,
    SegmentActivity,
)
from patron.domains.segments.policy.fields import understood
from patron.domains.segments.store.segments import TYPES
from patron.domains.segments.wire.segment import SegmentIn, SegmentOut, SegmentPatch
from patron.engine.conditions.filters import Filter, conditions_of
from patron.kernel.problems import invalid_payload, resource_in_use

CREATED, UPDATED, FILTERS_UPDATED = "segment.created", "segment.updated", "segment.filters_updated"
MOVES = frozenset((ENTERED, LEFT))

_encode = msgspec.json.encode


class Update(msgspec.Struct, frozen=True):
    """Changes of the segment with this id."""

    id: str
    patch: SegmentPatch


class Delete(msgspec.Struct, frozen=True):
    """The segment with this id."""

    id: str


async def _gather_create(read: Read, ctx: Ctx, given: SegmentIn) -> Wants:
    wants = Wants()
    ids = _unique(given)
    most = ProjectSettings.of(read.rulebook).segments.static_customers
    if len(ids) > most:
        raise invalid_payload(f"customers: expected at most {most}")
    if ids:
        now = await now_ids(read, ctx.project_id, ids)
        check_there(now)
        want_listed(wants, ctx.project_id, now, ids[:AT_ONCE])
    wants.lock_rulebook(ctx.project_id)
    want_alone(wants, ctx.project_id)
    return wants


def _apply_create(rows: Rows, ctx: Ctx, given: SegmentIn) -> Outcome:
    _check_room(rows, ctx, given.kind)
    ids = _unique(given)
    customers = listed(rows, ctx, ids[:AT_ONCE])
    if isinstance(customers, Need):
        return customers
    segment = Segment(
        project_id=ctx.project_id,
        id=ctx.id(PREFIX),
        name=given.name,
        type=given.kind,
        filter=_kept(given.filter, rows.rulebook, given.kind)
        if isinstance(given.filter, Mapping) and given.filter
        else None,
        compared_by=NEVER_COMPARED,
        created_at=ctx.now,
        updated_at=None,
        deleted_at=None,
        version=rows.next_version(),
    )
    rows.add(SEGMENTS, segment)
    list_in(rows, ctx, segment, customers)
    list_later(rows, ctx, segment, ids[AT_ONCE:])
    if segment.type == ACTIVE:
        fill(rows, ctx, segment)
    _note(rows, ctx, segment, CREATED)
    return _shown(segment, subject=ids[0] if len(ids) == 1 else None)


def _unique(given: SegmentIn) -> list[str]:
    return list(dict.fromkeys(given.customers or ()))


def _check_room(rows: Rows, ctx: Ctx, kind: str) -> None:
    there = rows.scanned(TYPES, project_id=ctx.project_id)
    static = sum(each == STATIC for each in there)
    if kind == STATIC and static >= MOST_STATIC:
        raise invalid_payload(f"type: expected at most {MOST_STATIC} static segments in a project")
    most = ProjectSettings.of(rows.rulebook).segments.dynamic
    if kind != STATIC and len(there) - static >= most:
        raise invalid_payload(f"type: expected at most {most} segments with a filter in a project")


async def _gather_update(_read: Read, ctx: Ctx, body: Update) -> Wants:
    wants = _wants(ctx, body.id)
    want_alone(wants, ctx.project_id)
    return wants


def _wants(ctx: Ctx, segment_id: str) -> Wants:
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    wants.lock(SEGMENTS, (ctx.project_id, segment_id))
    return wants


def _apply_update(rows: Rows, ctx: Ctx, body: Update) -> Outcome:
    segment = _named(rows, ctx, body.id)
    if segment.type != PASSIVE:
        raise invalid_payload(f"type: expected a passive segment, as one of type {segment.type} never changes")
    changes = _changes(segment, body.patch, rows.rulebook)
    if not changes:
        return _shown(segment)
    after = replace(segment, **changes, updated_at=ctx.now, version=rows.next_version())
    rows.put(SEGMENTS, after)
    _note(rows, ctx, after, FILTERS_UPDATED if "filter" in changes else UPDATED)
    return _shown(after)


def _changes(segment: Segment, patch: SegmentPatch, rulebook: Rulebook) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if isinstance(patch.name, str) and patch.name != segment.name:
        changes["name"] = patch.name
    if isinstance(patch.filter, Mapping):
        kept = _kept(patch.filter, rulebook, segment.type)
        if msgspec.json.decode(kept) != msgspec.json.decode(segment.filter or "null"):
            changes["filter"] = kept
    return changes


async def _gather_delete(_read: Read, ctx: Ctx, body: Delete, naming: Naming) -> Wants:
    wants = _wants(ctx, body.id)
    naming.want(wants, ctx.project_id, body.id)
    return wants


def _apply_delete(rows: Rows, ctx: Ctx, body: Delete, naming: Naming) -> Outcome:
    segment = _named(rows, ctx, body.id)
    namer = naming.namer(rows, ctx.project_id, segment.id)
    if namer is not None:
        raise resource_in_use(f"{segment.id}: expected to be named by nothing, and {namer} does", KIND, segment.id)
    rows.put(SEGMENTS, replace(segment, deleted_at=ctx.now, version=rows.next_version()))
    if segment.type != PASSIVE:
        clear(rows, ctx, segment)
    return Reply(204)


def _named(rows: Rows, ctx: Ctx, segment_id: str) -> Segment:
    segment = rows.get(SEGMENTS, (ctx.project_id, segment_id))
    if segment is None or segment.deleted_at is not None:
        raise unknown(segment_id)
    return segment


def _kept(given: Mapping[str, Any], rulebook: Rulebook, kind: str) -> str:
    """A filter as it is stored: as it was sent. Problem 400 by the path to what is wrong in it."""
    found = understood(given, rulebook)
    if kind == ACTIVE:
        _check_stands_still(found)
    return _encode(given).decode()


def _check_stands_still(found: Filter) -> None:
    """Refuse an active segment that looks at what its own moves leave in the feed: each might follow from the last."""
    for condition in conditions_of(found):
        if not MOVES.isdisjoint(condition.field.path):
            expected = "no look at comings and goings in an active segment, which are its own too; a passive one may"
            raise invalid_payload(f"filter.{condition.field.name}: expected {expected}")


def _note(rows: Rows, ctx: Ctx, segment: Segment, what: str) -> None:
    rows.add(
        SEGMENT_ACTIVITY,
        SegmentActivity(
            project_id=ctx.project_id,
            segment_id=segment.id,
            id=ctx.id(ACTIVITY_PREFIX, what),
            type=what,
            group_id=ctx.request_id,
            source=source_of(ctx),
            data=_encode({"segment": SegmentOut.of(segment)}).decode(),
            created_at=ctx.now,
        ),
    )


def _shown(segment: Segment, subject: str | None = None) -> Reply:
    return Reply(200, _encode(SegmentOut.of(segment)), subject=subject)


CREATE = Action("segments.create", _gather_create, _apply_create)
"""Body: `SegmentIn`. Answers 200 with the segment. Problem 404 for a customer who is not there, 400 for a filter that
cannot be used, or one segment or customer too many.
"""

UPDATE = Action("segments.update", _gather_update, _apply_update)
"""Body: `Update`. Answers 200 with the segment; Problem 404 for an unknown one, 400 for one that is not passive."""


def deleting(naming: Naming) -> Action[Delete]:
    """The verb that deletes a segment, unless something names it. Nobody is told that they left it.

    Body: `Delete`. Answers 204; Problem 404 for an unknown one, 400 for one in use.
    """
    return Action("segments.delete", partial(_gather_delete, naming=naming), partial(_apply_delete, naming=naming))
