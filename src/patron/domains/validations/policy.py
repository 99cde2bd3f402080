"""How a judgement is answered (spec I 3.2)."""

from typing import Any

from msgspec import UNSET, UnsetType

from patron.db.actions import Ctx
from patron.db.rulebook import Rulebook
from patron.domains.redeemables import TRACKING_PREFIX, Judgement, Target, as_told, tell
from patron.domains.redeemables.wire.asked import SessionIn
from patron.domains.redeemables.wire.told import SessionOut
from patron.domains.stacking_rules import rules_of, told_rules
from patron.domains.validations.wire import GiftOfVoucher, ValidationOut, VoucherValidationOut
from patron.kernel.clock import to_iso

PREFIX = "valid_"


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


def _gift(target: Target) -> GiftOfVoucher | UnsetType:
    gift = target.redeemable.gift
    if gift is None or target.candidate is None:
        return UNSET
    return GiftOfVoucher(amount=target.candidate.totals.amount, balance=gift.balance, effect=gift.effect)
