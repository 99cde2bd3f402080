"""Pure decisions about one voucher: what is made of what was sent, and where a balance moves."""

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from patron.db.rulebook import Rulebook
from patron.domains.metadata_schemas import check_metadata_schema, metadata_check
from patron.domains.vouchers.campaign import AUTO_UPDATE, PROMOTION, STANDALONE, STATIC, Campaign, Campaigns
from patron.domains.vouchers.model import ADDITION, GIFT, NEVER, REMOVAL, Voucher, VoucherTotals
from patron.domains.vouchers.template import type_of
from patron.domains.vouchers.wire.discount import LARGEST_AMOUNT, ON_ORDER_OR_ITEMS, Discount, is_given
from patron.domains.vouchers.wire.given import VoucherIn, VoucherPatch
from patron.domains.vouchers.wire.imported import RedeemedBefore, VoucherImportIn
from patron.domains.vouchers.wire.redeemables import Status
from patron.domains.vouchers.wire.validity import Validity, moment
from patron.kernel.incentive_problems import (
    gift_amount_exceeded,
    invalid_add_balance_params,
    invalid_campaign,
    invalid_voucher,
)
from patron.kernel.json_bounds import check_metadata
from patron.kernel.problems import invalid_payload, resource_protected

_encode = msgspec.json.encode
_decode = msgspec.json.decode

_VALIDITY = {
    "validity_timeframe": "timeframe",
    "validity_day_of_week": "day_of_week",
    "validity_hours": "hours",
}
_DATES = {"start_date": "start_at", "expiration_date": "expires_at"}
_OF_CAMPAIGN = {
    **_DATES,
    "category": "category",
    "category_id": "category_id",
    "metadata": "metadata",
    "redemption": "quantity",
}
_TEXTS = ("category", "category_id", "additional_info")


def new_voucher(
    project_id: str, code: str, voucher_id: str, body: VoucherIn, now: int, campaign: Campaign | None = None
) -> Voucher:
    """The voucher that was asked for, with what its `campaign` says where the body says nothing.

    Problem 400 where its dates do not go together, or it is not of the campaign's kind.
    """
    metadata = body.metadata if isinstance(body.metadata, Mapping) else {}
    quantity = body.redemption.quantity if is_given(body.redemption) else None  # type: ignore[union-attr]
    voucher = Voucher(
        project_id=project_id,
        code=code,
        id=voucher_id,
        campaign_id=None,
        type=body.type,
        category=_or_none(body.category),
        category_id=_or_none(body.category_id),
        discount=body.discount.told().decode() if isinstance(body.discount, Discount) else None,
        gift_effect=_gift_effect(body),
        start_at=date_of(body, "start_date"),
        expires_at=date_of(body, "expiration_date"),
        validity=validity_of(None, body),
        active=0 if body.active is False else 1,
        additional_info=_or_none(body.additional_info),
        metadata=_encode(metadata).decode(),
        quantity=_or_none(quantity),
        publish_count=0,
        created_at=now,
        updated_at=NEVER,
    )
    if campaign is not None:
        voucher = replace(voucher, **_inherited(campaign, body))
    check_dates(voucher)
    return voucher


def check_has_vouchers(campaign: Campaign) -> None:
    """Refuse a campaign that has tiers instead of vouchers. Problem 400."""
    if campaign.campaign_type == PROMOTION:
        raise invalid_campaign(f"campaign: expected one with vouchers, as it is of {PROMOTION}")


def check_takes_vouchers(campaign: Campaign) -> None:
    """Refuse to add to a campaign that has no vouchers, or one for all, or that is protected. Problem 400."""
    check_has_vouchers(campaign)
    if campaign.type == STANDALONE:
        raise invalid_campaign(f"campaign: expected one of type {AUTO_UPDATE} or {STATIC}, as it is {STANDALONE}")
    if campaign.protected:
        raise resource_protected("campaign", campaign.id)


def _inherited(campaign: Campaign, body: VoucherIn) -> dict[str, Any]:
    if body.type != type_of(campaign):
        raise invalid_campaign(f"type: expected {type_of(campaign)}, as the vouchers of this campaign are")
    inherited: dict[str, Any] = {"campaign_id": campaign.id}
    if not any(is_given(getattr(body, field)) for field in _VALIDITY):
        inherited["validity"] = campaign.validity
    for field, column in _OF_CAMPAIGN.items():
        if getattr(body, field) is UNSET:
            inherited[column] = getattr(campaign, column)
    return inherited


