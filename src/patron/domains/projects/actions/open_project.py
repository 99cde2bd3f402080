"""Opening a project with its keys: by command, or once in the life of an installation."""

from secrets import token_bytes

import msgspec

from patron.db.actions import Action, Ctx, Read, Reply, Wants
from patron.db.rows import Rows
from patron.db.units import Units
from patron.domains.projects.model import (
    API_KEYS,
    INSTALLATION,
    PROJECTS,
    ApiKey,
    ClientSettings,
    Installation,
    Kind,
    Project,
    ProjectSettings,
)
from patron.domains.projects.policy import token_hash
from patron.kernel.clock import now_ms
from patron.kernel.ids import make_id

_OF_ITS_OWN = ProjectSettings(client=ClientSettings(create_customers=True))
"""What an installation chooses for a project that it opens by itself."""


class GivenKey(msgspec.Struct, frozen=True):
    """A key whose id and token somebody chose."""

    kind: Kind
    app_id: str
    token: str
    origins: tuple[str, ...] = ()


class StoredKey(msgspec.Struct, frozen=True):
    """A key as it may be written down: without its token."""

    kind: Kind
    app_id: str
    name: str
    token_hash: str
    origins: tuple[str, ...] = ()


class NewProject(msgspec.Struct, frozen=True):
    """A project to open. `once` is the name under which the installation remembers that it did, if it shall."""

    name: str
    keys: tuple[StoredKey, ...] = ()
    once: str | None = None


class Opened(msgspec.Struct, frozen=True):
    """What the installation remembers of a project that it opened once."""

    project_id: str
    keys: tuple[StoredKey, ...]


class Conflict(Exception):
    """A project that is opened once was opened with other keys, or a key's id is taken. `kinds` are those keys'."""

    def __init__(self, kinds: tuple[str, ...]) -> None:
        super().__init__(f"other {' and '.join(kinds)} key")
        self.kinds = kinds


class _Answer(msgspec.Struct, frozen=True):
    project_id: str
    new: bool = False
    conflicts: tuple[str, ...] = ()


async def open_project(units: Units, name: str) -> str:
    """Open a project without keys; its id."""
    return (await _open(units, NewProject(name))).project_id


async def open_project_once(units: Units, name: str, once: str, keys: tuple[GivenKey, ...]) -> tuple[str, bool]:
    """Open a project with exactly these keys unless that happened before; its id, and whether it is new.

    `once` names it among the projects that this installation opens by itself. Of several processes that start
    at once, one opens it. Raises `Conflict` if it was opened with other keys, or if an id belongs to another key.
    """
    stored = tuple(StoredKey(key.kind, key.app_id, once, token_hash(key.token), key.origins) for key in keys)
    answer = await _open(units, NewProject(name, stored, once))
    if answer.conflicts:
        raise Conflict(answer.conflicts)
    return answer.project_id, answer.new


async def _open(units: Units, body: NewProject) -> _Answer:
    now, seed = now_ms(), token_bytes(16)
    ctx = Ctx(make_id("proj_", now, seed), now, seed, channel="CLI")
    reply = await units.write(OPEN_PROJECT, ctx, body)
    return msgspec.json.decode(reply.body, type=_Answer)


async def _gather(_read: Read, ctx: Ctx, body: NewProject) -> Wants:
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    wants.lock(PROJECTS, (ctx.project_id,))
    for key in body.keys:
        wants.lock(API_KEYS, (key.app_id, key.kind))
    if body.once is not None:
        wants.make(INSTALLATION, Installation(body.once, ""))
    return wants


def _apply(rows: Rows, ctx: Ctx, body: NewProject) -> Reply:
    if body.once is None:
        return _add(rows, ctx, body)
    memory = rows.get(INSTALLATION, (body.once,))
    if memory is not None and memory.value:
        return _compare(msgspec.json.decode(memory.value, type=Opened), body)
    taken = tuple(key.kind for key in body.keys if rows.get(API_KEYS, (key.app_id, key.kind)) is not None)
    if taken:
        return _reply(_Answer(ctx.project_id, conflicts=taken))
    rows.put(INSTALLATION, Installation(body.once, msgspec.json.encode(Opened(ctx.project_id, body.keys)).decode()))
    return _add(rows, ctx, body)


def _compare(before: Opened, body: NewProject) -> Reply:
    then, now = {key.kind: key for key in before.keys}, {key.kind: key for key in body.keys}
    other = tuple(kind for kind in {**then, **now} if then.get(kind) != now.get(kind))
    return _reply(_Answer(before.project_id, conflicts=other))


def _add(rows: Rows, ctx: Ctx, body: NewProject) -> Reply:
    version = rows.next_version()
    rows.add(
        PROJECTS,
        Project(
            project_id=ctx.project_id,
            name=body.name,
            rate_limit_per_minute=None,
            created_at=ctx.now,
            deleted_at=None,
            version=version,
            settings=msgspec.json.encode(_OF_ITS_OWN if body.once is not None else ProjectSettings()).decode(),
        ),
    )
    for key in body.keys:
        rows.add(API_KEYS, key_row(key, ctx, version))
    return _reply(_Answer(ctx.project_id, new=True))


def key_row(key: StoredKey, ctx: Ctx, version: int) -> ApiKey:
    """The row of a new key."""
    return ApiKey(
        app_id=key.app_id,
        kind=key.kind,
        project_id=ctx.project_id,
        name=key.name,
        token_hash=key.token_hash,
        origins=msgspec.json.encode(key.origins).decode(),
        created_at=ctx.now,
        deleted_at=None,
        version=version,
    )


def _reply(answer: _Answer) -> Reply:
    return Reply(200, msgspec.json.encode(answer))


OPEN_PROJECT = Action("open_project", _gather, _apply)
