"""All that is held about one person, as one JSON document (spec C 5.7)."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec

from patron.db.actions import Read, Reply
from patron.db.traces import Mention, Trace
from patron.domains.customers.actions.find import find
from patron.domains.customers.model import DeletedCustomer
from patron.domains.customers.store import DELETED
from patron.domains.customers.wire import CustomerOut
from patron.kernel.clock import to_iso
from patron.kernel.problems import Problem

_encode = msgspec.json.Encoder().encode


async def personal_data(read: Read, project_id: str, reference: str, traces: Sequence[Trace | Mention]) -> Reply:
    """The document of the customer with this id or source_id, or of the deleted one with this id; else Problem 404.

    An object with `object`, `customer` or `deleted_customer`, and an array for each kind of rows about them. It is
    sent as it is read, a chunk of rows at a time.
    """
    head = {"object": "personal_data"}
    try:
        customer, totals = await find(read, project_id, reference)
    except Problem:
        deleted = await read.one(DELETED, project_id=project_id, id=reference)
        if deleted is None:
            raise
        return _document(read, project_id, deleted.id, {**head, "deleted_customer": _as_kept(deleted)}, traces)
    return _document(read, project_id, customer.id, {**head, "customer": CustomerOut.of(customer, totals)}, traces)


def _document(read: Read, project_id: str, customer_id: str, head: Any, traces: Sequence[Trace | Mention]) -> Reply:
    return Reply(200, stream=_pieces(read, project_id, customer_id, head, traces))


async def _pieces(
    read: Read, project_id: str, customer_id: str, head: Any, traces: Sequence[Trace | Mention]
) -> AsyncIterator[bytes]:
    yield _encode(head)[:-1]
    for trace in traces:
        if isinstance(trace, Trace) and trace.told_as is not None:
            yield b',"%b":[' % trace.told_as.encode()
            comma = b""
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
