"""All that is held about one person, as one JSON document (spec C 5.7)."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec

from patron.db.actions import Read, Reply
from patron.db.traces import Mention, Trace
from patron.domains.customers.actions.find import find
from patron.domains.customers.model import DeletedCustomer
from patron.domains.customers.store import DELETED, KEYS_OF, MERGED, MERGED_INTO
from patron.domains.customers.wire import CustomerOut
from patron.kernel.clock import to_iso
from patron.kernel.problems import Problem

_encode = msgspec.json.Encoder().encode


async def personal_data(read: Read, project_id: str, reference: str, traces: Sequence[Trace | Mention]) -> Reply:
    """The document of the customer with this id or source_id, or of the deleted one with this id; else Problem 404.

    An object with `object`, `customer` or `deleted_customer`, `names`, and an array for each kind of rows about them.
    It is sent as it is read, a chunk of rows at a time.
    """
    customer_id, whose = await _whose(read, project_id, reference)
    about = {"project_id": project_id, "customer_id": customer_id}
    merged = await read.all(MERGED_INTO, **about)
    keys = await read.all(KEYS_OF, **about)
    names = {"ids": [customer_id, *(each.id for each in merged)], "source_ids": sorted(key.source_id for key in keys)}
    unmoved = [each.id for each in merged if each.moved_at is None]
    head = {"object": "personal_data", **whose, "names": names}
    return Reply(200, stream=_pieces(read, project_id, [customer_id, *unmoved], head, traces))


async def _whose(read: Read, project_id: str, reference: str) -> tuple[str, dict[str, Any]]:
    """The id of whom the document is about, and what it says of the profile."""
    try:
        customer, totals = await find(read, project_id, reference)
    except Problem:
        merged = await read.one(MERGED, project_id=project_id, id=reference)
        deleted_id = reference if merged is None else merged.into_id
        deleted = await read.one(DELETED, project_id=project_id, id=deleted_id)
        if deleted is None:
            raise
        return deleted.id, {"deleted_customer": _as_kept(deleted)}
    return customer.id, {"customer": CustomerOut.of(customer, totals)}


async def _pieces(
    read: Read, project_id: str, customer_ids: list[str], head: Any, traces: Sequence[Trace | Mention]
) -> AsyncIterator[bytes]:
    yield _encode(head)[:-1]
    for trace in traces:
        if isinstance(trace, Trace) and trace.told_as is not None:
            yield b',"%b":[' % trace.told_as.encode()
            comma = b""
            for customer_id in customer_ids:
                async for entry in trace.told(read, project_id, customer_id):
                    yield comma + _encode(entry)
                    comma = b","
            yield b"]"
    yield b"}"


def _as_kept(deleted: DeletedCustomer) -> dict[str, Any]:
    return {
        "id": deleted.id,
        "source_id": deleted.source_id,
        "deleted_at": to_iso(deleted.deleted_at),
        "profile": msgspec.Raw(deleted.profile.encode()),
        "totals": msgspec.Raw(deleted.totals.encode()),
    }
