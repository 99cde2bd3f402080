"""Looking into the bin, and finding what an entry stands for."""

from collections.abc import Sequence
from typing import cast

from patron.db.actions import Read
from patron.db.binned import Deed, Kind
from patron.domains.bin.policy import EARLIEST, LATEST, Position, position_of
from patron.domains.bin.wire import BinEntry, BinQuery, ResourceType
from patron.kernel.problems import invalid_query_params, not_found


async def list_entries(
    read: Read, project_id: str, query: BinQuery, kinds: Sequence[Kind]
) -> tuple[list[BinEntry], int, bool]:
    """A page of the bin, how many entries pass the filter in all, and whether there is more.

    Each kind brings its next entries, of which the nearest make the page. Problem 400 for what is no entry's id.
    """
    asked = [kind for kind in kinds if _passes(kind.name, query)]
    down = query.order == "-id"
    deleted_at, last_id = _position(query, down=down)
    where = {"project_id": project_id, "deleted_at": deleted_at, "id": last_id, "limit": query.limit + 1}
    pages = [(kind.newest if down else kind.oldest, where) for kind in asked]
    counts = [(kind.count, {"project_id": project_id}) for kind in asked]
    answers = await read.snapshot(*pages, *counts) if asked else []
    found = [
        (entry, cast("ResourceType", kind.name)) for kind, page in zip(asked, answers, strict=False) for entry in page
    ]
    found.sort(key=lambda each: (each[0].deleted_at, each[0].id.encode()), reverse=down)
    entries = [BinEntry.of(kind, entry) for entry, kind in found[: query.limit]]
    return entries, sum(n for [n] in answers[len(asked) :]), len(found) > query.limit


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


def _passes(kind: str, query: BinQuery) -> bool:
    """Whether entries of a kind pass every filter that is given."""
    wanted = (query.is_type, query.in_types)
    unwanted = (query.is_not_type, query.not_in_types)
    return all(not types or kind in types for types in wanted) and not any(kind in types for types in unwanted)
