"""Vouchers by the template of their campaign (spec I 2.1)."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec
from msgspec.structs import replace

from patron.domains.vouchers.campaign import GIFT_VOUCHERS, Campaign
from patron.domains.vouchers.model import DISCOUNT, GIFT, NEVER, Voucher
from patron.kernel.codes import CodeConfig


class KeptCodeConfig(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A configuration of codes as it is stored and told; `length` counts the random characters."""

    length: int
    charset: str
    prefix: str = ""
    postfix: str = ""
    pattern: str


def voucher_of(
    campaign: Campaign, code: str, voucher_id: str, now: int, changes: Mapping[str, Any] | None = None
) -> Voucher:
    """A voucher of this campaign, with the credits of none yet; `changes` are columns in which it differs."""
    voucher = Voucher(
        project_id=campaign.project_id,
        code=code,
        id=voucher_id,
        campaign_id=campaign.id,
        type=type_of(campaign),
        category=campaign.category,
        category_id=campaign.category_id,
        discount=campaign.discount,
        gift_effect=campaign.gift_effect,
        start_at=campaign.start_at,
        expires_at=campaign.expires_at,
        validity=campaign.validity,
        active=1,
        additional_info=None,
        metadata=campaign.metadata,
        quantity=campaign.quantity,
        publish_count=0,
        created_at=now,
        updated_at=NEVER,
    )
    return replace(voucher, **changes) if changes else voucher


def type_of(campaign: Campaign) -> str:
    """The type of a campaign's vouchers."""
    return GIFT if campaign.campaign_type == GIFT_VOUCHERS else DISCOUNT


def codes_of(campaign: Campaign) -> CodeConfig:
    """How the codes of a campaign look."""
    return code_config(campaign.code_config)


@lru_cache(256)
def code_config(kept: str) -> CodeConfig:
    """A stored configuration as one that codes are made by."""
    config = msgspec.json.decode(kept, type=KeptCodeConfig)
    return CodeConfig(config.charset, config.pattern, config.prefix, config.postfix)


def kept_config(config: CodeConfig) -> str:
    """A configuration as it is stored."""
    kept = KeptCodeConfig(
        length=config.holes,
        charset=config.charset,
        prefix=config.prefix,
        postfix=config.postfix,
        pattern=config.pattern,
    )
    return msgspec.json.encode(kept).decode()