def patched(voucher: Voucher, patch: VoucherPatch, now: int) -> Voucher:
    """The voucher after the patch; the very same one where the patch says nothing new (spec I 1.5).

    Problem 400 where it asks for another kind of voucher or discount, or the dates do not go together any more.
    """
    changes: dict[str, Any] = {
        column: date_of(patch, field) for field, column in _DATES.items() if getattr(patch, field) is not UNSET
    }
    changes |= {field: getattr(patch, field) for field in _TEXTS if getattr(patch, field) is not UNSET}
    changes["validity"] = validity_of(voucher.validity, patch)
    if isinstance(patch.active, bool):
        changes["active"] = int(patch.active)
    if isinstance(patch.metadata, Mapping):
        changes["metadata"] = merged(voucher.metadata, patch.metadata)
    changes |= _value(voucher, patch)
    if all(same(getattr(voucher, field), value) for field, value in changes.items()):
        return voucher
    after = replace(voucher, **changes, updated_at=now)
    check_dates(after)
    return after


def switched(voucher: Voucher, *, active: bool, now: int) -> Voucher:
    """The voucher switched on or off; the very same one where it was so before."""
    return voucher if voucher.active == int(active) else replace(voucher, active=int(active), updated_at=now)


def imported_again(voucher: Voucher, row: VoucherImportIn, now: int) -> Voucher:
    """A known voucher after a row of an import, which changes `active` and `category` alone; the very same one where
    the row says nothing new of them (spec I 1.5).
    """
    return patched(voucher, VoucherPatch(active=row.active, category=row.category, category_id=row.category_id), now)


def redeemed_before(voucher: Voucher, totals: VoucherTotals, before: RedeemedBefore) -> VoucherTotals:
    """The totals of a new voucher that was redeemed where it comes from. Problem 400 for what cannot have been."""
    if voucher.quantity is not None and before.quantity > voucher.quantity:
        raise invalid_voucher(f"Redeemed Quantity: expected at most the Redemption Limit, {voucher.quantity}")
    if voucher.type != GIFT and before.amount:
        raise invalid_voucher("Redeemed Amount: expected none, as a discount voucher has no credits")
    if before.amount > totals.balance:
        raise gift_amount_exceeded(f"Redeemed Amount: expected at most the credits of the card: {totals.balance}")
    return replace(
        totals,
        redeemed_quantity=before.quantity,
        redeemed_amount=before.amount,
        balance=totals.balance - before.amount,
        transactions=totals.transactions + (before.amount > 0),
        redeemed_before=before.quantity,
    )


def redeemed(totals: VoucherTotals, times: int, spent: int) -> VoucherTotals:
    """The totals after so many redemptions more, which spent so much of a card; both negative for a rollback."""
    return replace(
        totals,
        redeemed_quantity=totals.redeemed_quantity + times,
        redeemed_amount=totals.redeemed_amount + spent,
        balance=totals.balance - spent,
        transactions=totals.transactions + (spent != 0),
    )


def status_of(voucher: Voucher, totals: VoucherTotals, now: int) -> Status:
    """Whether a voucher can be used at this moment, and the first reason why not (spec I 1.1)."""
    reasons: tuple[tuple[bool, Status], ...] = (
        (not voucher.active, "DISABLED"),
        (voucher.expires_at is not None and voucher.expires_at <= now, "EXPIRED"),
        (voucher.start_at is not None and voucher.start_at > now, "NOT_ACTIVE_YET"),
        (voucher.quantity is not None and voucher.quantity <= totals.redeemed_quantity, "USED"),
        (voucher.type == GIFT and totals.balance == 0, "NO_BALANCE"),
    )
    return next((status for holds, status in reasons if holds), "ACTIVE")


def check_schema(rulebook: Rulebook, voucher: Voucher) -> None:
    """Refuse a voucher whose metadata its schema does not allow. Problem 400 (spec C 5.1).

    That is the schema of vouchers, or the one of campaigns where its campaign says so (spec I 2.1).
    """
    campaign = Campaigns.of(rulebook).find(voucher.campaign_id) if voucher.campaign_id else None
    schema = "voucher" if campaign is None else campaign.schema
    if metadata_check(rulebook, schema) is not None:
        check_metadata_schema(rulebook, schema, _decode(voucher.metadata))


