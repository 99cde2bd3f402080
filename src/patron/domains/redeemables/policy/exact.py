"""Stored JSON and numbers as the engine takes them: decimals exactly as they were written, never as floats."""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

import msgspec

from patron.domains.vouchers.wire.validity import Validity
from patron.engine.case import Discount, Hours, Timeframe, UnitsOff

_decode = msgspec.json.Decoder(float_hook=Decimal).decode
_validity = msgspec.json.Decoder(Validity).decode
_MEMORY = 4_096
"""Vouchers of a campaign share the texts of their discount and their validity."""

_PLAIN = (
    "type",
    "effect",
    "amount_off",
    "amount_off_formula",
    "percent_off_formula",
    "fixed_amount",
    "fixed_amount_formula",
    "amount_limit",
    "aggregated_amount_limit",
    "unit_type",
    "unit_off",
    "unit_off_formula",
)
_OF_UNITS = ("unit_type", "unit_off", "unit_off_formula", "effect")


def decoded(text: str | None) -> dict[str, Any]:
    """A stored JSON object; none is an empty one."""
    return {} if text is None or text == "{}" else _decode(text)


def exact(value: Any) -> Any:
    """A decoded JSON value with each float as the decimal that was written."""
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, dict):
        return {key: exact(inner) for key, inner in value.items()}
    return [exact(inner) for inner in value] if isinstance(value, list) else value


@lru_cache(maxsize=_MEMORY)
def discount_of(text: str) -> Discount:
    """A stored discount."""
    given = _decode(text)
    percent = given.get("percent_off")
    return Discount(
        **{name: given[name] for name in _PLAIN if name in given},
        percent_off=Fraction(percent) if isinstance(percent, Decimal) else percent,
        units=tuple(
            UnitsOff(**{name: kind[name] for name in _OF_UNITS if name in kind}) for kind in given.get("units", ())
        ),
    )


@lru_cache(maxsize=_MEMORY)
def validity_of(text: str | None) -> dict[str, Any]:
    """Stored limits of validity, as a redeemable's `timeframe`, `days_of_week` and `hours`."""
    given = _validity(text or "{}")
    limits: dict[str, Any] = {}
    if given.timeframe:
        limits["timeframe"] = Timeframe(given.timeframe.interval, given.timeframe.duration)
    if isinstance(given.day_of_week, list):
        limits["days_of_week"] = frozenset[int](given.day_of_week)
    if given.hours:
        limits["hours"] = tuple(
            Hours(
                start=_minutes(window.bounds[0]),
                end=_minutes(window.bounds[1]),
                days=frozenset(window.days_of_week) if isinstance(window.days_of_week, list) else None,
            )
            for window in given.hours.daily
        )
    return limits


def _minutes(time: str) -> int:
    """A time of the day (HH:mm) in minutes from its begin."""
    hours, minutes = time.split(":")
    return int(hours) * 60 + int(minutes)
