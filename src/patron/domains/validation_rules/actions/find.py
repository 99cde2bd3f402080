"""Finding rules, their versions and their assignments."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from patron.db.actions import Read
from patron.domains.validation_rules.model import RuleAssignment, RuleVersion, ValidationRule, VoucherRule
from patron.domains.validation_rules.store import (
    ASSIGNED,
    ASSIGNED_VOUCHER,
    BY_ID,
    LIVE,
    OF_VOUCHERS,
    OTHERS_UNDER,
    VERSION,
    VERSIONS,
    VOUCHERS_UNDER,
    counts_of,
    other_page,
    voucher_page,
)
from patron.domains.validation_rules.wire.told import AssignmentsQuery, RulesQuery
from patron.http.queries import moment_of
from patron.kernel.problems import Problem, not_found

KIND = "validation_rules"
ASSIGNMENT = "validation_rules_assignment"
MOST_VERSIONS = 100


@dataclass(frozen=True, slots=True)
class Counted:
    """A rule, and to how many objects it is assigned."""

    rule: ValidationRule
    assignments: int


async def find(read: Read, project_id: str, rule_id: str) -> ValidationRule:
    """The rule with this id. Problem 404."""
    rule = await read.one(BY_ID, project_id=project_id, id=rule_id)
    if rule is None:
        raise unknown(rule_id)
    return rule


async def with_counts(read: Read, project_id: str, rules: Sequence[ValidationRule]) -> list[Counted]:
    """These rules, each with the number of its assignments."""
    ids = msgspec.json.encode([rule.id for rule in rules]).decode()
    counts: dict[str, int] = {}
    for statement in (VOUCHERS_UNDER, OTHERS_UNDER):
        for rule_id, n in await read.scan(statement, project_id=project_id, rule_ids=ids):
            counts[rule_id] = counts.get(rule_id, 0) + n
    return [Counted(rule, counts.get(rule.id, 0)) for rule in rules]


async def list_rules(read: Read, project_id: str, query: RulesQuery) -> tuple[list[Counted], int]:
    """The page that a query asks for, and how many rules pass it in all."""
    rules = await read.all(LIVE, project_id=project_id)
    if query.start_date is not None:
        start = moment_of("start_date", query.start_date)
        rules = [rule for rule in rules if rule.created_at >= start]
    if query.end_date is not None:
        end = moment_of("end_date", query.end_date)
        rules = [rule for rule in rules if rule.created_at <= end]
    field = query.order.removeprefix("-")
    empty: object = "" if field == "name" else 0
    rules.sort(key=lambda each: (getattr(each, field) or empty, each.id), reverse=query.order.startswith("-"))
    first = (query.page - 1) * query.limit
    return await with_counts(read, project_id, rules[first : first + query.limit]), len(rules)


async def list_versions(read: Read, project_id: str, rule_id: str) -> list[RuleVersion]:
    """The newest versions of a rule, also of one that was deleted. Problem 404 for one that never was."""
    versions = await read.all(VERSIONS, project_id=project_id, rule_id=rule_id, limit=MOST_VERSIONS)
    if not versions:
        raise unknown(rule_id)
    return versions


async def find_version(read: Read, project_id: str, rule_id: str, n: str) -> RuleVersion:
    """One version of a rule, by its number. Problem 404."""
    number = int(n) if n.isascii() and n.isdigit() and len(n) < 10 else 0
    version = await read.one(VERSION, project_id=project_id, rule_id=rule_id, n=number)
    if version is None:
        raise not_found("validation_rules_version", f"{rule_id}/{n}")
    return version


Assignment = RuleAssignment | VoucherRule


async def list_assignments(
    read: Read, project_id: str, query: AssignmentsQuery, *, rule_id: str | None, object_id: str | None
) -> tuple[list[Assignment], int]:
    """The page that a query asks for, of a rule's assignments or an object's, and how many there are in all."""
    asked = {"rule": ("rule_id", rule_id), "object": ("object_id", object_id)}
    filters = tuple(name for name, (_, value) in asked.items() if value is not None)
    where = {name: value for name, value in asked.values() if value is not None}
    first = (query.page - 1) * query.limit
    down = query.order == "-created_at"
    bound = {"project_id": project_id, "limit": first + query.limit, **where}
    pages = await read.snapshot(
        (voucher_page(filters, down=down), bound),
        (other_page(filters, down=down), bound),
        (counts_of(filters), {"project_id": project_id, **where}),
    )
    found: list[Assignment] = sorted([*pages[0], *pages[1]], key=lambda each: each.id, reverse=down)
    return found[first : first + query.limit], pages[2][0]


async def of_vouchers(read: Read, project_id: str, codes: Sequence[str]) -> dict[str, VoucherRule]:
    """The assignments of the vouchers with these codes, by code; of those that have a rule of their own."""
    texts = msgspec.json.encode(codes).decode()
    return {each.code: each for each in await read.all(OF_VOUCHERS, project_id=project_id, codes=texts)}


async def find_assignment(read: Read, project_id: str, rule_id: str, assignment_id: str) -> Assignment:
    """The assignment with this id, which is of this rule. Problem 404."""
    await find(read, project_id, rule_id)
    where = {"project_id": project_id, "id": assignment_id}
    of_voucher, other = await read.one(ASSIGNED_VOUCHER, **where), await read.one(ASSIGNED, **where)
    found: Assignment | None = of_voucher or other
    if found is None or found.rule_id != rule_id:
        raise unknown_assignment(assignment_id)
    return found


def unknown(rule_id: str) -> Problem:
    """404 in the reference's words."""
    return not_found(KIND, rule_id)


def unknown_assignment(assignment_id: str) -> Problem:
    """404 in the reference's words."""
    return not_found(ASSIGNMENT, assignment_id)
