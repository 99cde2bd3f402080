"""The outbox: events that somebody listens to, kept in the unit of their cause, claimed by its lease (rule 19).

Rows may commit later than rows with higher ids, so a position ("everything after id x") would lose some.
A claim takes rows that were never claimed, and those whose claimant's lease ran out, and raises their fence:
a claimant that comes back late cannot hand over what another has taken over.
"""

import msgspec
import sqlalchemy as sa

from patron.db.actions import Action, Ctx, Pool, Read, Reply, Wants
from patron.db.rows import Rows
from patron.db.statements import Statement
from patron.db.tables import Json, Table
from patron.db.traces import Mention


class OutboxRow(msgspec.Struct, frozen=True):
    """One announced event, free to be claimed once `lease_until` (epoch ms) is past; `fence` counts the claims."""

    project_id: str
    id: str
    kind: str
    payload: Json
    created_at: int
    lease_until: int
    fence: int


OUTBOX = Table(OutboxRow, "outbox", rank=20, indexes={"lease": ("project_id", "lease_until", "id")})

_FREE = (OUTBOX.c.project_id == sa.bindparam("project_id"), OUTBOX.c.lease_until <= sa.bindparam("now"))

WAITING = Statement(sa.select(OUTBOX.c.id).where(*_FREE).order_by(OUTBOX.c.lease_until, OUTBOX.c.id).limit(1), str)
"""An event that nobody has claimed, if there is one."""

CLAIMABLE = Pool(
    "claimable",
    OUTBOX,
    sa.select(OUTBOX.sa).where(*_FREE).order_by(OUTBOX.c.lease_until, OUTBOX.c.id).limit(sa.bindparam("limit")),
)


TRACES = (Mention(OUTBOX, "payload"),)
"""An event about somebody goes with them, undelivered if need be."""


class Claim(msgspec.Struct, frozen=True):
    """Take up to `limit` rows for `lease_ms`."""

    limit: int
    lease_ms: int


async def _gather_claim(_read: Read, ctx: Ctx, claim: Claim) -> Wants:
    wants = Wants()
    wants.draw(CLAIMABLE, claim.limit, project_id=ctx.project_id, now=ctx.now)
    return wants


def _apply_claim(rows: Rows, ctx: Ctx, claim: Claim) -> Reply:
    taken: list[OutboxRow] = []
    while len(taken) < claim.limit:
        row = rows.draw_one(CLAIMABLE, project_id=ctx.project_id, now=ctx.now)
        if row is None:
            break
        mine = msgspec.structs.replace(row, lease_until=ctx.now + claim.lease_ms, fence=row.fence + 1)
        rows.put(OUTBOX, mine)
        taken.append(mine)
    return Reply(200, msgspec.json.encode(taken))


CLAIM = Action("outbox.claim", _gather_claim, _apply_claim)
"""Claims events; the reply's body is a JSON array of `OutboxRow`."""
