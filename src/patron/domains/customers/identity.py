"""What is sent about who a customer is."""

from typing import Annotated

import msgspec
from msgspec import Meta

from patron.domains.customers.wire import SourceId


class MergeIn(msgspec.Struct, frozen=True, kw_only=True):
    """Who ends: the customer with this id or source_id becomes one with the one that the path names."""

    source: Annotated[str, Meta(min_length=1, max_length=255)]


class SourceIdIn(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's new source_id."""

    source_id: SourceId
