"""Who names what a lower domain would delete: told by the domain above that keeps the names, and wired by the app."""

from collections.abc import Callable
from dataclasses import dataclass

from patron.db.actions import Wants
from patron.db.rows import Rows


@dataclass(frozen=True, slots=True)
class Naming:
    """Whether something with an id is named by rows of a higher domain, known under the lock of the rulebook.

    `gather` calls `want` with the project and the id, beside `lock_rulebook`; `apply` then asks `namer` the same, whose
    answer is the id of who names it, or None. Whoever adds such a name is held apart: before it, or after the deletion.
    """

    want: Callable[[Wants, str, str], None]
    namer: Callable[[Rows, str, str], str | None]
