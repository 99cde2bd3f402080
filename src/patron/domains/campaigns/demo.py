"""Campaigns of a shop that does not exist, for looking around: coupons, and gift cards."""

from collections.abc import Iterator
from random import Random  # noqa: TID251 - of a fixed seed: the demo shop is the same everywhere

from patron.domains.campaigns.actions.add import Add
from patron.domains.campaigns.wire.given import AddedVoucherIn, CampaignIn, TemplateIn, under
from patron.domains.vouchers.wire.discount import Discount, GiftIn
from patron.domains.vouchers.wire.given import VoucherCodeConfig, VoucherRedemptionIn

WELCOME = "Welcome"
CARDS = "Gift cards"

_CODES = {WELCOME: ("WELCOME-", 24), CARDS: ("GIFT-", 8)}
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def demo_campaigns() -> Iterator[CampaignIn]:
    """Ten per cent off for whoever is new, once; and cards of 25.00, which hold any number of purchases."""
    yield CampaignIn(
        name=WELCOME,
        campaign_type="DISCOUNT_COUPONS",
        type="AUTO_UPDATE",
        description="Ten per cent off the first order.",
        category="New customers",
        vouchers_count=0,
        voucher=TemplateIn(
            type="DISCOUNT_VOUCHER",
            discount=Discount(type="PERCENT", percent_off=10),
            redemption=VoucherRedemptionIn(quantity=1),
            code_config=VoucherCodeConfig(prefix="WELCOME-", length=8),
        ),
    )
    yield CampaignIn(
        name=CARDS,
        campaign_type="GIFT_VOUCHERS",
        type="AUTO_UPDATE",
        description="Cards of 25.00, sold in the shop.",
        vouchers_count=0,
        voucher=TemplateIn(
            type="GIFT_VOUCHER", gift=GiftIn(amount=2_500), code_config=VoucherCodeConfig(pattern="GIFT-####-####")
        ),
    )


def demo_codes(seed: int = 1) -> Iterator[Add]:
    """The codes that are there from the beginning: the same ones for the same seed."""
    random = Random(seed)  # noqa: S311
    for campaign, (prefix, many) in _CODES.items():
        for _ in range(many):
            yield Add(campaign, under(prefix + "".join(random.choices(_LETTERS, k=8)), AddedVoucherIn()))
