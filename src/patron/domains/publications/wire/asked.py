"""What is asked of publications (spec I 2.4)."""

from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.customers.wire import CustomerIn, SourceId
from patron.domains.events.wire.event import PageCustomerIn
from patron.http.filters import Filters
from patron.http.listing import Paging
from patron.kernel.json_bounds import check_metadata

MOST = 50
LAST_PAGE = 1_000

Name = Annotated[str, Meta(min_length=1, max_length=255)]
Channel = Annotated[str, Meta(min_length=1, max_length=255)]
JoinOnce = Annotated[bool, Meta(description="Give a customer who has a code of the campaign that very code again.")]
Count = Annotated[int, Meta(ge=1, le=MOST)]


class CampaignChoice(msgspec.Struct, frozen=True, kw_only=True):
    """The campaign, by its name or id, whose codes are asked for, and how many of them: 1 if not said."""

    name: Name
    count: Count | None | UnsetType = UNSET


class PublicationIn(msgspec.Struct, frozen=True, kw_only=True):
    """A code for a customer, who is created or updated as by `POST /v1/customers`.

    Either `voucher`, a code or an id, or `campaign`; the name alone may stand for the whole campaign. With both, it is
    the voucher of that campaign.
    """

    customer: CustomerIn
    voucher: Name | None | UnsetType = UNSET
    campaign: CampaignChoice | Name | None | UnsetType = UNSET
    source_id: SourceId | None | UnsetType = UNSET
    channel: Channel | None | UnsetType = UNSET
    metadata: dict[str, Any] | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        if isinstance(self.metadata, dict):
            check_metadata(self.metadata)


class PagePublicationIn(PublicationIn, frozen=True, kw_only=True):
    """A code for the visitor of a page."""

    customer: PageCustomerIn


class PublishQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The query of a publication."""

    join_once: JoinOnce = False


class PagePublishQuery(PublishQuery, frozen=True, kw_only=True):
    """The query of a page's publication."""

    campaign: Annotated[Name | None, Meta(description="The campaign's name or id, where the body names none.")] = None


class PublicationByQuery(PublicationIn, frozen=True, kw_only=True):
    """A publication that a query asks for. Parts of an object stand in brackets: `customer[source_id]`."""

    join_once: JoinOnce = False


Order = Literal[
    "id",
    "-id",
    "created_at",
    "-created_at",
    "voucher_code",
    "-voucher_code",
    "tracking_id",
    "-tracking_id",
    "customer_id",
    "-customer_id",
    "channel",
    "-channel",
]
VoucherType = Literal["discount", "gift", "loyalty", "DISCOUNT", "GIFT", "LOYALTY_CARD"]


class PublicationsQuery(Paging, frozen=True, kw_only=True):
    """The query of the list. Filters hold together, and are exact."""

    last_page: ClassVar[int] = LAST_PAGE

    page: Annotated[int, Meta(ge=1, description="Which page, from 1.", extra_json_schema={"maximum": LAST_PAGE})] = 1
    customer: Annotated[str | None, Meta(description="Of the customer with this id or source_id.")] = None
    voucher: Annotated[str | None, Meta(description="Of the voucher with this code.")] = None
    campaign: Annotated[str | None, Meta(description="Of the campaign with this name.")] = None
    result: Literal["SUCCESS", "FAILURE"] | None = None
    voucher_type: VoucherType | None = None
    is_referral_code: Annotated[
        bool | None, Meta(description="Of discount codes that are referral codes, or that are none.")
    ] = None
    source_id: Annotated[str | None, Meta(description="With this source_id.")] = None
    filters: Filters = None
    order: Order = "-created_at"
