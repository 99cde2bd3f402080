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
    moved their balances since: `amount_deleted` is what was left on cards that were deleted. A validation leaves
    nothing that could be counted.
    """

    object: Literal["campaign_summary"] = "campaign_summary"
    campaign: CampaignOut
    redemptions: int
    redemptions_succeeded: int
    redemptions_failed: int
    rollbacks: int
    rollbacks_succeeded: int
    rollbacks_failed: int
    validations: int = 0
    validations_succeeded: int = 0
    validations_failed: int = 0
    orders_amount: int
    orders_rolledback_amount: int
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
    def of(cls, campaign: CampaignOut, sums: Mapping[str, int]) -> "CampaignSummary":
        """The answer for a campaign, and what happened in it by name."""
        amounts: dict[str, Any] = {}
        for what in _COUNTED:
            amounts |= _outcomes(sums, what)
        if campaign.campaign_type != GIFT_VOUCHERS:
            amounts |= {
                "discounted_amount": sums["discounted_amount"],
                "rolledback_discounted_amount": sums["rolledback_discounted_amount"],
            }
        else:
            amounts |= {
                "created_vouchers_amount": sums["amount_created"],
                "amount_added": sums["amount_added"],
                "amount_deleted": sums["amount_deleted"],
                "amount_redeemed": sums["amount_redeemed"],
                "amount_rolledback": sums["amount_rolledback"],
                "amount_subtracted": sums["amount_subtracted"],
            }
        return cls(
            campaign=campaign,
            vouchers_created=sums["vouchers_created"],
            vouchers_deleted=sums["vouchers_deleted"],
            orders_amount=sums["orders_amount"],
            orders_rolledback_amount=sums["orders_rolledback_amount"],
            **amounts,
        )


_COUNTED = ("publications", "redemptions", "rollbacks")


def _outcomes(sums: Mapping[str, int], what: str) -> dict[str, int]:
    """How often something was tried, and how that came out."""
    succeeded, failed = sums[f"{what}_succeeded"], sums[f"{what}_failed"]
    return {what: succeeded + failed, f"{what}_succeeded": succeeded, f"{what}_failed": failed}
