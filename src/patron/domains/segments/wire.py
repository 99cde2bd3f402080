"""What is sent and answered of segments (spec C 3)."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from patron.domains.customers.wire import CustomerOut

Filter = Annotated[
    dict[str, Any],
    Meta(
        description="`junction` (and, or), by field (`metadata.x`) `{conditions: {operator: values}}`, and groups of "
        "these: `$and`, `$or`, `$not`."
    ),
]


class PreviewIn(msgspec.Struct, frozen=True, kw_only=True):
    """A filter to try."""

    filter: Filter


class PreviewOut(msgspec.Struct, frozen=True, kw_only=True):
    """How many customers pass a filter now, and the newest of them."""

    count: Annotated[int, Meta(ge=0)]
    sample: list[CustomerOut]
