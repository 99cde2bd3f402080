"""The order of steps of a decision, and nothing else: judge, sort, apply one after the other, tell."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from patron.engine.bundles import Needs, needs_of
from patron.engine.cart import Cart
from patron.engine.case import Before, Case, Order, Redeemable, Turn
from patron.engine.decision import Applied, Bundled, CalculatedOrder, Decision, Refusal, Verdict
from patron.engine.discounts.effects import apply_discount
from patron.engine.eligibility import refusals_of
from patron.engine.spending import spend
from patron.engine.stacking import (
    NO_EFFECT,
    PRECEDING_FAILED,
    Tally,
    counts_from_initial,
    in_order,
    is_exclusive,
    skips_without_effect,
)
from patron.engine.step import Step, Work

_NO_ORDER = Order()
Refusals = tuple[Refusal, ...]


class _Run(NamedTuple):
    """What one run through the redeemables carries along."""

    case: Case
    cart: Cart
    tally: Tally
    work: Work
    before: list[Before]


class _Objected(NamedTuple):
    """Rules that do not hold at a redeemable's turn."""

    refusals: Refusals


def decide(case: Case) -> Decision:
    """Which redeemables apply to the order, what each takes off, and why the others do not (spec I 3).

    One that may not be used fails all others in mode ALL, wherever it stands; in mode PARTIAL it is left out. Rules may
    find out at a redeemable's turn that it may not: then it is decided anew, without it.
    """
    late: dict[int, Refusals] = {}
    items = (case.order or _NO_ORDER).items
    needs = [needs_of(redeemable.bundles, items) for redeemable in case.redeemables]
    while True:
        decision = _decided(case, needs, late)
        if isinstance(decision, Decision):
            return decision
        late[decision.place] = decision.refusals


class _Late(NamedTuple):
    """A redeemable, by its place in the case, that may not be used, as its turn has shown."""

    place: int
    refusals: Refusals


def _decided(case: Case, needs: Sequence[Needs], late: Mapping[int, Refusals]) -> Decision | _Late:
    cart = Cart(case.order or _NO_ORDER)
    refusals = [
        (*refusals_of(case, redeemable, cart), *needs[place].refusals, *late.get(place, ()))
        for place, redeemable in enumerate(case.redeemables)
    ]
    places = in_order(case.redeemables, case.rules, [not reasons for reasons in refusals])
    fails = case.rules.redeemables_application_mode == "ALL" and any(refusals)
    for place, redeemable in enumerate(case.redeemables):
        if place not in late and (fails or refusals[place]):
            refusals[place] = (*refusals[place], *_at_first(redeemable, cart))
    ordered = [(place, case.redeemables[place], needs[place].bundle, refusals[place]) for place in places]
    if fails:
        return Decision(valid=False, verdicts=tuple([_failed(*each[1:]) for each in ordered]), order=None)
    exclusive = any(is_exclusive(each, case.rules) for _, each, _, reasons in ordered if not reasons)
    run = _Run(case, cart, Tally(case.rules, exclusive=exclusive), Work(), [])
    verdicts = []
    for place, redeemable, bundle, reasons in ordered:
        verdict = _refused(redeemable, bundle, reasons) if reasons else _applied(run, redeemable, bundle)
        if not isinstance(verdict, Verdict):
            return _Late(place, verdict.refusals)
        verdicts.append(verdict)
    valid = any(verdict.status == "APPLICABLE" for verdict in verdicts)
    return Decision(valid, tuple(verdicts), _summed(case, cart) if valid else None)


def _at_first(redeemable: Redeemable, cart: Cart) -> Refusals:
    """What rules say as if it came first: told beside the reasons why it, or all, fail anyway."""
    return () if redeemable.judge is None else redeemable.judge(Turn(*_amounts(cart)))


def _amounts(cart: Cart) -> tuple[int | None, int | None]:
    return None if cart.amount is None else cart.remaining, cart.initial_amount


def _failed(redeemable: Redeemable, bundle: Bundled | None, refusals: Refusals) -> Verdict:
    if refusals:
        return _refused(redeemable, bundle, refusals)
    return Verdict(redeemable.kind, redeemable.id, "SKIPPED", skip=PRECEDING_FAILED)


def _refused(redeemable: Redeemable, bundle: Bundled | None, refusals: Refusals) -> Verdict:
    return Verdict(redeemable.kind, redeemable.id, "INAPPLICABLE", refusals=refusals, bundle=bundle)


def _applied(run: _Run, redeemable: Redeemable, bundle: Bundled | None) -> Verdict | _Objected:
    case, cart = run.case, run.cart
    skip = run.tally.skip(redeemable)
    if skip is None:
        cart.begin()
        amounts = _amounts(cart)
        applied = _effect(run, redeemable, bundle)
        order = _told(case, cart)
        reasons = _objections(run, redeemable, amounts, applied)
        if reasons:
            return _Objected(reasons)
        if cart.changed or applied.free_shipping or not skips_without_effect(redeemable, case.rules):
            run.tally.count(redeemable)
            discount = 0 if order is None else order.total_applied_discount_amount
            run.before.append(Before(redeemable.kind, redeemable.id, discount))
            return Verdict(redeemable.kind, redeemable.id, "APPLICABLE", applied, order, bundle=bundle)
        skip = NO_EFFECT
    return Verdict(redeemable.kind, redeemable.id, "SKIPPED", skip=skip)


def _objections(
    run: _Run, redeemable: Redeemable, amounts: tuple[int | None, int | None], applied: Applied
) -> Refusals:
    """Why rules do not hold, now that it is known what the redeemable does."""
    if redeemable.judge is None:
        return ()
    left, _ = _amounts(run.cart)
    taken = run.cart.tell().total_applied_discount_amount
    return redeemable.judge(Turn(*amounts, left, taken, applied.credits or 0, tuple(run.before)))


def _effect(run: _Run, redeemable: Redeemable, bundle: Bundled | None) -> Applied:
    case, rules = run.case, run.case.rules
    once = rules.redeemables_products_application_mode == "ONCE"
    initial = counts_from_initial(redeemable, rules)
    step = Step(case, redeemable, run.cart, run.work, bundle, once=once, initial=initial)
    return spend(step) if redeemable.discount is None else apply_discount(step)


def _told(case: Case, cart: Cart) -> CalculatedOrder | None:
    """The running order; none where none was sent and nothing was added to it."""
    return cart.tell() if case.order is not None or cart.lines else None


def _summed(case: Case, cart: Cart) -> CalculatedOrder | None:
    return cart.tell_summed() if case.order is not None or cart.lines else None
