"""Campaigns as they are sent: to create one, to change it, and to add vouchers to it (spec I 2.1, 2.2)."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.promotions.wire.given import PromotionIn, TierIn
from patron.domains.vouchers import PROMOTION
from patron.domains.vouchers.wire.discount import Amount, Discount, GiftEffect, GiftIn, is_given
from patron.domains.vouchers.wire.given import (
    AdditionalInfo,
    Code,
    Described,
    Limited,
    Reference,
    VoucherCodeConfig,
    VoucherRedemptionIn,
)
from patron.domains.vouchers.wire.given import Type as VoucherType
from patron.engine.durations import duration_of
from patron.kernel.codes import LONGEST
from patron.kernel.incentive_problems import invalid_campaign
from patron.kernel.json_bounds import LONGEST_KEY
from patron.kernel.problems import invalid_payload

MOST_CODES = 100_000
"""Codes that one request asks for, as in the reference."""

CampaignType = Literal["DISCOUNT_COUPONS", "GIFT_VOUCHERS", "PROMOTION"]
Type = Literal["AUTO_UPDATE", "STATIC", "STANDALONE"]
Name = Annotated[str, Meta(min_length=1, max_length=255, description="Unique in the project; case counts.")]
Description = Annotated[str, Meta(max_length=5_000)]
Duration = Annotated[str, Meta(max_length=32, description="An ISO 8601 duration, such as P24D.")]
Count = Annotated[int, Meta(ge=0, le=MOST_CODES)]

_VOUCHERS: dict[str, tuple[VoucherType, str, str]] = {
    "DISCOUNT_COUPONS": ("DISCOUNT_VOUCHER", "discount", "gift"),
    "GIFT_VOUCHERS": ("GIFT_VOUCHER", "gift", "discount"),
}


class TemplateIn(msgspec.Struct, frozen=True, kw_only=True):
    """What the vouchers of a campaign are; `code` is for the one voucher of a STANDALONE campaign."""

    type: VoucherType | None | UnsetType = UNSET
    discount: Discount | None | UnsetType = UNSET
    gift: GiftIn | None | UnsetType = UNSET
    redemption: VoucherRedemptionIn | None | UnsetType = UNSET
    code_config: VoucherCodeConfig | None | UnsetType = UNSET
    code: Code | None | UnsetType = UNSET
    is_referral_code: bool | None | UnsetType = UNSET


NO_TEMPLATE = TemplateIn()


class _Defined(Limited, frozen=True, kw_only=True):
    """What may be said of a campaign when it is created and when it is changed."""

    description: Description | None | UnsetType = UNSET
    activity_duration_after_publishing: Duration | None | UnsetType = UNSET
    join_once: bool | None | UnsetType = UNSET
    auto_join: bool | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        super().__post_init__()
        lifetime = self.activity_duration_after_publishing
        if isinstance(lifetime, str) and duration_of(lifetime) is None:
            raise invalid_payload(
                "activity_duration_after_publishing: expected an ISO 8601 duration, such as P24D or PT1H"
            )


class CampaignIn(_Defined, frozen=True, kw_only=True):
    """A campaign to create. One code is made in the call, more of them in the background.

    STANDALONE campaigns have one voucher for all, whose `voucher.code` is given; those of PROMOTION have tiers instead
    of vouchers. Null is as absent.
    """

    name: Name
    campaign_type: CampaignType
    type: Type | None | UnsetType = UNSET
    voucher: TemplateIn | None | UnsetType = UNSET
    promotion: PromotionIn | None | UnsetType = UNSET
    vouchers_count: Count | None | UnsetType = UNSET
    use_voucher_metadata_schema: bool | None | UnsetType = UNSET
    active: bool | None | UnsetType = UNSET
    validation_rules: Annotated[list[Reference], Meta(max_length=1)] | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.campaign_type == PROMOTION:
            self._check_promotion()
            return
        if is_given(self.promotion):
            raise invalid_campaign(f"promotion: expected none, as the campaign is of {self.campaign_type}")
        if not is_given(self.voucher):
            raise invalid_payload("voucher: expected one")
        self._check_template(*_VOUCHERS[self.campaign_type])
        (self._check_standalone if self.type == "STANDALONE" else self._check_unique)()

    @property
    def template(self) -> TemplateIn:
        """What its vouchers are to be; nothing is said of a campaign that has none."""
        return self.voucher if isinstance(self.voucher, TemplateIn) else NO_TEMPLATE

    @property
    def tiers(self) -> list[TierIn]:
        """The tiers that it is to have."""
        return (self.promotion.tiers or []) if isinstance(self.promotion, PromotionIn) else []

    def _check_promotion(self) -> None:
        if is_given(self.voucher):
            raise invalid_campaign(f"voucher: expected none, as the campaign is of {PROMOTION}")
        if self.type == "STANDALONE":
            raise invalid_campaign(f"type: expected AUTO_UPDATE or STATIC, as the campaign is of {PROMOTION}")
        if self.vouchers_count:
            raise invalid_campaign(f"vouchers_count: expected none, as the campaign is of {PROMOTION}")

    def _check_template(self, kind: VoucherType, value: str, other: str) -> None:
        if is_given(self.template.type) and self.template.type != kind:
            raise invalid_campaign(f"voucher.type: expected {kind}, as the campaign is of {self.campaign_type}")
        if not is_given(getattr(self.template, value)):
            raise invalid_campaign(f"voucher.{value}: expected one, as the campaign is of {self.campaign_type}")
        if is_given(getattr(self.template, other)):
            raise invalid_campaign(f"voucher.{other}: expected none, as the campaign is of {self.campaign_type}")
        if self.template.is_referral_code is True:
            raise invalid_campaign(f"voucher.is_referral_code: expected false for {self.campaign_type}")

    def _check_standalone(self) -> None:
        if not is_given(self.template.code):
            raise invalid_campaign("voucher.code: expected one, as the type is STANDALONE")
        if is_given(self.template.code_config):
            raise invalid_campaign("voucher.code_config: expected none, as the type is STANDALONE")
        if is_given(self.vouchers_count) and self.vouchers_count != 1:
            raise invalid_campaign("vouchers_count: expected none, or 1, as the type is STANDALONE")
        if self.join_once is True:
            raise invalid_campaign("join_once: expected false, as the type is STANDALONE")

    def _check_unique(self) -> None:
        if is_given(self.template.code):
            raise invalid_campaign("voucher.code: expected none but for a campaign of type STANDALONE")


class GiftEdit(msgspec.Struct, frozen=True, kw_only=True):
    """What may be changed of the credits: `amount` is that of new cards, `effect` reaches unpublished ones too."""

    amount: Amount | None | UnsetType = UNSET
    effect: GiftEffect | None | UnsetType = UNSET


class CampaignPatch(_Defined, frozen=True, kw_only=True):
    """Changes of a campaign: what is absent stays as it is; null clears a date, a limit of validity or a text.

    A null for any other field changes nothing. Metadata merges by key, before `unset_metadata_fields` go; a discount
    replaces the one before, with the same type. AUTO_UPDATE and STATIC may be changed into each other.
    """

    type: Literal["AUTO_UPDATE", "STATIC"] | None | UnsetType = UNSET
    discount: Discount | None | UnsetType = UNSET
    gift: GiftEdit | None | UnsetType = UNSET
    unset_metadata_fields: (
        Annotated[list[Annotated[str, Meta(max_length=LONGEST_KEY)]], Meta(max_length=1_000)] | None | UnsetType
    ) = UNSET


class AddedVoucherIn(Described, frozen=True, kw_only=True):
    """In what a voucher differs from its campaign's template: what is absent is as the campaign says."""

    redemption: VoucherRedemptionIn | None | UnsetType = UNSET
    additional_info: AdditionalInfo | None | UnsetType = UNSET
    active: bool | None | UnsetType = UNSET


class AddedVouchersIn(AddedVoucherIn, frozen=True, kw_only=True):
    """As for one voucher; `code_config` says how the codes look, instead of the campaign's. `code` is for one alone."""

    code: Code | None | UnsetType = UNSET
    code_config: VoucherCodeConfig | None | UnsetType = UNSET


def under(code: str, body: AddedVoucherIn) -> AddedVouchersIn:
    """The voucher to add under the code that the path names. Problem 400 for a code that is too long."""
    if len(code) > LONGEST:
        raise invalid_payload(f"code: expected at most {LONGEST} characters")
    return AddedVouchersIn(code=code, **msgspec.structs.asdict(body))
