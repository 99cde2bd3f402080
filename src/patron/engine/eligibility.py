"""Whether a redeemable may be used at all: every reason why not, in the order of the reference (spec I 4.3)."""

from collections.abc import Iterator

from patron.engine.cart import Cart
from patron.engine.case import Case, Redeemable
from patron.engine.decision import Change, Refusal, Trace
from patron.engine.discounts.effects import ON_ORDER, effect_of
from patron.engine.durations import NEVER
from patron.engine.validity import outside_days, outside_hours, outside_timeframe
from patron.kernel.clock import to_iso

_LAST_TOLD = 253_402_300_799_999
"""The end of the year 9999, in epoch ms."""
_NEEDS_MONEY = ("AMOUNT", "FIXED")


def refusals_of(case: Case, redeemable: Redeemable, cart: Cart) -> tuple[Refusal, ...]:
    """All reasons why it does not apply: its state first, then the order, then the verdicts of its rules."""
    return (
        *_switched_off(redeemable),
        *_out_of_dates(redeemable, case.now),
        *_out_of_hours(case, redeemable),
        *_used_up(redeemable),
        *_without_order(case, redeemable, cart),
        *redeemable.refusals,
    )


def _switched_off(redeemable: Redeemable) -> Iterator[Refusal]:
    if redeemable.active:
        return
    trace = Trace("active", expected=True, actual=False)
    if redeemable.kind == "voucher":
        yield Refusal("voucher_disabled", "voucher is disabled", "expected it to be active", trace)
    else:
        yield Refusal("promotion_inactive", "Inactive Promotion", "expected it to be active", trace)


def _out_of_dates(redeemable: Redeemable, now: int) -> Iterator[Refusal]:
    voucher, start, end = redeemable.kind == "voucher", redeemable.start_at, redeemable.expires_at
    if start is not None and now < start:
        code, message = ("voucher_not_active", "voucher not active") if voucher else _INACTIVE
        trace = Trace("start_date", _told(start), _told(now), Change("now", start - now))
        yield Refusal(code, message, f"expected a time from {_told(start)} on", trace)
    if end is not None and now > end:
        code, message = ("voucher_expired", "voucher expired") if voucher else _INACTIVE
        trace = Trace("expiration_date", _told(end), _told(now), Change("expiration_date", now - end))
        yield Refusal(code, message, f"expected a time until {_told(end)}", trace)


_INACTIVE = ("promotion_inactive", "Inactive Promotion")


def _out_of_hours(case: Case, redeemable: Redeemable) -> Iterator[Refusal]:
    now, zone = case.now, case.zone
    timeframe, start, days, hours = (
        redeemable.timeframe,
        redeemable.start_at,
        redeemable.days_of_week,
        redeemable.hours,
    )
    if timeframe is not None and start is not None and now >= start:
        expected = f"{timeframe.duration} every {timeframe.interval} from {_told(start)} on"
        yield from _not_now(
            redeemable, now, "validity_timeframe", expected, outside_timeframe(now, start, timeframe, zone)
        )
    if days is not None:
        yield from _not_now(redeemable, now, "validity_day_of_week", sorted(days), outside_days(now, days, zone))
    if hours:
        windows = [_window(each.start, each.end, each.days) for each in hours]
        yield from _not_now(redeemable, now, "validity_hours", windows, outside_hours(now, hours, zone))


def _not_now(redeemable: Redeemable, now: int, check: str, expected: object, opening: int | None) -> Iterator[Refusal]:
    if opening is None:
        return
    code, message = "voucher_not_active_now", "voucher not active now"
    if redeemable.kind != "voucher":
        code, message = "promotion_not_active_now", "promotion not active now"
    change = None if opening == NEVER else Change("now", opening - now)
    yield Refusal(code, message, f"{check}: expected {expected}", Trace(check, expected, _told(now), change))


def _window(start: int, end: int, days: frozenset[int] | None) -> str:
    on = "" if days is None else " on " + ", ".join(map(str, sorted(days)))
    return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}{on}"


def _used_up(redeemable: Redeemable) -> Iterator[Refusal]:
    quantity, used, gift = redeemable.quantity, redeemable.used, redeemable.gift
    if quantity is not None and used >= quantity:
        trace = Trace("quantity", quantity, used + 1, Change("quantity", used + 1 - quantity))
        yield Refusal("quantity_exceeded", "quantity exceeded", f"expected at most {quantity} redemptions", trace)
    if gift is not None and gift.credits is not None and gift.credits > gift.balance:
        trace = Trace("gift.credits", gift.balance, gift.credits, Change("gift.credits", gift.balance - gift.credits))
        details = f"expected at most the balance of {gift.balance}"
        yield Refusal("gift_amount_exceeded", "Gift amount exceeded", details, trace)


def _without_order(case: Case, redeemable: Redeemable, cart: Cart) -> Iterator[Refusal]:
    """What takes an amount off needs one to take it off; a percentage of nothing is nothing."""
    discount = redeemable.discount
    if (discount is None or discount.type not in _NEEDS_MONEY) and redeemable.gift is None:
        return
    if case.order is None:
        yield _missing("order", "missing_order", "Missing order")
    elif effect_of(redeemable) == ON_ORDER:
        if cart.amount is None:
            yield _missing("order.amount", "missing_amount", "Missing order amount")
    elif not cart.lines:
        yield _missing("order.items", "missing_order_items", "Missing order items")
    elif all(line.amount is None for line in cart.lines):
        yield _missing("order.items.amount", "missing_order_items_amount", "Missing order items amount")


def _missing(check: str, code: str, message: str) -> Refusal:
    return Refusal(code, message, f"{check}: expected one", Trace(check, "present", None))


def _told(ms: int) -> str:
    return to_iso(min(ms, _LAST_TOLD))
