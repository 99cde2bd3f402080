"""How reports and results tell of a row: cells that a spreadsheet shows as text, texts of a bounded length."""

import re

from patron.domains.async_actions.policy import IMPORTED, is_by_code
from patron.domains.async_actions.wire import FailedRow
from patron.kernel.problems import Problem

LONGEST_TOLD = 1_000
"""Characters of a text in a report, or in the result: of what a row says, or of why it failed."""
_FORMULA = re.compile(r"[=+\-@\t\r]")
_QUOTED = re.compile(r'[",\r\n]')


def cut(text: str) -> str:
    """The text, or its beginning where it is longer than is told."""
    return text if len(text) <= LONGEST_TOLD else f"{text[: LONGEST_TOLD - 2]} …"


def cell(text: str) -> str:
    """A cell of a CSV line, of a text that is cut; what looks like a formula gets an apostrophe in front."""
    text = cut(text)
    if _FORMULA.match(text):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def failed_line(row: int, source_id: str, problem: Problem) -> str:
    """The report's line of a row that failed, by `REPORT_HEADER`."""
    return f"{row},{cell(source_id)},,,false,{problem.key},{cell(problem.details)},\r\n"


def done_line(row: int, name: str, its_id: str, *, found: bool) -> str:
    """The report's line of a row that was carried out."""
    return f"{row},{cell(name)},{its_id},{'true' if found else 'false'},true,,,\r\n"


def failure(kind: str, row: int, name: str, problem: Problem) -> FailedRow:
    """The entry that the result of an action of this type has of a row (spec C 2.6, 2.7, I 0.4).

    Of an import it says the reason, of bulk work what a refusal would.
    """
    who = {"code" if is_by_code(kind) else "source_id": cut(name)}
    if kind in IMPORTED:
        return FailedRow(row=row, reason=cut(problem.details), **who)
    return FailedRow(row=row, key=problem.key, message=problem.message, details=cut(problem.details), **who)


def failed_in_file(row: int, source_id: str, problem: Problem) -> FailedRow:
    """The entry that the result of an import has of a row: with its reason (spec C 2.6, I 0.4)."""
    return FailedRow(source_id=cut(source_id), row=row, reason=cut(problem.details))
