"""Writing a project's stacking rules, changing them, and going back to the defaults (spec I 3.3)."""

import msgspec
from msgspec.structs import replace

from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.categories import LIVE, SCOPE, STACKING_RULES, StackingRulesRow
from patron.domains.stacking_rules.model import DEFAULTS, PREFIX, Rules
from patron.domains.stacking_rules.policy import check_rules, kept, spoken_of, unknown
from patron.domains.stacking_rules.store import OF_PROJECT
from patron.domains.stacking_rules.wire import ManagedStackingRulesOut, StackingRulesIn
from patron.kernel.incentive_problems import stacking_rules_exist

_encode = msgspec.json.encode


class Update(msgspec.Struct, frozen=True):
    """Changes of the document with this id."""

    id: str
    rules: StackingRulesIn


class Delete(msgspec.Struct, frozen=True):
    """The document with this id."""

    id: str


async def find(read: Read, project_id: str, rules_id: str) -> StackingRulesRow:
    """The document with this id. Problem 404."""
    row = await read.one(OF_PROJECT, project_id=project_id)
    if row is None or row.id != rules_id:
        raise unknown(rules_id)
    return row


async def all_rules(read: Read, project_id: str) -> list[StackingRulesRow]:
    """The document of a project, if it has one."""
    return await read.all(OF_PROJECT, project_id=project_id)


async def _gather(_read: Read, ctx: Ctx, _body: StackingRulesIn | Update | Delete) -> Wants:
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    wants.lock(STACKING_RULES, (ctx.project_id,))
    wants.scan(LIVE, scope=SCOPE, project_id=ctx.project_id)
    return wants


def _create(rows: Rows, ctx: Ctx, body: StackingRulesIn) -> Outcome:
    before = rows.get(STACKING_RULES, (ctx.project_id,))
    if before is not None and before.deleted_at is None:
        raise stacking_rules_exist(before.id)
    rules = body.over(DEFAULTS)
    check_rules(rules, _known(rows, ctx))
    row = StackingRulesRow(
        project_id=ctx.project_id,
        id=ctx.id(PREFIX),
        rules=_text(rules),
        created_at=ctx.now,
        updated_at=None,
        deleted_at=None,
        version=rows.next_version(),
    )
    (rows.add if before is None else rows.put)(STACKING_RULES, row)
    return _shown(row)


def _update(rows: Rows, ctx: Ctx, body: Update) -> Outcome:
    row = _named(rows, ctx, body.id)
    before = kept(row)
    after = body.rules.over(before)
    check_rules(after, _known(rows, ctx), spoken_of(before))
    row = replace(row, rules=_text(after), updated_at=ctx.now, version=rows.next_version())
    rows.put(STACKING_RULES, row)
    return _shown(row)


def _delete(rows: Rows, ctx: Ctx, body: Delete) -> Outcome:
    row = _named(rows, ctx, body.id)
    rows.put(STACKING_RULES, replace(row, deleted_at=ctx.now, version=rows.next_version()))
    return Reply(204)


def _named(rows: Rows, ctx: Ctx, rules_id: str) -> StackingRulesRow:
    row = rows.get(STACKING_RULES, (ctx.project_id,))
    if row is None or row.deleted_at is not None or row.id != rules_id:
        raise unknown(rules_id)
    return row


def _known(rows: Rows, ctx: Ctx) -> set[str]:
    return {category.id for category in rows.scanned(LIVE, project_id=ctx.project_id)}


def _text(rules: Rules) -> str:
    return _encode(rules).decode()


def _shown(row: StackingRulesRow) -> Reply:
    return Reply(200, _encode(ManagedStackingRulesOut.of(row)))


CREATE: Action[StackingRulesIn] = Action("stacking_rules.create", _gather, _create)
"""Body: `StackingRulesIn`. Answers 200 with the document.

Problem 409 where there is one, 404 for an unknown category, 400 for a category in two opposite lists.
"""

UPDATE: Action[Update] = Action("stacking_rules.update", _gather, _update)
"""Body: `Update`. Answers 200 with the document; Problem 404 for an unknown one, or an unknown category."""

DELETE: Action[Delete] = Action("stacking_rules.delete", _gather, _delete)
"""Body: `Delete`. Answers 204: the defaults hold from now on; Problem 404 for an unknown one."""
