"""The secret that an installation makes for itself at its first start."""

from secrets import token_bytes, token_hex

from patron.db.actions import Action, Ctx, Read, Reply, Wants
from patron.db.rows import Rows
from patron.db.units import Units
from patron.domains.projects.model import INSTALLATION, Installation
from patron.domains.projects.store import REMEMBERED
from patron.kernel.clock import now_ms

SECRET = "secret_key"  # noqa: S105 - the name under which it is kept
LANE = "installation"
"""What belongs to no project is written in a lane of its own."""


async def installation_secret(units: Units) -> str:
    """The secret of this installation, 64 hex digits; made at the first call, the same for every process."""
    kept = await units.database.one(REMEMBERED, name=SECRET)
    if kept is not None:
        return kept.value
    reply = await units.write(KEEP, Ctx(LANE, now_ms(), token_bytes(16)), Installation(SECRET, token_hex(32)))
    return reply.body.decode()


async def _gather(_read: Read, _ctx: Ctx, body: Installation) -> Wants:
    wants = Wants()
    wants.make(INSTALLATION, Installation(body.name, ""))
    return wants


def _apply(rows: Rows, _ctx: Ctx, body: Installation) -> Reply:
    kept = rows.get(INSTALLATION, (body.name,))
    if kept is not None and kept.value:
        return Reply(200, kept.value.encode())
    rows.put(INSTALLATION, body)
    return Reply(200, body.value.encode())


KEEP = Action("keep", _gather, _apply)