def moved(totals: VoucherTotals, amount: int) -> VoucherTotals:
    """The totals after credits were added by hand, or taken where `amount` is negative (spec I 1.1).

    Problem 400 for nothing at all, for more than a card may hold, and for more than is left.
    """
    if not 0 < abs(amount) <= LARGEST_AMOUNT:
        raise invalid_add_balance_params(f"amount: expected -{LARGEST_AMOUNT} to {LARGEST_AMOUNT}, and not 0")
    if totals.amount + amount > LARGEST_AMOUNT:
        raise invalid_add_balance_params(f"amount: expected at most {LARGEST_AMOUNT} on a card in all")
    if totals.balance + amount < 0:
        raise gift_amount_exceeded(f"amount: expected at most what is left on the card: {totals.balance}")
    return replace(
        totals,
        amount=totals.amount + max(amount, 0),
        subtracted_amount=totals.subtracted_amount - min(amount, 0),
        balance=totals.balance + amount,
        transactions=totals.transactions + 1,
    )


def kind_of(amount: int) -> str:
    """The type of a transaction that moves a balance by hand."""
    return ADDITION if amount > 0 else REMOVAL


def _value(voucher: Voucher, patch: VoucherPatch) -> dict[str, Any]:
    """What a patch changes of a voucher's discount or credits."""
    if is_given(patch.type) and patch.type != voucher.type:
        raise invalid_voucher(f"type: expected {voucher.type}, as a voucher keeps its type")
    if voucher.type == GIFT:
        if is_given(patch.discount):
            raise invalid_voucher("discount: expected none, as this is a gift card")
        effect = patch.gift.effect if is_given(patch.gift) else None  # type: ignore[union-attr]
        return {"gift_effect": effect} if is_given(effect) else {}
    if is_given(patch.gift):
        raise invalid_voucher("gift: expected none, as this is a discount voucher")
    if not isinstance(patch.discount, Discount):
        return {}
    before = _decode(voucher.discount or "", type=Discount)
    if before.type != patch.discount.type:
        raise invalid_voucher(f"discount.type: expected {before.type}, as a voucher keeps its type of discount")
    return {"discount": patch.discount.told().decode()}


def _gift_effect(body: VoucherIn) -> str | None:
    if body.type != GIFT:
        return None
    assert body.gift
    return body.gift.effect or ON_ORDER_OR_ITEMS[0]


def validity_of(before: str | None, given: Any) -> str | None:
    """The limits of validity after what was given: null takes one away, absent leaves it."""
    validity = {} if before is None else _decode(before, type=dict[str, msgspec.Raw])
    sent = {part: getattr(given, field) for field, part in _VALIDITY.items() if getattr(given, field) is not UNSET}
    after = {part: value for part, value in {**validity, **sent}.items() if value is not None}
    if not after:
        return None
    # Through the type, so that the parts have one order whichever was sent first.
    return _encode(_decode(_encode(after), type=Validity)).decode()


class _Dated(Protocol):
    @property
    def start_at(self) -> int | None: ...
    @property
    def expires_at(self) -> int | None: ...
    @property
    def validity(self) -> str | None: ...


def check_dates(of: _Dated) -> None:
    """Refuse dates of a voucher, a campaign or a tier that do not go together. Problem 400."""
    if of.start_at is not None and of.expires_at is not None and of.expires_at <= of.start_at:
        raise invalid_payload("expiration_date: expected later than start_date")
    if of.start_at is None and of.validity is not None and "timeframe" in _decode(of.validity):
        raise invalid_payload("start_date: expected one, as validity_timeframe counts from it")


def date_of(given: Any, field: str) -> int | None:
    """The date in this field of what was sent, as epoch ms; None where there is none. Problem 400 names the field."""
    text = getattr(given, field)
    return moment(field, text) if is_given(text) else None


def merged(stored: str, given: Mapping[str, Any]) -> str:
    """Stored metadata with what is given laid over it, key by key. Problem 400 where it becomes too much."""
    after = {**_decode(stored), **given}
    check_metadata(after)
    return _encode(after).decode()


def same(one: Any, other: Any) -> bool:
    """Whether two columns say the same; JSON may come back from a database in another order of keys."""
    if one == other or not (isinstance(one, str) and isinstance(other, str) and one[:1] == other[:1] == "{"):
        return bool(one == other)
    return _encode(_decode(one), order="deterministic") == _encode(_decode(other), order="deterministic")


def _or_none(value: Any | None | UnsetType) -> Any:
    return None if value is UNSET else value
