"""What leads to publications, as it is stored. The noun itself stands in events: it happens to a customer."""

import msgspec

from patron.db.tables import Table

LIST = "publications"
"""The name under which the total of the unfiltered list is counted."""


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
