"""How others tell of a customer: whole, as JSON, or in short (spec C 1.7)."""

from typing import Any, Literal

import msgspec

from patron.domains.customers.model import NO_SOURCE_ID, Customer, CustomerTotals
from patron.domains.customers.wire import CustomerOut

_encode = msgspec.json.encode
_last: tuple[Customer | None, CustomerTotals | None, bytes] = (None, None, b"")


def whole(customer: Customer, totals: CustomerTotals) -> bytes:
    """The whole customer as JSON.

    A write tells of one customer several times: in its answer, in the customer's feed. The very rows that were told
    last are not encoded again.
    """
    global _last  # noqa: PLW0603 - rows never change, so what is remembered of them is always right
    known, its_totals, told = _last
    if known is not customer or its_totals is not totals:
        told = _encode(CustomerOut.of(customer, totals))
        _last = (customer, totals, told)
    return told


class SimpleCustomer(msgspec.Struct, frozen=True):
    """Who it is about: what is not known is null, metadata without keys is empty."""

    id: str
    name: str | None
    email: str | None
    source_id: str | None
    metadata: dict[str, Any]
    object: Literal["customer"]

    @classmethod
    def of(cls, customer: Customer) -> "SimpleCustomer":
        """The short form of a stored customer."""
        metadata: Any = msgspec.Raw((customer.metadata or "{}").encode())
        source_id = None if customer.source_id == NO_SOURCE_ID else customer.source_id
        return cls(customer.id, customer.name, customer.email, source_id, metadata, "customer")
