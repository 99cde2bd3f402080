"""What is answered of an erasure (spec C 2.5)."""

from typing import Literal

import msgspec

from patron.domains.customers.model import Erasure
from patron.kernel.clock import to_iso


class ErasedCounts(msgspec.Struct, frozen=True):
    """How many rows of each kind went."""

    events: int
    customer_events: int
    daily_events: int
    segments: int
    orders: int
    order_events: int
    customer: int


COUNTERS = ErasedCounts.__struct_fields__


class ErasureOut(msgspec.Struct, frozen=True, kw_only=True):
    """An erasure (spec C 2.5). `related_object_id` is the customer's id; `object` is spelt as the reference does."""

    id: str
    created_at: str
    related_object_id: str
    related_object: Literal["customer"] = "customer"
    status: Literal["DONE"] = "DONE"
    data_json: ErasedCounts
    object: Literal["pernament_deletion"] = "pernament_deletion"

    @classmethod
    def of(cls, erasure: Erasure) -> "ErasureOut":
        """The answer for an erasure that is done."""
        return cls(
            id=erasure.id,
            created_at=to_iso(erasure.created_at),
            related_object_id=erasure.customer_id,
            data_json=msgspec.json.decode(erasure.counts, type=ErasedCounts),
        )
