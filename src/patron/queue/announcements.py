"""Announcements: what an event of a domain sets in motion above it (unit-of-work rule 18)."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from patron.db.actions import Ctx, Wants
from patron.db.announcer import Announcer
from patron.db.rows import Rows
from patron.db.rulebook import Rulebook
from patron.queue.outbox import OUTBOX, OutboxRow


@dataclass(frozen=True, slots=True)
class Reaction:
    """What must be true when the event's cause commits.

    `want` names rows as a pure function of the event and of the rulebook, which may be older than the unit's; `react`
    changes them, in the unit of the cause. Where it finds that rows lack, it says so by `rows.need`.
    """

    event: type
    want: Callable[[Any, Wants, Rulebook], None]
    react: Callable[[Rows, Ctx, Any], None]


class Announcements(Announcer):
    """Runs reactions at once and keeps an event in the outbox where somebody listens to its kind.

    `heard` names the event types that have listeners.
    """

    def __init__(self, reactions: Iterable[Reaction], heard: Iterable[type]) -> None:
        self._reactions: defaultdict[type, list[Reaction]] = defaultdict(list)
        for reaction in reactions:
            self._reactions[reaction.event].append(reaction)
        self._heard = frozenset(heard)

    def want(self, event: Any, wants: Wants, rulebook: Rulebook) -> None:
        """Name the rows of the event's reactions."""
        for reaction in self._reactions.get(type(event), ()):
            reaction.want(event, wants, rulebook)

    def react(self, rows: Rows, ctx: Ctx, event: Any) -> None:
        """Run the event's reactions in the order they were given, then keep it for its listeners."""
        for reaction in self._reactions.get(type(event), ()):
            reaction.react(rows, ctx, event)
        if type(event) in self._heard:
            rows.add(OUTBOX, _outbox_row(rows, ctx, event))


def _outbox_row(rows: Rows, ctx: Ctx, event: Any) -> OutboxRow:
    return OutboxRow(
        project_id=ctx.project_id,
        id=ctx.id("out_", str(rows.announced)),
        kind=type(event).__name__,
        payload=msgspec.json.encode(event).decode(),
        created_at=ctx.now,
        lease_until=0,
        fence=0,
    )
