"""The campaign that a voucher is of. It stands here, below the domain of campaigns, because vouchers tell its name,
move its counts and are created in it; what can be done with a campaign itself stands there.

A campaign is content of the rulebook, so no count is in it: `CampaignTotals` and `CampaignDay` move with vouchers.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from patron.db.rulebook import Part, Rulebook
from patron.db.tables import Json, Partial, Table
from patron.domains.categories import Categories

DISCOUNT_COUPONS: Final = "DISCOUNT_COUPONS"
GIFT_VOUCHERS: Final = "GIFT_VOUCHERS"
PROMOTION: Final = "PROMOTION"
"""What a campaign is of: coupons, gift cards, or tiers that need no code."""

AUTO_UPDATE: Final = "AUTO_UPDATE"
STATIC: Final = "STATIC"
STANDALONE: Final = "STANDALONE"
"""Whether it makes codes when the ones that it has are given away, has those that were made, or has one for all."""

DAY_MS = 86_400_000


class Campaign(msgspec.Struct, frozen=True):
    """Codes that are made by one template (spec I 2.1). Times are epoch ms; `updated_at` is 0 until the first change.

    `campaign_type` says what its vouchers are, `type` where their codes come from; both are fixed, but for a change
    between `AUTO_UPDATE` and `STATIC`. The template: `discount` (JSON as it is told) or `gift_amount` (minor units)
    with `gift_effect`; `quantity`; `code_config`, a JSON object that names `length`, `charset`, `prefix`, `pattern`
    and `postfix`; `category` and `category_id`, `start_at`, `expires_at`, `validity` and `metadata`, which vouchers
    take over as they are made. `lifetime` is an ISO 8601 duration from the publication of a code to its end. `schema`
    names the metadata schema that holds for it and its vouchers. `active`, `join_once`, `auto_join`, `protected` and
    `in_bin` are 0 or 1; one that is deleted and not in the bin is gone for good, and its row tells nothing any more.
    """

    project_id: str
    id: str
    name: str
    campaign_type: str
    type: str
    description: str | None
    category: str | None
    discount: Json | None
    gift_amount: int | None
    gift_effect: str | None
    quantity: int | None
    code_config: Json
    start_at: int | None
    expires_at: int | None
    validity: Json | None
    lifetime: str | None
    metadata: Json
    schema: str
    active: int
    join_once: int
    auto_join: int
    protected: int
    in_bin: int
    created_at: int
    updated_at: int
    deleted_at: int | None
    version: int
    category_id: str | None = None


class CampaignName(msgspec.Struct, frozen=True):
    """Which campaign has this name; one in the bin keeps it. Empty while the write that takes it is under way."""

    project_id: str
    name: str
    campaign_id: str


class CampaignTotals(msgspec.Struct, frozen=True):
    """How many vouchers a campaign has, and what goes on with them.

    `generating` and `updating` count the async actions under way, `failed` is 1 after one that made fewer codes than it
    was to make, until the next is begun. `deleting` is 1 from the campaign's deletion until its last voucher is gone.
    """

    project_id: str
    campaign_id: str
    vouchers_count: int = 0
    generating: int = 0
    updating: int = 0
    failed: int = 0
    deleting: int = 0


class CampaignDay(msgspec.Struct, frozen=True):
    """What happened in a campaign on one day (of UTC, as days since 1970), for its summary; amounts in minor units.

    `amount_created` is what cards began with, or came back with from the bin, `amount_deleted` what was left on cards
    that were deleted.
    """

    project_id: str
    campaign_id: str
    day: int
    vouchers_created: int = 0
    vouchers_deleted: int = 0
    amount_created: int = 0
    amount_added: int = 0
    amount_subtracted: int = 0
    amount_deleted: int = 0


_LIVE = "deleted_at IS NULL"
CAMPAIGNS = Table(
    Campaign,
    "campaigns",
    rank=720,
    indexes={"version": ("project_id", "version")},
    partial={
        "live": Partial(("project_id", "id"), _LIVE),
        "updated": Partial(("project_id", "updated_at", "id"), _LIVE),
        "bin": Partial(("project_id", "deleted_at", "id"), "in_bin = 1"),
    },
)
CAMPAIGN_NAMES = Table(CampaignName, "campaign_names", rank=721, key=("project_id", "name"))
CAMPAIGN_TOTALS = Table(CampaignTotals, "campaign_totals", rank=722, key=("project_id", "campaign_id"))
CAMPAIGN_DAYS = Table(CampaignDay, "campaign_days", rank=724, key=("project_id", "campaign_id", "day"))

PARTS = (Part(CAMPAIGNS),)
"""What of this every process holds in its rulebooks."""


class Campaigns:
    """The campaigns of one rulebook, by id and by name; and its categories, which stand beside them in answers."""

    def __init__(self, rulebook: Rulebook) -> None:
        campaigns = rulebook.rows(CAMPAIGNS).values()
        self.categories = Categories.of(rulebook)
        self._by_id: Mapping[str, Campaign] = {campaign.id: campaign for campaign in campaigns}
        self._by_name: Mapping[str, Campaign] = {campaign.name: campaign for campaign in campaigns}

    @classmethod
    def of(cls, rulebook: Rulebook) -> "Campaigns":
        """The campaigns of this rulebook; made once for it."""
        return rulebook.derived(cls)

    def find(self, reference: str) -> Campaign | None:
        """The campaign with this id or name; an id wins."""
        return self._by_id.get(reference) or self._by_name.get(reference)

    def of_type(self, kind: str) -> list[Campaign]:
        """The campaigns of this `type`."""
        return [campaign for campaign in self._by_id.values() if campaign.type == kind]

    def name_of(self, campaign_id: str | None) -> str | None:
        """The name of the campaign with this id; None where there is none, or none any more."""
        campaign = None if campaign_id is None else self._by_id.get(campaign_id)
        return None if campaign is None else campaign.name


def day_of(moment: int) -> int:
    """The day of a moment (epoch ms)."""
    return moment // DAY_MS
