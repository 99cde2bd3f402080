"""Publications as they are stored, and what leads to them."""

from typing import Final, Literal

import msgspec

from patron.db.tables import Json, Partial, Table

PREFIX = "pub_"
LIST = "publications"
"""The name under which the total of the unfiltered list is counted."""

SUCCESS: Final = "SUCCESS"
FAILURE: Final = "FAILURE"
Result = Literal["SUCCESS", "FAILURE"]

NO_SOURCE_ID = ""
NO_CODE = ""


class Publication(msgspec.Struct, frozen=True):
    """That somebody was given codes, or why not; it is written once. `created_at` is epoch ms.

    The id begins with the time. `tracking_id` is the source_id that the customer had, `NO_SOURCE_ID` for none; `code`
    is the first code, `NO_CODE` for none: lists may be ordered by them. `codes` is a JSON array where the publication
    is of several; `voucher_ids` is a JSON array of all. `voucher_type` is None where no voucher was found.
    `campaign_id` and `campaign` (its name) tell whose the codes were, or were to be. Of one that failed, `failure_code`
    is the key of the refusal and `failure_message` says it.
    """

    project_id: str
    id: str
    customer_id: str
    tracking_id: str
    source_id: str | None
    channel: str
    metadata: Json
    campaign_id: str | None
    campaign: str | None
    voucher_type: str | None
    code: str
    codes: Json | None
    voucher_ids: Json
    result: str
    failure_code: str | None
    failure_message: str | None
    created_at: int


class PublicationKey(msgspec.Struct, frozen=True):
    """What a source_id was used for. One without a publication is being taken by the unit that made it.

    `asked` is the code or the campaign's name that was asked for, `code` what was given. The customer stands here too,
    since the key goes with them.
    """

    project_id: str
    source_id: str
    publication_id: str | None
    customer_id: str | None
    asked: str
    code: str


class PublicationVoucher(msgspec.Struct, frozen=True):
    """That a publication gave a code away (`given` 1), or was refused it (0).

    It names no customer and stays when the publication goes with its customer: the code was given away all the same.
    """

    project_id: str
    code: str
    publication_id: str
    voucher_id: str
    given: int


class Membership(msgspec.Struct, frozen=True):
    """The code that a customer has of a campaign, and the publication that gave it: the first, where there are several.

    Where that voucher is deleted, the next publication takes its place.
    """

    project_id: str
    customer_id: str
    campaign_id: str
    publication_id: str
    code: str
    voucher_id: str


PUBLICATIONS = Table(
    Publication,
    "publications",
    rank=780,
    indexes={
        "customer": ("project_id", "customer_id", "id"),
        "tracking": ("project_id", "tracking_id", "id"),
        "code": ("project_id", "code", "id"),
        "channel": ("project_id", "channel", "id"),
        "type": ("project_id", "voucher_type", "id"),
    },
    partial={
        "campaign": Partial(("project_id", "campaign", "id"), "campaign IS NOT NULL"),
        "source": Partial(("project_id", "source_id", "id"), "source_id IS NOT NULL"),
        "failed": Partial(("project_id", "id"), "result = 'FAILURE'"),
    },
)
PUBLICATION_KEYS = Table(
    PublicationKey,
    "publication_keys",
    rank=782,
    key=("project_id", "source_id"),
    indexes={"customer": ("project_id", "customer_id", "source_id")},
)
PUBLICATION_VOUCHERS = Table(
    PublicationVoucher,
    "publication_vouchers",
    rank=784,
    key=("project_id", "code", "publication_id"),
)
MEMBERSHIPS = Table(Membership, "memberships", rank=786, key=("project_id", "customer_id", "campaign_id"))
