"""Taking away who was in a segment that was deleted, a chunk a unit."""

import msgspec

from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.segments.actions.compare import SETTLED_MS
from patron.domains.segments.actions.move import keep
from patron.domains.segments.actions.standing import ids_of
from patron.domains.segments.model import SEGMENT_MEMBERS, SEGMENTS_OF_CUSTOMERS, Segment
from patron.domains.segments.store.comparing import SOME_MEMBERS
from patron.queue.jobs import Task, Work, enqueue

CHUNK = 200
MORE = 202


class Clear(msgspec.Struct, frozen=True):
    """Take away who was in this segment; `kind` is its type."""

    segment_id: str
    kind: str


async def _gather(read: Read, ctx: Ctx, body: Clear) -> Wants:
    wants = Wants()
    wants.scan(SOME_MEMBERS, scope=f"members of {body.segment_id}", **_asked(ctx, body))
    for member in await read.all(SOME_MEMBERS, **_asked(ctx, body)):
        wants.lock(SEGMENTS_OF_CUSTOMERS, (ctx.project_id, member.customer_id, body.kind))
        wants.lock(SEGMENT_MEMBERS, SEGMENT_MEMBERS.key_of(member), to_delete=True)
    return wants


def _apply(rows: Rows, ctx: Ctx, body: Clear) -> Outcome:
    found = rows.scanned(SOME_MEMBERS, **_asked(ctx, body))
    for each in found:
        key = SEGMENT_MEMBERS.key_of(each)
        member = rows.get(SEGMENT_MEMBERS, key) if rows.may_remove(SEGMENT_MEMBERS, key) else None
        if member is None:
            continue
        rows.remove(SEGMENT_MEMBERS, member)
        mine = rows.get(SEGMENTS_OF_CUSTOMERS, (ctx.project_id, member.customer_id, body.kind))
        if mine is not None:
            who = (ctx.project_id, member.customer_id)
            keep(rows, who, body.kind, mine, ids_of(mine) - {body.segment_id})
    return Reply(MORE if found else 204)


def _asked(ctx: Ctx, body: Clear) -> dict[str, str | int]:
    return {"project_id": ctx.project_id, "segment_id": body.segment_id, "limit": CHUNK}


CLEAR = Action("segments.clear", _gather, _apply)
"""Body: `Clear`. Answers `MORE` while there was something, 204 when nothing is left."""


async def _clear(work: Work[Clear]) -> None:
    while (await work.step(CLEAR, work.payload)).status == MORE:
        pass
    await work.finish()


CLEARING = Task("segments.clear", Clear, _clear)
"""Takes away who was in a deleted segment."""


def clear(rows: Rows, ctx: Ctx, segment: Segment) -> None:
    """Have the members of a deleted segment taken away, and those whom a unit writes down that began before."""
    enqueue(rows, ctx, CLEARING, Clear(segment.id, segment.type))
    enqueue(rows, ctx, CLEARING, Clear(segment.id, segment.type), run_at=ctx.now + SETTLED_MS, label="again")
