"""Creating rules, changing and deleting them. Each change makes a version, which can be read for good."""

from typing import Any

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.validation_rules.actions.find import KIND, unknown
from patron.domains.validation_rules.actions.names import (
    SCOPE,
    check_bundled,
    check_named,
    want_bundled,
    want_named,
)
from patron.domains.validation_rules.model import (
    CAMPAIGN,
    MOST_RULES,
    PREFIX,
    RULE_VERSIONS,
    VALIDATION_RULES,
    VOUCHER,
    RuleVersion,
    ValidationRule,
)
from patron.domains.validation_rules.policy.assigning import check_assignable, check_counts
from patron.domains.validation_rules.policy.bundles import kept_bundle
from patron.domains.validation_rules.policy.reading import check_context, kept_applicable, kept_rules, tree_of
from patron.domains.validation_rules.store import COUNT_LIVE, OTHERS_UNDER, VOUCHERS_UNDER
from patron.domains.validation_rules.wire.given import ErrorIn, RuleIn, RulePatch
from patron.domains.validation_rules.wire.told import RuleOut
from patron.kernel.incentive_problems import invalid_validation_rules
from patron.kernel.problems import resource_in_use

_encode = msgspec.json.encode


class Update(msgspec.Struct, frozen=True):
    """Changes of the rule with this id."""

    id: str
    patch: RulePatch


class Delete(msgspec.Struct, frozen=True):
    """The rule with this id."""

    id: str


async def _gather_create(_read: Read, ctx: Ctx, given: RuleIn) -> Wants:
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    _want_named(ctx, wants, given)
    wants.scan(COUNT_LIVE, scope=SCOPE, project_id=ctx.project_id)
    return wants


def _apply_create(rows: Rows, ctx: Ctx, given: RuleIn) -> Outcome:
    if rows.scanned(COUNT_LIVE, project_id=ctx.project_id)[0] >= MOST_RULES:
        raise invalid_validation_rules(f"validation rules: expected at most {MOST_RULES} in a project")
    blank = ValidationRule(
        project_id=ctx.project_id,
        id=ctx.id(PREFIX),
        name=given.name,
        rules=kept_rules({}),
        bundle_rules=None,
        error=None,
        applicable_to=kept_applicable(None),
        type="expression",
        context_type="global",
        n=1,
        created_at=ctx.now,
        updated_at=None,
        deleted_at=None,
        version=0,
    )
    rule = replace(_patched(rows, blank, given), version=rows.next_version())
    rows.add(VALIDATION_RULES, rule)
    _keep(rows, ctx, rule)
    return _shown(rule, 0)


def _patched(rows: Rows, rule: ValidationRule, patch: RulePatch) -> ValidationRule:
    """A rule after the patch. Problem 400 by the path to what is wrong in it."""
    context = patch.context_type if isinstance(patch.context_type, str) else rule.context_type
    check_context(context)
    changes: dict[str, Any] = {"context_type": context}
    for field in ("name", "type"):
        if isinstance(getattr(patch, field), str):
            changes[field] = getattr(patch, field)
    if isinstance(patch.rules, dict):
        check_named(rows, patch.rules)
        tree_of(patch.rules, rows.rulebook, context)
        changes["rules"] = kept_rules(patch.rules)
    elif context != rule.context_type:
        tree_of(msgspec.json.decode(rule.rules), rows.rulebook, context)
    if patch.applicable_to is not UNSET and patch.applicable_to is not None:
        changes["applicable_to"] = kept_applicable(patch.applicable_to)
    if patch.bundle_rules is not UNSET:
        changes["bundle_rules"] = kept_bundle(patch.bundle_rules)
        check_bundled(rows, changes["bundle_rules"])
    if patch.error is not UNSET:
        changes["error"] = _message(patch.error)
    return replace(rule, **changes)


def _want_named(ctx: Ctx, wants: Wants, patch: RulePatch) -> None:
    if isinstance(patch.rules, dict):
        want_named(wants, ctx.project_id, patch.rules)
    if patch.applicable_to is not UNSET and patch.applicable_to is not None:
        want_named(wants, ctx.project_id, {})
    if isinstance(patch.bundle_rules, dict):
        want_bundled(wants, ctx.project_id, kept_bundle(patch.bundle_rules))


