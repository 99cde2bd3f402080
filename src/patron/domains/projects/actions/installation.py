"""The secrets that an installation makes for itself at its first start."""

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
MOST_SECRETS = 4
"""A rotation beyond so many forgets the oldest one."""


async def installation_secret(units: Units, name: str) -> str:
    """The secret of this installation that has this name, 64 hex digits; made at the first call, for every process."""
    kept = await units.database.one(REMEMBERED, name=name)
    if kept is not None:
        return kept.value
    return await _write(units, KEEP, Installation(name, token_hex(32)))


async def installation_secrets(units: Units) -> tuple[str, ...]:
    """What this installation signs with: the first one signs, all are taken."""
    return tuple((await installation_secret(units, SECRET)).split(","))


async def rotate_secret(units: Units, *, forget_old: bool) -> int:
    """Make a new secret that signs from the next start on; how many are taken then, beside the new one."""
    action = REPLACE if forget_old else ROTATE
    return (await _write(units, action, Installation(SECRET, token_hex(32)))).count(",")


async def _write(units: Units, action: Action[Installation], body: Installation) -> str:
    reply = await units.write(action, Ctx(LANE, now_ms(), token_bytes(16)), body)
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


def _rotate(rows: Rows, _ctx: Ctx, body: Installation) -> Reply:
    kept = rows.get(INSTALLATION, (body.name,))
    old = kept.value.split(",") if kept is not None and kept.value else []
    return _put(rows, body.name, [body.value, *old][:MOST_SECRETS])


def _replace(rows: Rows, _ctx: Ctx, body: Installation) -> Reply:
    return _put(rows, body.name, [body.value])


def _put(rows: Rows, name: str, secrets: list[str]) -> Reply:
    value = ",".join(secrets)
    rows.put(INSTALLATION, Installation(name, value))
    return Reply(200, value.encode())


KEEP = Action("keep", _gather, _apply)
ROTATE = Action("rotate", _gather, _rotate)
REPLACE = Action("replace", _gather, _replace)
