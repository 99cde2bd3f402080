"""Values of formulas: exact numbers of bounded size, texts, booleans, days and moments."""

from datetime import date
from fractions import Fraction
from typing import NamedTuple

from patron.kernel.clock import from_iso

MOST_BITS = 512
"""No number grows beyond: so much work is an operation at most."""
LARGEST_EXPONENT = 100
MOST_DIGITS = 12
EPOCH_DAY = date(1970, 1, 1).toordinal()
EARLIEST = from_iso("0001-01-02")
LATEST = from_iso("9999-12-30")
"""So that a moment has a day in each zone."""
_DAY_LENGTH = len("YYYY-MM-DD")


class Unusable(Exception):
    """A formula has no result: an operand is missing or of the wrong kind, a number is too large, a divisor is 0."""


class Day(NamedTuple):
    """A day, counted from 1970-01-01."""

    day: int


class Moment(NamedTuple):
    """A moment, as epoch ms."""

    ms: int


Value = Fraction | str | bool | Day | Moment | tuple[Fraction | str | bool, ...]


def number(value: Value) -> Fraction:
    """The value, if it is a number of bounded size. Raises `Unusable`."""
    if not isinstance(value, Fraction):
        raise Unusable
    if value.numerator.bit_length() + value.denominator.bit_length() > MOST_BITS:
        raise Unusable
    return value


def truth(value: Value) -> bool:
    """The value, if it is a boolean. Raises `Unusable`."""
    if not isinstance(value, bool):
        raise Unusable
    return value


def text(value: Value) -> str:
    """The value, if it is a text. Raises `Unusable`."""
    if not isinstance(value, str):
        raise Unusable
    return value


def quotient(dividend: Fraction, divisor: Fraction) -> Fraction:
    """Raises `Unusable` where the divisor is 0."""
    if not divisor:
        raise Unusable
    return number(dividend / divisor)


def remainder(dividend: Fraction, divisor: Fraction) -> Fraction:
    """What is left over, with the sign of the dividend. Raises `Unusable` where the divisor is 0."""
    if not divisor:
        raise Unusable
    left = abs(dividend) % abs(divisor)
    return -left if dividend < 0 else left


def power(base: Fraction, exponent: Fraction) -> Fraction:
    """Raises `Unusable` for an exponent that is not whole or too large, and for 0 to a negative one."""
    if exponent.denominator != 1 or abs(exponent) > LARGEST_EXPONENT or (not base and exponent < 0):
        raise Unusable
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if bits * abs(exponent) > MOST_BITS:
        raise Unusable
    return Fraction(base**exponent.numerator)


def scale(digits: Fraction) -> Fraction:
    """10 to so many digits, which may be negative. Raises `Unusable`."""
    if digits.denominator != 1 or abs(digits) > MOST_DIGITS:
        raise Unusable
    return Fraction(10) ** digits.numerator


def day_of_text(given: str) -> Day:
    """The day of a text YYYY-MM-DD. Raises `Unusable`."""
    try:
        if len(given) != _DAY_LENGTH:
            raise Unusable
        return Day(date.fromisoformat(given).toordinal() - EPOCH_DAY)
    except ValueError:
        raise Unusable from None


def moment_of_text(given: str) -> Moment:
    """The moment of a date and time in ISO 8601; UTC where it names no offset. Raises `Unusable`."""
    try:
        moment = from_iso(given)
    except (ValueError, OverflowError):
        raise Unusable from None
    if not EARLIEST <= moment <= LATEST:
        raise Unusable
    return Moment(moment)


def civil(day: Day) -> date:
    """A day as a date. Raises `Unusable` for one that no calendar has."""
    try:
        return date.fromordinal(day.day + EPOCH_DAY)
    except (ValueError, OverflowError):
        raise Unusable from None
