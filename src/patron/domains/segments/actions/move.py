"""Bringing a customer into segments whose members are kept, and out of them: the rows of it, and the feed's entries.

Two rows say that somebody is in a segment. The customer's own, one for all segments of a kind, is what a unit locks and
decides by; the segment's is for lists of members. They change together, under the lock of the customer's.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

import msgspec

from patron.db.actions import Ctx, Wants
from patron.db.rows import Rows
from patron.db.tables import Key
from patron.domains.customers import whole
from patron.domains.customers.model import CUSTOMER_TOTALS, Customer
from patron.domains.events import record
from patron.domains.events.model import EFFECT
from patron.domains.segments.actions.standing import ids_of
from patron.domains.segments.model import (
    SEGMENT_MEMBERS,
    SEGMENTS_OF_CUSTOMERS,
    Segment,
    SegmentMember,
    SegmentsOfCustomer,
    Who,
)
from patron.domains.segments.wire.segment import SimpleSegment

ENTERED: Final = "customer.segment.entered"
LEFT: Final = "customer.segment.left"
Told = tuple[Literal["customer.segment.entered", "customer.segment.left"], Segment]
"""What a feed tells of a customer and a segment."""

_encode = msgspec.json.encode


@dataclass(slots=True)
class Moves:
    """What becomes of one customer: which segments it comes into and goes out of, and which of that its feed tells."""

    entered: list[Segment] = field(default_factory=list)
    left: list[Segment] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.entered or self.left or self.told)


def members_lacking(rows: Rows, key: Who, segment_ids: Iterable[str]) -> Wants | None:
    """The rows of a customer in these segments, to be deleted, as far as they are not locked so; None: they are."""
    wants = Wants()
    for segment_id in segment_ids:
        member = _member_key(key, segment_id)
        if not rows.may_remove(SEGMENT_MEMBERS, member):
            wants.lock(SEGMENT_MEMBERS, member, to_delete=True)
    return wants if wants.locks else None


def move(rows: Rows, ctx: Ctx, customer: Customer, kind: str, moves: Moves) -> None:
    """Make these moves of a customer, unless rows lack: then they are named, and the write is made again.

    Who comes in has no row of the segment yet, as the customer's own row says under lock; so only who goes out has to
    be named, and as that is rarely known before, so is everything that the customer is in: one more unit settles all.
    """
    key = (customer.project_id, customer.id)
    row = rows.get(SEGMENTS_OF_CUSTOMERS, (*key, kind)) if rows.knows(SEGMENTS_OF_CUSTOMERS, (*key, kind)) else None
    inside = ids_of(row)
    if members_lacking(rows, key, [each.id for each in moves.left]) is not None:
        rows.need(members_lacking(rows, key, inside) or Wants())
        return
    for segment in moves.entered:
        rows.add(SEGMENT_MEMBERS, SegmentMember(key[0], segment.id, customer.id, customer.created_at, ctx.now))
    for segment in moves.left:
        leave(rows, key, segment.id)
    if moves.entered or moves.left:
        now = (inside | {each.id for each in moves.entered}) - {each.id for each in moves.left}
        keep(rows, key, kind, row, now)
    for told in moves.told:
        _tell(rows, ctx, customer, told)


def leave(rows: Rows, key: Who, segment_id: str) -> None:
    """Delete a customer's row in a segment, which is locked for that."""
    member = rows.get(SEGMENT_MEMBERS, _member_key(key, segment_id))
    if member is not None:
        rows.remove(SEGMENT_MEMBERS, member)


def keep(rows: Rows, key: Who, kind: str, before: SegmentsOfCustomer | None, segments: Collection[str]) -> None:
    """Store which segments of a kind a customer is in now."""
    project_id, customer_id = key
    after = SegmentsOfCustomer(project_id, customer_id, kind, _encode(sorted(segments)).decode())
    (rows.add if before is None else rows.put)(SEGMENTS_OF_CUSTOMERS, after)


def _member_key(key: Who, segment_id: str) -> Key:
    return (key[0], segment_id, key[1])


def _tell(rows: Rows, ctx: Ctx, customer: Customer, told: Told) -> None:
    what, segment = told
    totals = rows.get(CUSTOMER_TOTALS, (customer.project_id, customer.id))
    assert totals is not None
    data = b'{"customer":%b,"segment":%b}' % (whole(customer, totals), _encode(SimpleSegment.of(segment)))
    record(rows, ctx, customer.id, what, EFFECT, data)
