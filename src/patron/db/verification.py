"""Verification: every check in every project, and the first difference of each kind."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from patron.db.checks import Check, Difference
from patron.db.inspection import Inspection, Unreadable

FILE = "The database file is whole, and every row that is referred to is there."

Tell = Callable[[str, int, int], None]
"""Called before each check: its rule, its number from 0, and how many checks there are."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that does not hold: of which project, and how the first row that breaks it differs.

    `project_id` is None for the file itself; `what` is a text where not even the row can be read.
    """

    name: str
    rule: str
    project_id: str | None
    what: Difference | str


MadeChecks = Callable[[Inspection, str], Awaitable[Sequence[Check]]]
"""Checks that follow from what a project stores, such as its filters."""


async def verify(
    inspection: Inspection, project_ids: Sequence[str], checks: Sequence[Check], tell: Tell, *made: MadeChecks
) -> list[Finding]:
    """What does not hold, one finding a kind (but each of the file's own faults); nothing is changed."""
    tell(FILE, 0, len(checks) + 1)
    findings = [Finding("file", FILE, None, fault) for fault in await inspection.structure()]
    for n, check in enumerate(checks, 1):
        tell(check.rule, n, len(checks) + 1)
        finding = await _first(inspection, project_ids, check)
        if finding is not None:
            findings.append(finding)
    if not findings:
        findings += [finding for make in made if (finding := await _first_made(inspection, project_ids, make))]
    return findings


async def _first_made(inspection: Inspection, project_ids: Sequence[str], make: MadeChecks) -> Finding | None:
    """What is made of rows that break a rule themselves would say nothing: so these come last, and then alone."""
    for project_id in project_ids:
        for check in await make(inspection, project_id):
            finding = await _first(inspection, [project_id], check)
            if finding is not None:
                return finding
    return None


async def _first(inspection: Inspection, project_ids: Sequence[str], check: Check) -> Finding | None:
    for project_id in project_ids:
        try:
            differences = await inspection.all(check.first, project_id=project_id)
        except Unreadable as fault:
            return Finding(check.name, check.rule, project_id, str(fault))
        if differences:
            return Finding(check.name, check.rule, project_id, differences[0])
    return None
