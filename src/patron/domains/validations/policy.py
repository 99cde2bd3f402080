"""How a judgement is answered (spec I 3.2)."""

from typing import Any

from msgspec import UNSET, UnsetType

from patron.db.actions import Ctx
from patron.db.rulebook import Rulebook
from patron.domains.categories import Categories
from patron.domains.promotions import Promotions, PromotionTier
from patron.domains.promotions.wire.told import TierCampaign
from patron.domains.redeemables import TRACKING_PREFIX, Facts, Judgement, Target, as_told, judge, tell
from patron.domains.redeemables.wire.asked import SessionIn
from patron.domains.redeemables.wire.told import SessionOut
from patron.domains.stacking_rules import rules_of, told_rules
from patron.domains.validations.wire import (
    GiftOfVoucher,
    PromotionsValidationOut,
    TierValidationOut,
    ValidationOut,
    VoucherValidationOut,
)
from patron.kernel.clock import to_iso

PREFIX = "valid_"
MOST_TIERS = 150
"""Promotion tiers that are looked at where nobody names any, as in the reference."""


def answer(rulebook: Rulebook, ctx: Ctx, judgement: Judgement, session_key: str | None = None) -> ValidationOut:
    """The answer to a validation; `session_key` is that of the session that holds what applies."""
    facts = judgement.facts
    told = tell(judgement, facts.asked.expand, ctx.request_id)
    valid = judgement.decision.valid
    all_or_none = rules_of(rulebook).redeemables_application_mode == "ALL"
    session = facts.asked.session
    return ValidationOut(
        id=ctx.id(PREFIX),
        valid=valid,
        redeemables=told.all if all_or_none and not valid else told.applicable,
        skipped_redeemables=told.skipped or UNSET,
        inapplicable_redeemables=told.inapplicable or UNSET,
        order=told.order,
        tracking_id=facts.tracking_id or UNSET,
        session=_told(session, session_key) if isinstance(session, SessionIn) and session_key else UNSET,
        stacking_rules=told_rules(rulebook),
    )


def _told(session: SessionIn, key: str) -> SessionOut:
    ttl, unit = session.length
    return SessionOut(key=key, ttl=ttl, ttl_unit=unit)


def answer_about_one(ctx: Ctx, judgement: Judgement, told: ValidationOut) -> VoucherValidationOut:
    """The answer about one voucher, in the older shape (spec I 3.9)."""
    facts = judgement.facts
    [target] = judgement.targets.values()
    shared: dict[str, Any] = {
        "code": target.redeemable.id,
        "tracking_id": facts.tracking_id or ctx.id(TRACKING_PREFIX),
        "metadata": as_told(target.metadata),
    }
    if not told.valid or target.candidate is None:
        error = told.redeemables[0].result.error if told.redeemables else UNSET
        customer_id = None if facts.person is None else facts.person.id
        reason = error.message if error else UNSET
        return VoucherValidationOut(valid=False, reason=reason, error=error, customer_id=customer_id or UNSET, **shared)
    [entry] = told.redeemables
    voucher = target.candidate.voucher
    return VoucherValidationOut(
        valid=True,
        applicable_to=entry.applicable_to,
        inapplicable_to=entry.inapplicable_to,
        campaign=entry.campaign_name,
        campaign_id=entry.campaign_id,
        discount=entry.result.discount,
        gift=_gift(target),
        order=told.order,
        session=told.session,
        start_date=UNSET if voucher.start_at is None else to_iso(voucher.start_at),
        expiration_date=UNSET if voucher.expires_at is None else to_iso(voucher.expires_at),
        **shared,
    )


def answer_about_tier(rulebook: Rulebook, ctx: Ctx, judgement: Judgement) -> TierValidationOut:
    """The answer about one promotion tier, in the older shape (spec I 3.9)."""
    [target], [verdict] = judgement.targets.values(), judgement.decision.verdicts
    told = tell(judgement, judgement.facts.asked.expand | {"order"}, ctx.request_id)
    [entry] = told.all
    tracking_id = judgement.facts.tracking_id or UNSET
    known = _of_tier(rulebook, target)
    if verdict.applied is None:
        error = entry.result.error
        return TierValidationOut(
            valid=False, reason=error.message if error else UNSET, error=error, tracking_id=tracking_id, **known
        )
    after = verdict.order
    return TierValidationOut(
        valid=True,
        applicable_to=entry.applicable_to,
        inapplicable_to=entry.inapplicable_to,
        tracking_id=tracking_id,
        order=told.order,
        discount_amount=UNSET if after is None else after.total_discount_amount,
        applied_discount_amount=UNSET if after is None else after.total_applied_discount_amount,
        categories=entry.categories,
        **{**known, "discount": entry.result.discount},
    )


def _of_tier(rulebook: Rulebook, target: Target) -> dict[str, Any]:
    tier, campaign = target.tier, target.campaign
    if tier is None or campaign is None:
        return {"id": target.redeemable.id}
    return {
        "id": tier.id,
        "name": tier.name,
        "banner": UNSET if tier.banner is None else tier.banner,
        "discount": as_told(tier.discount),
        "start_date": UNSET if tier.start_at is None else to_iso(tier.start_at),
        "expiration_date": UNSET if tier.expires_at is None else to_iso(tier.expires_at),
        "campaign": TierCampaign.of(Categories.of(rulebook), campaign),
        "hierarchy": tier.hierarchy,
        "metadata": as_told(tier.metadata),
        "category_id": UNSET if target.category is None else target.category.id,
    }


def newest_tiers(rulebook: Rulebook) -> list[PromotionTier]:
    """The newest tiers of a project, as many as are looked at where nobody names any, by hierarchy."""
    newest = sorted(Promotions.of(rulebook).tiers(), key=lambda tier: tier.id, reverse=True)[:MOST_TIERS]
    return sorted(newest, key=lambda tier: tier.hierarchy)


def answer_about_tiers(rulebook: Rulebook, ctx: Ctx, facts: Facts) -> PromotionsValidationOut:
    """The answer about all tiers of a request, each by itself: those that apply (spec I 3.9)."""
    judged = [judge(rulebook, ctx.now, facts.about(asked)) for asked in facts.asked.redeemables]
    told = [answer_about_tier(rulebook, ctx, each) for each in judged if each.decision.valid]
    return PromotionsValidationOut(valid=bool(told), promotions=told, tracking_id=facts.tracking_id or UNSET)


def _gift(target: Target) -> GiftOfVoucher | UnsetType:
    gift = target.redeemable.gift
    if gift is None or target.candidate is None:
        return UNSET
    return GiftOfVoucher(amount=target.candidate.totals.amount, balance=gift.balance, effect=gift.effect)
