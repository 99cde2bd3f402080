"""What is asked of vouchers: the queries of their lists, and of a deletion (spec I 1.5)."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from patron.domains.customers.wire import Moment
from patron.http.filters import Filters
from patron.http.listing import Paging

Order = Literal["created_at", "-created_at", "updated_at", "-updated_at", "code", "-code"]
MOST_IDS = 100


class VouchersQuery(Paging, frozen=True, kw_only=True):
    """The query of the list. Filters hold together; those on text are exact."""

    category: Annotated[str | None, Meta(description="Vouchers of exactly this category.")] = None
    campaign_id: Annotated[str | None, Meta(description="Vouchers of the campaign with this id.")] = None
    campaign: Annotated[str | None, Meta(description="Vouchers of the campaign with this name.")] = None
    customer: Annotated[str | None, Meta(description="Vouchers that the customer with this id or source_id holds.")] = (
        None
    )
    code: Annotated[str | None, Meta(description="The voucher with exactly this code.")] = None
    ids: Annotated[
        Annotated[list[str], Meta(max_length=MOST_IDS)] | None,
        Meta(description="Vouchers with these ids, up to 100: the parameter repeated, or commas between them."),
    ] = None
    created_before: Moment | None = msgspec.field(default=None, name="created_at[before]")
    created_after: Moment | None = msgspec.field(default=None, name="created_at[after]")
    updated_before: Moment | None = msgspec.field(default=None, name="updated_at[before]")
    updated_after: Moment | None = msgspec.field(default=None, name="updated_at[after]")
    filters: Filters = None
    order: Order = "-created_at"


class DeleteQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Where a deletion puts a voucher: nowhere with `force`, else into the bin."""

    force: Annotated[bool, Meta(description="Delete for good, with all that is kept of it.")] = False


class TransactionsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The query of the transactions of a voucher, or of a campaign's vouchers."""

    filters: Filters = None
    limit: Annotated[int, Meta(ge=1, le=100, description="How many entries a page has at most.")] = 10
    order: Literal["id", "-id"] = "-id"
    starting_after_id: Annotated[
        str | None, Meta(description="Goes on after the transaction with this id, in the direction of `order`.")
    ] = None
