"""What requests for bulk work send (spec C 2.6, 2.7)."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from patron.domains.customers.wire import CustomerPatch, SourceId
from patron.kernel.json_bounds import check_metadata
from patron.kernel.problems import not_enough_source_ids


class CustomerInBulk(CustomerPatch, frozen=True, kw_only=True):
    """A customer by its source_id, and what is to change of it; one that is missing is created."""

    source_id: SourceId


class CustomersMetadataIn(msgspec.Struct, frozen=True, kw_only=True):
    """Metadata that is merged into that of every customer named; one that is missing is created."""

    source_ids: list[SourceId]
    metadata: dict[str, Any]

    def __post_init__(self) -> None:
        if not self.source_ids:
            raise not_enough_source_ids("source_ids: expected at least one")
        check_metadata(self.metadata)


class ImportQuery(msgspec.Struct, frozen=True, kw_only=True):
    """How a file is imported."""

    mode: Annotated[
        Literal["overwrite", "merge"],
        Meta(
            description="overwrite: a row is the whole profile, and what it does not say is cleared. "
            "merge: a row changes what it says."
        ),
    ] = "overwrite"
    dry_run: Annotated[bool, Meta(description="Change nothing; the report tells what would be.")] = False
