"""Looking into the bin, and finding what an entry stands for."""

from collections.abc import Sequence
from typing import cast

from patron.db.actions import Ctx, Read
from patron.db.binned import Deed, Kind
from patron.domains.bin.fields import fields_of
from patron.domains.bin.policy import EARLIEST, LATEST, Position, position_of
from patron.domains.bin.wire import BinEntry, BinQuery, ResourceType
from patron.domains.metadata_schemas import narrowing
from patron.kernel.problems import invalid_query_params, not_found


async def list_entries(
    read: Read, ctx: Ctx, query: BinQuery, kinds: Sequence[Kind]
) -> tuple[list[BinEntry], int, bool]:
    """A page of the bin, how many entries pass the filter in all, and whether there is more.

    Each kind brings its next entries, of which the nearest make the page. Problem 400 for what is no entry's id, or no
    filter.
    """
    down = query.order == "-id"
    deleted_at, last_id = _position(query, down=down)
    where = {"project_id": ctx.project_id, "deleted_at": deleted_at, "id": last_id, "limit": query.limit + 1}
    narrowed = [narrowing(fields_of(kind), query.filters, read.rulebook, ctx.now) for kind in kinds]
    asked = list(zip(kinds, narrowed, strict=True))
    pages = [(only.of(kind.newest if down else kind.oldest), {**where, **only.values}) for kind, only in asked]
    counts = [(only.of(kind.count), {"project_id": ctx.project_id, **only.values}) for kind, only in asked]
    answers = await read.snapshot(*pages, *counts)
    found = [
        (entry, cast("ResourceType", kind.name)) for kind, page in zip(kinds, answers, strict=False) for entry in page
    ]
    found.sort(key=lambda each: (each[0].deleted_at, each[0].id.encode()), reverse=down)
    entries = [BinEntry.of(kind, entry) for entry, kind in found[: query.limit]]
    return entries, sum(n for [n] in answers[len(kinds) :]), len(found) > query.limit


def deed_of(entry: str, kinds: Sequence[Kind]) -> tuple[Kind, Deed]:
    """What kind of thing an entry stands for, and what is to be done with. Problem 404 for what is no entry's id."""
    position = position_of(entry)
    kind = None if position is None else next((kind for kind in kinds if position[1].startswith(kind.prefix)), None)
    if position is None or kind is None:
        raise not_found("bin_entry", entry)
    return kind, Deed(position[1], position[0], entry)


def _position(query: BinQuery, *, down: bool) -> Position:
    if query.starting_after_id is None:
        return LATEST if down else EARLIEST
    position = position_of(query.starting_after_id)
    if position is None:
        raise invalid_query_params("starting_after_id: expected the id of an entry of the bin")
    return position
