"""Defining consents, changing and withdrawing them.

Each of these writes holds the rulebook's version, as those of groups do, and reads the project's consents under it: so
names stay unique and the number bounded. What customers have said to a consent outlives it.
"""

import msgspec
from msgspec import UNSET

from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.consents.model import CONSENTS, MOST_CONSENTS, PREFIX, Consent
from patron.domains.consents.store import LIVE
from patron.domains.consents.wire import ConsentIn, ConsentOut, ConsentPatch
from patron.kernel.problems import duplicate_found, invalid_payload, not_found

SCOPE = "consents"
KIND = "consent"


class Redefine(msgspec.Struct, frozen=True):
    """Changes of the consent with this id."""

    id: str
    patch: ConsentPatch


class Withdraw(msgspec.Struct, frozen=True):
    """The consent with this id."""

    id: str


async def _gather_define(_read: Read, ctx: Ctx, _body: ConsentIn) -> Wants:
    return _wants(ctx)


def _apply_define(rows: Rows, ctx: Ctx, body: ConsentIn) -> Outcome:
    others = rows.scanned(LIVE, project_id=ctx.project_id)
    if len(others) >= MOST_CONSENTS:
        raise invalid_payload(f"name: expected at most {MOST_CONSENTS} consents in a project")
    _check_name(others, body.name)
    consent = Consent(
        project_id=ctx.project_id,
        id=ctx.id(PREFIX),
        name=body.name,
        description=body.description,
        category=body.category,
        created_at=ctx.now,
        updated_at=None,
        deleted_at=None,
        version=rows.next_version(),
    )
    rows.add(CONSENTS, consent)
    return _shown(consent)


async def _gather_redefine(_read: Read, ctx: Ctx, body: Redefine) -> Wants:
    return _wants(ctx, body.id)


def _apply_redefine(rows: Rows, ctx: Ctx, body: Redefine) -> Outcome:
    consent = _named(rows, ctx, body.id)
    given = {field: value for field, value in msgspec.structs.asdict(body.patch).items() if value is not UNSET}
    after = msgspec.structs.replace(consent, **given)
    if after == consent:
        return _shown(consent)
    _check_name([each for each in rows.scanned(LIVE, project_id=ctx.project_id) if each.id != body.id], after.name)
    after = msgspec.structs.replace(after, updated_at=ctx.now, version=rows.next_version())
    rows.put(CONSENTS, after)
    return _shown(after)


async def _gather_withdraw(_read: Read, ctx: Ctx, body: Withdraw) -> Wants:
    return _wants(ctx, body.id)


def _apply_withdraw(rows: Rows, ctx: Ctx, body: Withdraw) -> Outcome:
    consent = _named(rows, ctx, body.id)
    rows.put(CONSENTS, msgspec.structs.replace(consent, deleted_at=ctx.now, version=rows.next_version()))
    return Reply(204)


def _wants(ctx: Ctx, consent_id: str | None = None) -> Wants:
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    wants.scan(LIVE, scope=SCOPE, project_id=ctx.project_id)
    if consent_id is not None:
        wants.lock(CONSENTS, (ctx.project_id, consent_id))
    return wants


def _named(rows: Rows, ctx: Ctx, consent_id: str) -> Consent:
    consent = rows.get(CONSENTS, (ctx.project_id, consent_id))
    if consent is None or consent.deleted_at is not None:
        raise not_found(KIND, consent_id)
    return consent


def _check_name(others: list[Consent], name: str) -> None:
    if any(other.name == name for other in others):
        raise duplicate_found(KIND, "name", name)


def _shown(consent: Consent) -> Reply:
    return Reply(200, msgspec.json.encode(ConsentOut.of(consent)))


DEFINE = Action("consents.define", _gather_define, _apply_define)
"""Body: `ConsentIn`. Answers 200 with the consent; Problem 409 where its name is taken, 400 past the bound."""

REDEFINE = Action("consents.redefine", _gather_redefine, _apply_redefine)
"""Body: `Redefine`. Answers 200 with the consent; Problem 404 for an unknown one, 409 where the name is taken."""

WITHDRAW = Action("consents.withdraw", _gather_withdraw, _apply_withdraw)
"""Body: `Withdraw`. Answers 204; Problem 404 for an unknown one."""
