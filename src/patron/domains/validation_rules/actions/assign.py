"""Putting an object under a rule, and taking it out again: an object has one rule at most (spec C 4.8)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec.structs import replace

from patron.db.actions import Action, Ctx, More, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.db.rulebook import Rulebook
from patron.db.statements import Statement
from patron.domains.projects import calendar_of
from patron.domains.validation_rules.actions.find import ASSIGNMENT, Assignment, unknown, unknown_assignment
from patron.domains.validation_rules.model import (
    ASSIGNMENT_PREFIX,
    RULE_ASSIGNMENTS,
    VALIDATION_RULES,
    VOUCHER,
    VOUCHER_RULES,
    RuleAssignment,
    ValidationRule,
    VoucherRule,
)
from patron.domains.validation_rules.policy.assigning import check_assignable
from patron.domains.validation_rules.policy.compiled import Ready, Rules
from patron.domains.validation_rules.policy.counting import begins_of, counted_by
from patron.domains.validation_rules.store import DELETE_COUNTERS
from patron.domains.validation_rules.wire.told import AssignmentOut
from patron.kernel.problems import Problem, not_found

Named = tuple[str, str]
"""An object by the key that tells it (a voucher's code, else its id) and by its id."""


@dataclass(frozen=True, slots=True)
class Target:
    """A kind of objects that rules are assigned to, which stands above rules: its domain says how one is found.

    `want` names an object by its id or another name, and gives it; `found` gives it under lock, None where the name
    leads to another by now. Problem 404.
    """

    kind: str
    want: Callable[[Read, Ctx, Wants, str], Awaitable[Named]]
    found: Callable[[Rows, Ctx, str], Named | None]


class Assign(msgspec.Struct, frozen=True):
    """Put the object of this kind and name under a rule; `force` takes it out of the one that it has."""

    rule_id: str
    kind: str
    reference: str
    force: bool = False


class Unassign(msgspec.Struct, frozen=True):
    """End this assignment of a rule, which the object with this key has."""

    rule_id: str
    id: str
    kind: str
    key: str


def want_assignment(ctx: Ctx, wants: Wants, rule_id: str, kind: str, key: str) -> None:
    """Name the rows of an assignment: `key` is a voucher's code, else the object's id."""
    wants.lock(VALIDATION_RULES, (ctx.project_id, rule_id))
    if kind == VOUCHER:
        wants.lock(VOUCHER_RULES, (ctx.project_id, key), to_delete=True)
    else:
        wants.lock_rulebook(ctx.project_id)
        wants.lock(RULE_ASSIGNMENTS, (ctx.project_id, kind, key))


def want_rule(ctx: Ctx, wants: Wants, rule_id: str) -> None:
    """Name the rule that a new object is to be under. For a campaign, the write changes the rulebook anyway."""
    wants.lock(VALIDATION_RULES, (ctx.project_id, rule_id))


def assign_new(rows: Rows, ctx: Ctx, rule_id: str, kind: str, named: Named) -> Assignment:
    """Put an object that this write creates under a rule, which `want_rule` has named. Problems as for `assign`."""
    rule = _rule(rows, ctx, rule_id)
    check_assignable(rule, kind, rows.rulebook)
    assignment = _new(ctx, rule, kind, named, 0 if kind == VOUCHER else rows.next_version())
    if isinstance(assignment, VoucherRule):
        rows.add(VOUCHER_RULES, assignment)
    else:
        rows.add(RULE_ASSIGNMENTS, assignment)
    return assignment


def assign(rows: Rows, ctx: Ctx, rule_id: str, kind: str, named: Named, *, force: bool = False) -> Assignment:
    """Put an object under a rule; `want_assignment` has named the rows.

    Problem 404 for an unknown rule, 409 for an object that has one (unless `force`), 400 for a rule that cannot be for
    objects of this kind.
    """
    rule = _rule(rows, ctx, rule_id)
    check_assignable(rule, kind, rows.rulebook)
    before = assignment_of(rows, ctx, kind, named[0])
    if before is not None and not force:
        raise _duplicate(before.id)
    assignment = _new(ctx, rule, kind, named, 0 if kind == VOUCHER else rows.next_version())
    if isinstance(assignment, VoucherRule):
        (rows.add if before is None else rows.put)(VOUCHER_RULES, assignment)
    else:
        is_there = rows.get(RULE_ASSIGNMENTS, (ctx.project_id, kind, named[0])) is not None
        (rows.put if is_there else rows.add)(RULE_ASSIGNMENTS, assignment)
    return assignment


def assignment_of(rows: Rows, ctx: Ctx, kind: str, key: str) -> Assignment | None:
    """The assignment of an object, under lock; None where it has no rule."""
    if kind == VOUCHER:
        return rows.get(VOUCHER_RULES, (ctx.project_id, key))
    found = rows.get(RULE_ASSIGNMENTS, (ctx.project_id, kind, key))
    return None if found is None or found.deleted_at is not None else found


def _new(ctx: Ctx, rule: ValidationRule, kind: str, named: Named, version: int) -> Assignment:
    key, object_id = named
    new_id = ctx.id(ASSIGNMENT_PREFIX, f"{kind}/{key}")
    if kind == VOUCHER:
        return VoucherRule(ctx.project_id, key, new_id, rule.id, object_id, ctx.now)
    return RuleAssignment(ctx.project_id, kind, key, new_id, rule.id, ctx.now, None, version)


def want_unassignment(ctx: Ctx, wants: Wants, kind: str, key: str) -> None:
    """Name the assignment of an object that goes for good."""
    if kind == VOUCHER:
        wants.lock(VOUCHER_RULES, (ctx.project_id, key), to_delete=True)
    else:
        wants.lock_rulebook(ctx.project_id)
        wants.lock(RULE_ASSIGNMENTS, (ctx.project_id, kind, key))


def unassign(rows: Rows, ctx: Ctx, kind: str, key: str) -> None:
    """Take an object out of the rule that it has, if it has one; `want_unassignment` has named it."""
    found = assignment_of(rows, ctx, kind, key)
    if isinstance(found, VoucherRule):
        rows.remove(VOUCHER_RULES, found)
    elif found is not None:
        rows.put(RULE_ASSIGNMENTS, replace(found, deleted_at=ctx.now, version=rows.next_version()))


def _rule(rows: Rows, ctx: Ctx, rule_id: str) -> ValidationRule:
    rule = rows.get(VALIDATION_RULES, (ctx.project_id, rule_id))
    if rule is None or rule.deleted_at is not None:
        raise unknown(rule_id)
    return rule


def _duplicate(assignment_id: str) -> Problem:
    return Problem(
        409,
        "duplicate_found",
        "Duplicated resource found",
        f"Duplicated {ASSIGNMENT} exists with id {assignment_id}",
        resource_id=assignment_id,
        resource_type=ASSIGNMENT,
    )


History = Mapping[tuple[str, str, str], Statement[str]]
"""What fills counters from the redemptions that were before: by the kind of the object that is under a rule, of what is
counted, and by whom. Redemptions stand above rules.
"""


def assigning(targets: Mapping[str, Target], history: History, ledger: str) -> Action[Assign]:
    """The verb that assigns rules to these kinds of objects; what they count begins with what `history` tells.

    `ledger` is the list whose total each write moves that is counted: it pauses while history is read, so that each is
    either in the history, or knows the rule and counts by it.

    Body: `Assign`. Answers 200 with the assignment; Problem 404, 409 and 400 as `assign`.
    """

    async def gather(read: Read, ctx: Ctx, body: Assign) -> Wants:
        wants = Wants()
        named = await _target(targets, body).want(read, ctx, wants, body.reference)
        want_assignment(ctx, wants, body.rule_id, body.kind, named[0])
        ready = Rules.of(read.rulebook).ready(body.rule_id)
        fills = _fills(history, read.rulebook, ctx, ready, body.kind, named[1])
        if fills:
            wants.pause(ctx.project_id, ledger)
        for deed, params in fills:
            wants.do(deed, **params)
        return wants

    def apply(rows: Rows, ctx: Ctx, body: Assign) -> Outcome:
        _rule(rows, ctx, body.rule_id)
        named = _target(targets, body).found(rows, ctx, body.reference)
        if named is None or not _is_named(rows, ctx, body.kind, named[0]):
            return More()
        ready = Rules.of(rows.rulebook).ready(body.rule_id)
        fills = _fills(history, rows.rulebook, ctx, ready, body.kind, named[1])
        if not all(rows.has_scanned(deed, **params) for deed, params in fills):
            return More()
        assignment = assign(rows, ctx, body.rule_id, body.kind, named, force=body.force)
        if fills:
            rows.pause(ledger)
        return Reply(200, msgspec.json.encode(AssignmentOut.of(assignment)))

    return Action("validation_rules.assign", gather, apply)


def _fills(
    history: History, rulebook: Rulebook, ctx: Ctx, ready: Ready | None, kind: str, owner: str
) -> list[tuple[Statement[str], dict[str, Any]]]:
    """What makes the counters that a rule reads of an object anew: none, where it counts nothing."""
    kinds = set() if ready is None else counted_by(ready.judge)
    if not kinds:
        return []
    where = {"project_id": ctx.project_id, "owner": owner}
    since = begins_of(calendar_of(rulebook), ctx.now)._asdict()
    filled = [history[kind, *each] for each in sorted(kinds) if (kind, *each) in history]
    return [(DELETE_COUNTERS, where), *((deed, {**where, **since}) for deed in filled)]


def _target(targets: Mapping[str, Target], body: Assign) -> Target:
    target = targets.get(body.kind)
    if target is None:
        raise not_found(body.kind, body.reference)
    return target


def _is_named(rows: Rows, ctx: Ctx, kind: str, key: str) -> bool:
    if kind == VOUCHER:
        return rows.knows(VOUCHER_RULES, (ctx.project_id, key))
    return rows.knows(RULE_ASSIGNMENTS, (ctx.project_id, kind, key))


async def _gather_unassign(_read: Read, ctx: Ctx, body: Unassign) -> Wants:
    wants = Wants()
    wants.lock(VALIDATION_RULES, (ctx.project_id, body.rule_id))
    want_unassignment(ctx, wants, body.kind, body.key)
    return wants


def _apply_unassign(rows: Rows, ctx: Ctx, body: Unassign) -> Outcome:
    _rule(rows, ctx, body.rule_id)
    found = assignment_of(rows, ctx, body.kind, body.key)
    if found is None or (found.id, found.rule_id) != (body.id, body.rule_id):
        raise unknown_assignment(body.id)
    unassign(rows, ctx, body.kind, body.key)
    return Reply(204)


UNASSIGN = Action("validation_rules.unassign", _gather_unassign, _apply_unassign)
"""Body: `Unassign`. Answers 204; Problem 404 for an unknown rule, or an assignment that is not (any more) of it."""
