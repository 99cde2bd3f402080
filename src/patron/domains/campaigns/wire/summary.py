"""The summary of a campaign (spec I 2.2): what happened to its vouchers, in numbers, amounts in minor units."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from patron.domains.campaigns.wire.told import CampaignOut
from patron.domains.vouchers import GIFT_VOUCHERS


class CampaignSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What happened in a campaign.

    Of coupons, it tells what was discounted; of gift cards, `created_vouchers_amount`, what they began with, and what
    moved their balances since: `amount_deleted` is what was left on cards that were deleted.
    """

    object: Literal["campaign_summary"] = "campaign_summary"
    campaign: CampaignOut
    redemptions: int = 0
    redemptions_succeeded: int = 0
    redemptions_failed: int = 0
    rollbacks: int = 0
    rollbacks_succeeded: int = 0
    rollbacks_failed: int = 0
    validations: int = 0
    validations_succeeded: int = 0
    validations_failed: int = 0
    orders_amount: int = 0
    orders_rolledback_amount: int = 0
    vouchers_created: int
    vouchers_deleted: int
    publications: int
    publications_succeeded: int
    publications_failed: int
    discounted_amount: int | UnsetType = UNSET
    rolledback_discounted_amount: int | UnsetType = UNSET
    created_vouchers_amount: int | UnsetType = UNSET
    amount_added: int | UnsetType = UNSET
    amount_deleted: int | UnsetType = UNSET
    amount_redeemed: int | UnsetType = UNSET
    amount_rolledback: int | UnsetType = UNSET
    amount_subtracted: int | UnsetType = UNSET

    @classmethod
    def of(cls, campaign: CampaignOut, sums: Mapping[str, int], published: tuple[int, int]) -> "CampaignSummary":
        """The answer for a campaign, the sums of its days by name, and its publications that succeeded and failed."""
        if campaign.campaign_type != GIFT_VOUCHERS:
            amounts: dict[str, Any] = {"discounted_amount": 0, "rolledback_discounted_amount": 0}
        else:
            amounts = {
                "created_vouchers_amount": sums["amount_created"],
                "amount_added": sums["amount_added"],
                "amount_deleted": sums["amount_deleted"],
                "amount_redeemed": 0,
                "amount_rolledback": 0,
                "amount_subtracted": sums["amount_subtracted"],
            }
        return cls(
            campaign=campaign,
            vouchers_created=sums["vouchers_created"],
            vouchers_deleted=sums["vouchers_deleted"],
            publications=sum(published),
            publications_succeeded=published[0],
            publications_failed=published[1],
            **amounts,
        )
