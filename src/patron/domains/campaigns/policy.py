"""Pure decisions about one campaign: what is made of what was sent, and what of a change its vouchers take over."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from patron.db.rulebook import Rulebook
from patron.domains.campaigns.wire.given import AddedVoucherIn, CampaignIn, CampaignPatch
from patron.domains.metadata_schemas import check_metadata_schema
from patron.domains.projects.model import ProjectSettings
from patron.domains.vouchers import (
    GIFT_VOUCHERS,
    PROMOTION,
    STANDALONE,
    STATIC,
    Campaign,
    check_dates,
    date_of,
    kept_config,
    merged,
    same,
    validity_of,
)
from patron.domains.vouchers.wire.discount import ON_ORDER_OR_ITEMS, Discount, GiftIn, is_given
from patron.domains.vouchers.wire.given import NO_CODE_CONFIG, VoucherCodeConfig
from patron.kernel.codes import ALPHANUMERIC, CodeConfig
from patron.kernel.incentive_problems import invalid_campaign, invalid_code_config

_encode = msgspec.json.encode
_decode = msgspec.json.decode

_DATES = {"start_date": "start_at", "expiration_date": "expires_at"}
_TEXTS = {
    "description": "description",
    "category": "category",
    "category_id": "category_id",
    "activity_duration_after_publishing": "lifetime",
}
_SWITCHES = ("join_once", "auto_join")
INHERITED = ("category", "category_id", "discount", "gift_effect", "start_at", "expires_at", "validity", "metadata")
"""What vouchers have of their campaign, under the same names."""


def new_campaign(
    project_id: str, campaign_id: str, body: CampaignIn, config: CodeConfig, now: int, version: int
) -> Campaign:
    """The campaign that was asked for. Problem 400 where its dates do not go together."""
    template = body.template
    gift = template.gift if isinstance(template.gift, GiftIn) else None
    quantity = template.redemption.quantity if is_given(template.redemption) else None  # type: ignore[union-attr]
    metadata = body.metadata if isinstance(body.metadata, Mapping) else {}
    campaign = Campaign(
        project_id=project_id,
        id=campaign_id,
        name=body.name,
        campaign_type=body.campaign_type,
        type=body.type or STATIC,
        description=body.description or None,
        category=body.category or None,
        category_id=body.category_id or None,
        discount=template.discount.told().decode() if isinstance(template.discount, Discount) else None,
        gift_amount=None if gift is None else gift.amount,
        gift_effect=None if gift is None else gift.effect or ON_ORDER_OR_ITEMS[0],
        quantity=quantity or None,
        code_config="{}" if body.campaign_type == PROMOTION else kept_config(config),
        start_at=date_of(body, "start_date"),
        expires_at=date_of(body, "expiration_date"),
        validity=validity_of(None, body),
        lifetime=body.activity_duration_after_publishing or None,
        metadata=_encode(metadata).decode(),
        schema=_schema(body),
        active=0 if body.active is False else 1,
        join_once=int(body.join_once is True),
        auto_join=int(body.auto_join is True),
        protected=0,
        in_bin=0,
        created_at=now,
        updated_at=0,
        deleted_at=None,
        version=version,
    )
    check_dates(campaign)
    return campaign


def _schema(body: CampaignIn) -> str:
    """The metadata schema that holds; a campaign without vouchers has its own unless it says otherwise (spec I 2.1)."""
    of_vouchers = body.use_voucher_metadata_schema
    if not isinstance(of_vouchers, bool):
        of_vouchers = body.campaign_type != PROMOTION
    return "voucher" if of_vouchers else "campaign"


def patched(campaign: Campaign, patch: CampaignPatch) -> Campaign:
    """The campaign after the patch; the very same one where the patch says nothing new (spec I 2.2).

    Problem 400 where it asks for another kind of campaign or discount, or the dates do not go together any more.
    """
    changes: dict[str, Any] = {
        column: date_of(patch, field) for field, column in _DATES.items() if getattr(patch, field) is not UNSET
    }
    changes |= {
        column: getattr(patch, field) or None for field, column in _TEXTS.items() if getattr(patch, field) is not UNSET
    }
    changes |= {field: int(getattr(patch, field)) for field in _SWITCHES if isinstance(getattr(patch, field), bool)}
    changes["validity"] = validity_of(campaign.validity, patch)
    changes["metadata"] = _metadata(campaign, patch)
    changes |= _source(campaign, patch) | _value(campaign, patch)
    news = {field: value for field, value in changes.items() if not same(getattr(campaign, field), value)}
    if not news:
        return campaign
    after = replace(campaign, **news)
    check_dates(after)
    return after


def _metadata(campaign: Campaign, patch: CampaignPatch) -> str:
    given = patch.metadata if isinstance(patch.metadata, Mapping) else {}
    after = _decode(merged(campaign.metadata, given))
    for key in patch.unset_metadata_fields or ():
        after.pop(key, None)
    return _encode(after).decode()


def _source(campaign: Campaign, patch: CampaignPatch) -> dict[str, Any]:
    if campaign.type != STANDALONE:
        return {"type": patch.type} if is_given(patch.type) else {}
    if is_given(patch.type):
        raise invalid_campaign(f"type: expected none, as a campaign stays {STANDALONE}")
    if patch.join_once is True:
        raise invalid_campaign(f"join_once: expected false, as the campaign is {STANDALONE}")
    return {}


def _value(campaign: Campaign, patch: CampaignPatch) -> dict[str, Any]:
    if campaign.campaign_type == PROMOTION:
        if is_given(patch.discount) or is_given(patch.gift):
            raise invalid_campaign("discount, gift: expected none, as this campaign has tiers")
        return {}
    if campaign.campaign_type == GIFT_VOUCHERS:
        if is_given(patch.discount):
            raise invalid_campaign("discount: expected none, as this campaign has gift cards")
        if not is_given(patch.gift):
            return {}
        assert patch.gift
        given = {"gift_amount": patch.gift.amount, "gift_effect": patch.gift.effect}
        return {column: value for column, value in given.items() if is_given(value)}
    if is_given(patch.gift):
        raise invalid_campaign("gift: expected none, as this campaign has discount vouchers")
    if not isinstance(patch.discount, Discount):
        return {}
    before = _decode(campaign.discount or "", type=Discount)
    if before.type != patch.discount.type:
        raise invalid_campaign(f"discount.type: expected {before.type}, as a campaign keeps its type of discount")
    return {"discount": patch.discount.told().decode()}


def taken_over(before: Campaign, after: Campaign) -> tuple[str, ...]:
    """The columns that vouchers take over of a change."""
    return tuple(field for field in INHERITED if not same(getattr(before, field), getattr(after, field)))


def changes_of(body: AddedVoucherIn) -> dict[str, Any]:
    """The columns in which a voucher that is added differs from its campaign's template."""
    changes: dict[str, Any] = {
        column: date_of(body, field) for field, column in _DATES.items() if getattr(body, field) is not UNSET
    }
    for field in ("category", "category_id", "additional_info"):
        if getattr(body, field) is not UNSET:
            changes[field] = getattr(body, field) or None
    if is_given(body.redemption):
        changes["quantity"] = body.redemption.quantity or None  # type: ignore[union-attr]
    if isinstance(body.active, bool):
        changes["active"] = int(body.active)
    if isinstance(body.metadata, Mapping):
        changes["metadata"] = _encode(body.metadata).decode()
    return changes


def config_of(rulebook: Rulebook, given: VoucherCodeConfig | None) -> CodeConfig:
    """How codes are to look; a project may have a charset of its own for codes that name none. Problem 400."""
    charset = ProjectSettings.of(rulebook).profile.charset or ALPHANUMERIC
    return (given or NO_CODE_CONFIG).config(charset)


def check_yields(config: CodeConfig, n: int, taken: int = 0) -> None:
    """Refuse to make more codes than a configuration can yield. Problem 400 says how many that are."""
    left = config.capacity - taken
    if left < n:
        of_which = f", of which {taken} are taken" if taken else ""
        raise invalid_code_config(f"code_config: it can yield {config.capacity} codes{of_which}; {n} were asked for")


def check_metadata(rulebook: Rulebook, campaign: Campaign, texts: Sequence[str]) -> None:
    """Refuse metadata (as JSON texts) that the schema of the campaign does not allow. Problem 400 (spec C 5.1)."""
    for text in texts:
        check_metadata_schema(rulebook, campaign.schema, _decode(text))
