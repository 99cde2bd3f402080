"""Vouchers that come in bulk: to be created, or known ones that are changed (spec I 1.5)."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.vouchers.campaign import Campaign
from patron.domains.vouchers.model import DISCOUNT, GIFT
from patron.domains.vouchers.template import type_of
from patron.domains.vouchers.wire.discount import Discount, GiftIn, is_given
from patron.domains.vouchers.wire.given import Code, Defined, Reference, Type, VoucherIn, VoucherRedemptionIn
from patron.kernel.json_bounds import check_metadata
from patron.kernel.problems import duplicate_key, invalid_payload

MOST_CODES = 100_000
"""Of one request."""
_CODES_TOLD = 10
_discount = msgspec.json.Decoder(Discount).decode


class VoucherImportIn(Defined, frozen=True, kw_only=True):
    """A voucher under its own code. Where the code is known, `active` and `category` change and nothing else does.

    What kind of voucher it is, its `type` may say; a `discount` or a `gift` says it too. A new code needs one of both.
    """

    code: Code
    type: Type | None | UnsetType = UNSET
    campaign: Reference | None | UnsetType = UNSET
    campaign_id: Reference | None | UnsetType = UNSET
    gift: GiftIn | None | UnsetType = UNSET
    redemption: VoucherRedemptionIn | None | UnsetType = UNSET
    validation_rules: Annotated[list[Reference], Meta(max_length=100)] | None | UnsetType = UNSET

    @property
    def its_campaign(self) -> str | None:
        """The id or name of the campaign that the voucher is to be of, as far as it says so."""
        return (self.campaign_id or self.campaign) or None

    def as_new(self, campaign: Campaign | None) -> VoucherIn:
        """The voucher to create, with the campaign's value where it says none.

        Problem 400 where its kind is not said, or it has what its kind has not.
        """
        kind: Any = self.type if is_given(self.type) else self._kind_of_value()
        if kind is None and campaign is None:
            raise invalid_payload("discount, gift: expected one of them, as the code is new")
        fields = {field: getattr(self, field) for field in self.__struct_fields__ if field != "type"}
        if campaign is not None:
            kind = kind or type_of(campaign)
            fields |= self._value_of(campaign, kind)
        return VoucherIn(type=kind, **fields)

    def _value_of(self, campaign: Campaign, kind: Any) -> dict[str, Any]:
        if kind != type_of(campaign):
            return {}
        if kind == DISCOUNT:
            return {} if is_given(self.discount) else {"discount": _discount(campaign.discount or "")}
        gift = self.gift if isinstance(self.gift, GiftIn) else GiftIn(amount=campaign.gift_amount or 0)
        effect: Any = gift.effect if is_given(gift.effect) else campaign.gift_effect
        return {"gift": msgspec.structs.replace(gift, effect=effect)}

    def _kind_of_value(self) -> Type | None:
        if is_given(self.gift):
            return GIFT
        return DISCOUNT if is_given(self.discount) else None


class RedeemedBefore(msgspec.Struct, frozen=True):
    """What was done with a voucher before it was imported: how often, and how many credits in minor units."""

    quantity: int = 0
    amount: int = 0


NEVER_REDEEMED = RedeemedBefore()


class Imported(msgspec.Struct, frozen=True):
    """What a row of an import says."""

    voucher: VoucherImportIn
    redeemed: RedeemedBefore = NEVER_REDEEMED


class VoucherMetadataIn(msgspec.Struct, frozen=True, kw_only=True):
    """Metadata that is merged into that of the voucher with this code."""

    code: Code
    metadata: dict[str, Any]

    def __post_init__(self) -> None:
        check_metadata(self.metadata)


class VouchersMetadataIn(msgspec.Struct, frozen=True, kw_only=True):
    """Metadata that is merged into that of every voucher named."""

    codes: list[Code]
    metadata: dict[str, Any]

    def __post_init__(self) -> None:
        if not self.codes:
            raise invalid_payload("codes: expected at least one")
        check_metadata(self.metadata)


def check_each_once(vouchers: Sequence[VoucherImportIn]) -> None:
    """Problem 400 `duplicate_key` where two vouchers of a request have the same code."""
    codes: set[str] = set()
    twice: dict[str, None] = {}
    for voucher in vouchers:
        if voucher.code in codes:
            twice[voucher.code] = None
        codes.add(voucher.code)
    if twice:
        raise duplicate_key(f"code: expected each one once; these come again: {', '.join(list(twice)[:_CODES_TOLD])}")
