"""Points on the earth as two whole numbers: latitude and longitude in ten-millionths of a degree, a centimetre each."""

import re
from typing import Any

DIGITS = 7
"""Of a fraction of a degree; what is written beyond them is rounded, half away from zero."""
DEGREE: int = 10**DIGITS
QUARTER, HALF, FULL = 90 * DEGREE, 180 * DEGREE, 360 * DEGREE
"""Of a turn around the earth."""

_DEGREES = r"(-?[0-9]{1,3}(?:[.][0-9]{1,20})?)"
PATTERN = f"geo:{_DEGREES},{_DEGREES}"
"""A point as it is written, in the syntax that Python's patterns and PostgreSQL's have in common."""
_written = re.compile(PATTERN).fullmatch

Geopoint = tuple[int, int]
"""Latitude and longitude, in units of this module."""


def geopoint_of(given: Any) -> Geopoint | None:
    """The point of a text `geo:<latitude>,<longitude>` in degrees; None for whatever is none on the earth.

    >>> geopoint_of("geo:51.5,-0.1234567"), geopoint_of("geo:91,0")
    ((515000000, -1234567), None)
    """
    found = _written(given) if type(given) is str else None
    if found is None:
        return None
    latitude, longitude = units_of(found[1]), units_of(found[2])
    return (latitude, longitude) if abs(latitude) <= QUARTER and abs(longitude) <= HALF else None


def units_of(degrees: str) -> int:
    """Degrees, written as a decimal number, in units.

    >>> units_of("-0.00000005"), units_of("180")
    (-1, 1800000000)
    """
    whole, _, fraction = degrees.partition(".")
    units = int(whole.lstrip("-") + fraction[:DIGITS].ljust(DIGITS, "0")) + (fraction[DIGITS : DIGITS + 1] >= "5")
    return -units if whole.startswith("-") else units