def _message(error: ErrorIn | None) -> str | None:
    return error.message or None if isinstance(error, ErrorIn) and isinstance(error.message, str) else None


async def _gather_update(_read: Read, ctx: Ctx, body: Update) -> Wants:
    wants = _wants(ctx, body.id)
    _want_counts(ctx, wants, body.id)
    _want_named(ctx, wants, body.patch)
    return wants


def _apply_update(rows: Rows, ctx: Ctx, body: Update) -> Outcome:
    rule = _named(rows, ctx, body.id)
    after = _patched(rows, rule, body.patch)
    assigned = _assigned(rows, ctx, rule.id)
    if after == rule:
        return _shown(rule, assigned)
    if assigned:
        check_counts(rule, after, rows.rulebook)
        check_assignable(after, VOUCHER if _vouchers_under(rows, ctx, rule.id) else CAMPAIGN, rows.rulebook)
    after = replace(after, n=rule.n + 1, updated_at=ctx.now, version=rows.next_version())
    rows.put(VALIDATION_RULES, after)
    _keep(rows, ctx, after)
    return _shown(after, assigned)


async def _gather_delete(_read: Read, ctx: Ctx, body: Delete) -> Wants:
    wants = _wants(ctx, body.id)
    _want_counts(ctx, wants, body.id)
    return wants


def _apply_delete(rows: Rows, ctx: Ctx, body: Delete) -> Outcome:
    rule = _named(rows, ctx, body.id)
    assigned = _assigned(rows, ctx, rule.id)
    if assigned:
        raise resource_in_use(f"{rule.id}: expected no assignments, and there are {assigned}", KIND, rule.id)
    rows.put(VALIDATION_RULES, replace(rule, deleted_at=ctx.now, version=rows.next_version()))
    return Reply(204)


def _want_counts(ctx: Ctx, wants: Wants, rule_id: str) -> None:
    """Say that it must be known under lock how often a rule is assigned: whoever assigns locks the rule."""
    ids = _encode([rule_id]).decode()
    for statement in (VOUCHERS_UNDER, OTHERS_UNDER):
        wants.scan(statement, scope=f"{SCOPE}/{rule_id}", project_id=ctx.project_id, rule_ids=ids)


def _assigned(rows: Rows, ctx: Ctx, rule_id: str) -> int:
    ids = _encode([rule_id]).decode()
    return sum(
        n
        for statement in (VOUCHERS_UNDER, OTHERS_UNDER)
        for _, n in rows.scanned(statement, project_id=ctx.project_id, rule_ids=ids)
    )


def _vouchers_under(rows: Rows, ctx: Ctx, rule_id: str) -> bool:
    ids = _encode([rule_id]).decode()
    return bool(rows.scanned(VOUCHERS_UNDER, project_id=ctx.project_id, rule_ids=ids))


def _wants(ctx: Ctx, rule_id: str) -> Wants:
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    wants.lock(VALIDATION_RULES, (ctx.project_id, rule_id))
    return wants


def _named(rows: Rows, ctx: Ctx, rule_id: str) -> ValidationRule:
    rule = rows.get(VALIDATION_RULES, (ctx.project_id, rule_id))
    if rule is None or rule.deleted_at is not None:
        raise unknown(rule_id)
    return rule


def _keep(rows: Rows, ctx: Ctx, rule: ValidationRule) -> None:
    """Keep this state of a rule as a version."""
    told = _encode(RuleOut.of(rule)).decode()
    rows.add(RULE_VERSIONS, RuleVersion(ctx.project_id, rule.id, rule.n, told, ctx.now))


def _shown(rule: ValidationRule, assigned: int) -> Reply:
    return Reply(200, _encode(RuleOut.of(rule, assigned)))


CREATE = Action("validation_rules.create", _gather_create, _apply_create)
"""Body: `RuleIn`. Answers 200 with the rule; Problem 400 by the path to what is wrong in it."""

UPDATE = Action("validation_rules.update", _gather_update, _apply_update)
"""Body: `Update`. Answers 200 with the rule; Problem 404 for an unknown one, 400 as for `CREATE`."""

DELETE = Action("validation_rules.delete", _gather_delete, _apply_delete)
"""Body: `Delete`. Answers 204; Problem 404 for an unknown rule, 400 for one that is assigned."""
