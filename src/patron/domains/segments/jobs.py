"""What customers and locations announce, as it moves customers into segments and out; and the background work."""

from typing import Any

from patron.db.actions import Ctx, Wants
from patron.db.rows import Rows
from patron.db.rulebook import Rulebook
from patron.domains.customers.model import (
    CustomerCreated,
    CustomerDeleted,
    CustomerImported,
    CustomerMerged,
    CustomerTotalsMoved,
    CustomerUpdated,
)
from patron.domains.events.model import CustomEventTracked, EntryRecorded
from patron.domains.locations.model import LocationMoved
from patron.domains.segments.actions.clear import CLEARING
from patron.domains.segments.actions.compare import FILL, SWEEPING, fill_naming
from patron.domains.segments.actions.follow import (
    follow_at_end,
    follow_merged,
    follow_new,
    follow_recorded,
    go,
    want_follow,
    want_gone,
    want_merged,
    want_recorded,
)
from patron.domains.segments.actions.list_in import LIST_REST
from patron.domains.segments.model import Who
from patron.queue.announcements import Reaction
from patron.queue.jobs import Task
from patron.queue.schedule import Scheduled


def _key(event: Any) -> Who:
    return (event.project_id, event.customer_id if isinstance(event, CustomEventTracked) else event.id)


def _want_changed(event: Any, wants: Wants, rulebook: Rulebook) -> None:
    want_follow(wants, rulebook, _key(event))


def _changed(rows: Rows, ctx: Ctx, event: Any) -> None:
    follow_at_end(rows, ctx, _key(event))


def _want_recorded(event: EntryRecorded, wants: Wants, rulebook: Rulebook) -> None:
    want_recorded(wants, rulebook, event)


def _want_nothing(_event: Any, _wants: Wants, _rulebook: Rulebook) -> None:
    """The rows of a customer who was not there are the unit's own, and so are jobs."""


def _created(rows: Rows, ctx: Ctx, event: CustomerCreated) -> None:
    follow_new(rows, ctx, _key(event))


def _want_merged(event: CustomerMerged, wants: Wants, rulebook: Rulebook) -> None:
    want_merged(wants, rulebook, _key(event), event.source)


def _merged(rows: Rows, ctx: Ctx, event: CustomerMerged) -> None:
    follow_merged(rows, ctx, _key(event))


def _want_deleted(event: CustomerDeleted, wants: Wants, rulebook: Rulebook) -> None:
    want_gone(wants, rulebook, _key(event))


def _deleted(rows: Rows, _ctx: Ctx, event: CustomerDeleted) -> None:
    go(rows, _key(event))


def _moved(rows: Rows, ctx: Ctx, event: LocationMoved) -> None:
    fill_naming(rows, ctx, event.id)


REACTIONS = (
    Reaction(CustomerCreated, _want_nothing, _created),
    Reaction(CustomerUpdated, _want_changed, _changed),
    Reaction(CustomerImported, _want_changed, _changed),
    Reaction(CustomerTotalsMoved, _want_changed, _changed),
    Reaction(CustomEventTracked, _want_changed, _changed),
    Reaction(EntryRecorded, _want_recorded, follow_recorded),
    Reaction(CustomerMerged, _want_merged, _merged),
    Reaction(CustomerDeleted, _want_deleted, _deleted),
    Reaction(LocationMoved, _want_nothing, _moved),
)
"""Who is in active segments is true when whatever changes a customer commits."""

TASKS: tuple[Task[Any], ...] = (FILL, LIST_REST, CLEARING)

SCHEDULES = (Scheduled("segments.sweep", "1,16,31,46 * * * *", "UTC", SWEEPING),)
"""Midnight comes to every zone at a quarter of an hour."""
