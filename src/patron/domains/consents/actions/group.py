"""Defining groups of consents, changing and withdrawing them; under the same lock as the consents themselves."""

import msgspec
from msgspec import UNSET

from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.consents.actions.define import SCOPE
from patron.domains.consents.model import CONSENT_GROUPS, GROUP_PREFIX, MOST_GROUPS, ConsentGroup
from patron.domains.consents.store import LIVE, LIVE_GROUPS
from patron.domains.consents.wire import ConsentGroupIn, ConsentGroupOut, ConsentGroupPatch
from patron.kernel.problems import duplicate_found, invalid_payload, not_found

KIND = "consent group"


class RedefineGroup(msgspec.Struct, frozen=True):
    """Changes of the group with this id."""

    id: str
    patch: ConsentGroupPatch


class WithdrawGroup(msgspec.Struct, frozen=True):
    """The group with this id."""

    id: str


async def _gather_define(_read: Read, ctx: Ctx, _body: ConsentGroupIn) -> Wants:
    return _wants(ctx)


def _apply_define(rows: Rows, ctx: Ctx, body: ConsentGroupIn) -> Outcome:
    others = rows.scanned(LIVE_GROUPS, project_id=ctx.project_id)
    if len(others) >= MOST_GROUPS:
        raise invalid_payload(f"name: expected at most {MOST_GROUPS} groups in a project")
    _check_name(others, body.name)
    _check_consents(rows, ctx, body.consents)
    group = ConsentGroup(
        project_id=ctx.project_id,
        id=ctx.id(GROUP_PREFIX),
        name=body.name,
        description=body.description,
        consents=_stored(body.consents),
        created_at=ctx.now,
        updated_at=None,
        deleted_at=None,
        version=rows.next_version(),
    )
    rows.add(CONSENT_GROUPS, group)
    return _shown(rows, ctx, group)


async def _gather_redefine(_read: Read, ctx: Ctx, body: RedefineGroup) -> Wants:
    return _wants(ctx, body.id)


def _apply_redefine(rows: Rows, ctx: Ctx, body: RedefineGroup) -> Outcome:
    group = _named(rows, ctx, body.id)
    after = _patched(group, body.patch)
    if after == group:
        return _shown(rows, ctx, group)
    others = [each for each in rows.scanned(LIVE_GROUPS, project_id=ctx.project_id) if each.id != body.id]
    _check_name(others, after.name)
    if body.patch.consents is not UNSET:
        _check_consents(rows, ctx, body.patch.consents)
    after = msgspec.structs.replace(after, updated_at=ctx.now, version=rows.next_version())
    rows.put(CONSENT_GROUPS, after)
    return _shown(rows, ctx, after)


def _patched(group: ConsentGroup, patch: ConsentGroupPatch) -> ConsentGroup:
    given = {field: value for field, value in msgspec.structs.asdict(patch).items() if value is not UNSET}
    if patch.consents is not UNSET:
        same = patch.consents == msgspec.json.decode(group.consents)
        given["consents"] = group.consents if same else _stored(patch.consents)
    return msgspec.structs.replace(group, **given)


async def _gather_withdraw(_read: Read, ctx: Ctx, body: WithdrawGroup) -> Wants:
    return _wants(ctx, body.id)


def _apply_withdraw(rows: Rows, ctx: Ctx, body: WithdrawGroup) -> Outcome:
    group = _named(rows, ctx, body.id)
    rows.put(CONSENT_GROUPS, msgspec.structs.replace(group, deleted_at=ctx.now, version=rows.next_version()))
    return Reply(204)


def _wants(ctx: Ctx, group_id: str | None = None) -> Wants:
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    wants.scan(LIVE, scope=SCOPE, project_id=ctx.project_id)
    wants.scan(LIVE_GROUPS, scope=SCOPE, project_id=ctx.project_id)
    if group_id is not None:
        wants.lock(CONSENT_GROUPS, (ctx.project_id, group_id))
    return wants


def _named(rows: Rows, ctx: Ctx, group_id: str) -> ConsentGroup:
    group = rows.get(CONSENT_GROUPS, (ctx.project_id, group_id))
    if group is None or group.deleted_at is not None:
        raise not_found(KIND, group_id)
    return group


def _check_name(others: list[ConsentGroup], name: str) -> None:
    if any(other.name == name for other in others):
        raise duplicate_found(KIND, "name", name)


def _check_consents(rows: Rows, ctx: Ctx, consents: list[str]) -> None:
    if len(set(consents)) < len(consents):
        raise invalid_payload("consents: expected each id once")
    live = _live(rows, ctx)
    for consent_id in consents:
        if consent_id not in live:
            raise not_found("consent", consent_id)


def _live(rows: Rows, ctx: Ctx) -> set[str]:
    return {consent.id for consent in rows.scanned(LIVE, project_id=ctx.project_id)}


def _stored(consents: list[str]) -> str:
    return msgspec.json.encode(consents).decode()


def _shown(rows: Rows, ctx: Ctx, group: ConsentGroup) -> Reply:
    return Reply(200, msgspec.json.encode(ConsentGroupOut.of(group, _live(rows, ctx))))


DEFINE_GROUP = Action("consents.define_group", _gather_define, _apply_define)
"""Body: `ConsentGroupIn`. Answers 200 with the group; Problem 409 for a taken name, 404 for an unknown consent."""

REDEFINE_GROUP = Action("consents.redefine_group", _gather_redefine, _apply_redefine)
"""Body: `RedefineGroup`. Answers 200 with the group; Problem 404 for it or a consent, 409 for a taken name."""

WITHDRAW_GROUP = Action("consents.withdraw_group", _gather_withdraw, _apply_withdraw)
"""Body: `WithdrawGroup`. Answers 204; Problem 404 for an unknown one."""
