"""The operations of the bin."""

from collections.abc import Sequence

from msgspec import UNSET

from patron.db.actions import Reply
from patron.db.binned import Kind
from patron.domains.bin.actions import deed_of, list_entries
from patron.domains.bin.wire import BinEntryList, BinQuery
from patron.http.routes import Call, Route

_PATH = "/v1/trash-bin"


def bin_routes(kinds: Sequence[Kind]) -> tuple[Route, ...]:
    """The operations over these kinds of deleted rows."""

    async def index(call: Call[None, BinQuery]) -> Reply:
        data, total, more = await list_entries(call.read, call.ctx, call.query, kinds)
        last = data[-1].id if more else UNSET
        return call.json(BinEntryList(data=data, total=total, has_more=more, more_starting_after=last))

    async def purge(call: Call[None, None]) -> Reply:
        kind, deed = deed_of(call.params["binEntryId"], kinds)
        return await call.write(kind.purge, deed)

    async def restore(call: Call[None, None]) -> Reply:
        kind, deed = deed_of(call.params["binEntryId"], kinds)
        return await call.write(kind.restore, deed)

    return (
        Route(
            "GET",
            _PATH,
            index,
            summary="List what is in the bin",
            tag="Bin",
            query=BinQuery,
            answers={200: BinEntryList},
        ),
        Route(
            "DELETE",
            f"{_PATH}/{{binEntryId}}",
            purge,
            summary="Delete what is in the bin for good",
            tag="Bin",
            answers={204: None},
        ),
        Route(
            "POST",
            f"{_PATH}/{{binEntryId}}/restore",
            restore,
            summary="Restore what is in the bin",
            tag="Bin",
            answers={204: None},
            problems=(409,),
        ),
    )
