"""Carrying out an import as a job."""

from typing import Any

import msgspec

from patron.db.actions import Action, Read
from patron.domains.async_actions import Writes, carrying_on
from patron.domains.async_actions.model import AsyncAction
from patron.domains.orders.actions.bring import catalogue_of
from patron.domains.orders.actions.import_chunk import IMPORT_CHUNK, Chunk
from patron.domains.orders.wire import OrderIn

_rows = msgspec.json.Decoder(list[tuple[int, OrderIn]]).decode


def _writes_of(read: Read, action: AsyncAction) -> Writes:
    async def write_of(content: str, n: int, _before: int) -> tuple[Action[Any], Any]:
        rows = _rows(content)
        catalogue = await catalogue_of(read, action.project_id, [order for _, order in rows])
        return IMPORT_CHUNK, Chunk(action.id, n, rows, catalogue)

    return write_of


CARRY_ON = carrying_on("orders.import", _writes_of)
"""Carries out an import of orders."""
