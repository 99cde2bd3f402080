"""How a judgement is told (spec I 3.2)."""

from fractions import Fraction
from typing import Any, NamedTuple, cast

import msgspec
from msgspec import UNSET, UnsetType

from patron.domains.redeemables.policy.exact import decoded
from patron.domains.redeemables.policy.judging import Judgement
from patron.domains.redeemables.policy.orders import OrdersOut
from patron.domains.redeemables.policy.targets import NOT_FOUND, Target, as_told
from patron.domains.redeemables.wire.told import (
    ApplicableList,
    CalculatedOrderOut,
    ChangeOut,
    CustomMessage,
    GiftResult,
    Reason,
    RedeemableOut,
    RefusalOut,
    Result,
    TraceOut,
)
from patron.domains.stacking_rules import stacked_categories
from patron.domains.validation_rules.wire.told import BundleOut
from patron.domains.vouchers.wire.discount import VALUES
from patron.domains.vouchers.wire.told import redemption_of
from patron.engine.case import StackingRules
from patron.engine.decision import Applied, Refusal, Verdict

_encode = msgspec.json.Encoder(decimal_format="number").encode


class Told(NamedTuple):
    """A judgement as it is told: the entries by their status, each in the order of application, and the order."""

    applicable: list[RedeemableOut]
    inapplicable: list[RedeemableOut]
    skipped: list[RedeemableOut]
    all: list[RedeemableOut]
    order: CalculatedOrderOut | UnsetType


def tell(judgement: Judgement, expand: frozenset[str], request_id: str) -> Told:
    """Tell a judgement with what is to be told of each redeemable: `order`, `redeemable` …"""
    orders = OrdersOut(judgement)
    entries = [_entry(judgement, each, expand, request_id, orders) for each in judgement.decision.verdicts]
    return Told(
        [each for each in entries if each.status == "APPLICABLE"],
        [each for each in entries if each.status == "INAPPLICABLE"],
        [each for each in entries if each.status == "SKIPPED"],
        entries,
        orders.after_all() or UNSET,
    )


def _entry(
    judgement: Judgement, verdict: Verdict, expand: frozenset[str], request_id: str, orders: OrdersOut
) -> RedeemableOut:
    target, kind = judgement.target(verdict), cast("Any", verdict.kind)
    applies = verdict.applied is not None
    order: CalculatedOrderOut | UnsetType = UNSET
    if verdict.applied is not None and verdict.order is not None and "order" in expand:
        order = orders.tell(verdict.order, verdict.applied.replacements)
    return RedeemableOut(
        status=verdict.status,
        id=verdict.id,
        object=kind,
        order=order,
        applicable_to=_list(target.ruling.applicable_to) if applies else UNSET,
        inapplicable_to=_list(target.ruling.inapplicable_to) if applies else UNSET,
        result=_result(target, verdict, expand, request_id),
        **_expanded(target, expand, judgement.case.rules),
    )


def _list(entries: tuple[Any, ...]) -> ApplicableList:
    return ApplicableList(data=list(entries), total=len(entries))


def _expanded(target: Target, expand: frozenset[str], rules: StackingRules) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if target.campaign is not None:
        told |= {"campaign_name": target.campaign.name, "campaign_id": target.campaign.id}
    if "redeemable" in expand:
        told |= {"metadata": as_told(target.metadata), "name": target.name or UNSET}
    if "category" in expand:
        told["categories"] = stacked_categories(rules, target.category)
    if "redemption" in expand and target.candidate is not None:
        candidate = target.candidate
        told |= {
            "holder_id": candidate.holder_id,
            "redemption": redemption_of(candidate.voucher, candidate.totals),
        }
    return told


def _result(target: Target, verdict: Verdict, expand: frozenset[str], request_id: str) -> Result:
    if verdict.skip is not None:
        return Result(details=Reason(verdict.skip.key, verdict.skip.message))
    if verdict.applied is None:
        first = refusal_of(verdict.refusals[0], target, request_id)
        traced = [_trace(each) for each in verdict.refusals] if "trace" in expand else UNSET
        return Result(error=first, details=Reason(first.key, first.message), bundle=_bundle(verdict), trace=traced)
    if target.discount is not None:
        return Result(discount=told_discount(target.discount, verdict.applied), bundle=_bundle(verdict))
    return Result(gift=_gift(target, verdict.applied.credits or 0), bundle=_bundle(verdict))


def result_without_order(target: Target, bundle: BundleOut | UnsetType) -> Result:
    """What a redeemable is worth, where nobody looked what it takes off an order; and the bundle that it needs."""
    if target.discount is not None:
        return Result(discount=as_told(target.discount), bundle=bundle)
    return Result(gift=_gift(target, 0), bundle=bundle)


def _bundle(verdict: Verdict) -> BundleOut | UnsetType:
    return UNSET if verdict.bundle is None else BundleOut.of(verdict.bundle)


def _gift(target: Target, spent: int) -> GiftResult:
    gift, candidate = target.redeemable.gift, target.candidate
    assert gift is not None
    locked = 0 if candidate is None else candidate.held.amount
    return GiftResult(balance=gift.balance, credits=spent, locked_credits=locked or UNSET)


def refusal_of(refusal: Refusal, target: Target, request_id: str) -> RefusalOut:
    """The error of a redeemable that does not apply."""
    is_missing = refusal.code == NOT_FOUND
    return RefusalOut(
        code=404 if is_missing else 400,
        key=refusal.code,
        message=refusal.message,
        details=refusal.details,
        request_id=request_id,
        resource_id=target.redeemable.id if is_missing else UNSET,
        resource_type=target.redeemable.kind if is_missing else UNSET,
        error=UNSET if refusal.error is None else CustomMessage(refusal.error),
    )


def _trace(refusal: Refusal) -> TraceOut:
    trace = refusal.trace
    if trace is None:
        return TraceOut(key=refusal.code, message=refusal.message, details=refusal.details)
    return TraceOut(
        key=refusal.code,
        message=refusal.message,
        details=refusal.details,
        check=trace.check,
        expected=trace.expected,
        actual=trace.actual,
        change=UNSET if trace.change is None else ChangeOut(trace.change.of, trace.change.by),
    )


def told_discount(stored: str, applied: Applied) -> Any:
    """The discount as it is stored, with the effect that it had, and the value that its formula came to."""
    discount = decoded(stored)
    field = VALUES.get(discount["type"], "unit_off")
    value = applied.value if f"{field}_formula" in discount and applied.value is not None else discount.get(field)
    if discount.get("effect") == applied.effect and value == discount.get(field):
        return as_told(stored)
    computed = {} if value is None else {field: _number(value)}
    return msgspec.Raw(_encode({**discount, "effect": applied.effect, **computed}))


def _number(value: Any) -> Any:
    """A percentage as JSON can tell it."""
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else round(float(value), 6)
    return value
