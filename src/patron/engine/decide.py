"""The order of steps of a decision, and nothing else: judge, sort, apply one after the other, tell."""

from patron.engine.cart import Cart
from patron.engine.case import Case, Order, Redeemable
from patron.engine.decision import Applied, CalculatedOrder, Decision, Refusal, Verdict
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


def decide(case: Case) -> Decision:
    """Which redeemables apply to the order, what each takes off, and why the others do not (spec I 3).

    One that may not be used fails all others in mode ALL, wherever it stands; in mode PARTIAL it is left out.
    """
    cart = Cart(case.order or _NO_ORDER)
    refusals = [refusals_of(case, redeemable, cart) for redeemable in case.redeemables]
    places = in_order(case.redeemables, case.rules, [not reasons for reasons in refusals])
    ordered = [(case.redeemables[place], refusals[place]) for place in places]
    if case.rules.redeemables_application_mode == "ALL" and any(refusals):
        return Decision(valid=False, verdicts=tuple([_failed(*each) for each in ordered]), order=None)
    exclusive = any(is_exclusive(each, case.rules) for each, reasons in ordered if not reasons)
    tally, work = Tally(case.rules, exclusive=exclusive), Work()
    verdicts = tuple([_refused(*each) if each[1] else _applied(case, each[0], cart, tally, work) for each in ordered])
    valid = any(verdict.status == "APPLICABLE" for verdict in verdicts)
    return Decision(valid, verdicts, _summed(case, cart) if valid else None)


def _failed(redeemable: Redeemable, refusals: tuple[Refusal, ...]) -> Verdict:
    if refusals:
        return _refused(redeemable, refusals)
    return Verdict(redeemable.kind, redeemable.id, "SKIPPED", skip=PRECEDING_FAILED)


def _refused(redeemable: Redeemable, refusals: tuple[Refusal, ...]) -> Verdict:
    return Verdict(redeemable.kind, redeemable.id, "INAPPLICABLE", refusals=refusals)


def _applied(case: Case, redeemable: Redeemable, cart: Cart, tally: Tally, work: Work) -> Verdict:
    skip = tally.skip(redeemable)
    if skip is None:
        cart.begin()
        applied = _effect(case, redeemable, cart, work)
        if cart.changed or applied.free_shipping or not skips_without_effect(redeemable, case.rules):
            tally.count(redeemable)
            order = _told(case, cart)
            return Verdict(redeemable.kind, redeemable.id, "APPLICABLE", applied, order)
        skip = NO_EFFECT
    return Verdict(redeemable.kind, redeemable.id, "SKIPPED", skip=skip)


def _effect(case: Case, redeemable: Redeemable, cart: Cart, work: Work) -> Applied:
    rules = case.rules
    once = rules.redeemables_products_application_mode == "ONCE"
    step = Step(case, redeemable, cart, work, once=once, initial=counts_from_initial(redeemable, rules))
    return spend(step) if redeemable.discount is None else apply_discount(step)


def _told(case: Case, cart: Cart) -> CalculatedOrder | None:
    """The running order; none where none was sent and nothing was added to it."""
    return cart.tell() if case.order is not None or cart.lines else None


def _summed(case: Case, cart: Cart) -> CalculatedOrder | None:
    return cart.tell_summed() if case.order is not None or cart.lines else None
