"""Trying a filter, and what comes of it."""

from typing import Annotated

import msgspec
from msgspec import Meta

from patron.domains.customers.wire import CustomerOut
from patron.domains.segments.wire.segment import Filter


class PreviewIn(msgspec.Struct, frozen=True, kw_only=True):
    """A filter to try."""

    filter: Filter


class PreviewOut(msgspec.Struct, frozen=True, kw_only=True):
    """How many customers pass a filter now, and the newest of them."""

    count: Annotated[int, Meta(ge=0)]
    sample: list[CustomerOut]
