"""What a unit tells of: reactions that belong to it, and the outbox for those who listen later."""

from typing import TYPE_CHECKING, Any

from patron.db.actions import Ctx, Wants
from patron.db.rulebook import Rulebook

if TYPE_CHECKING:
    from patron.db.rows import Rows


class Announcer:
    """What an announced event sets in motion. `react` runs reactions in the unit; `keep` adds the outbox's row."""

    def want(self, event: Any, wants: Wants, rulebook: Rulebook) -> None:
        """Name the rows of the event's reactions."""

    def react(self, rows: "Rows", ctx: Ctx, event: Any) -> None:
        """Run the event's reactions, and keep it for its listeners."""
