"""How a shop's colour becomes a page on which everything can be read, in light and in dark.

Contrast is WCAG 2's: the ratio of two relative luminances, from 1 (the same) to 21 (black on white).
"""

from functools import lru_cache
from typing import NamedTuple

Colour = tuple[int, int, int]
"""Red, green, blue, each 0 to 255."""

READABLE = 4.5
"""The contrast that text of ordinary size needs (WCAG 2.2, 1.4.3 AA)."""

LIGHT_SURFACES = ("#f4f4f1", "#ffffff")
DARK_SURFACES = ("#131417", "#1d1f23")
"""What text stands on: the page, and the cards on it. `style.css` has the same."""

_BLACK: Colour = (0, 0, 0)
_WHITE: Colour = (255, 255, 255)


class Accent(NamedTuple):
    """The shop's colour as a page uses it.

    `fill` is the colour itself, `on_fill` what is written on it. `ink_light` and `ink_dark` are the nearest
    shades of it that can be read on light and on dark surfaces.
    """

    fill: str
    on_fill: str
    ink_light: str
    ink_dark: str


@lru_cache(1_000)
def accent(colour: str) -> Accent:
    """The accent that a colour `#rrggbb` makes."""
    fill = _parsed(colour)
    on_fill = max(_BLACK, _WHITE, key=lambda candidate: _contrast(candidate, fill))
    return Accent(
        _written(fill),
        _written(on_fill),
        _written(_readable(fill, LIGHT_SURFACES, _BLACK)),
        _written(_readable(fill, DARK_SURFACES, _WHITE)),
    )


def contrast(one: str, other: str) -> float:
    """The contrast of two colours `#rrggbb`.

    >>> round(contrast("#ffffff", "#000000")), contrast("#777777", "#777777")
    (21, 1.0)
    """
    return _contrast(_parsed(one), _parsed(other))


def _readable(colour: Colour, surfaces: tuple[str, ...], towards: Colour) -> Colour:
    """The first of 33 even steps from the colour to black or white that can be read on all these surfaces."""
    grounds = [_parsed(surface) for surface in surfaces]
    for step in range(33):
        shade = _mixed(colour, towards, step)
        if all(_contrast(shade, ground) >= READABLE for ground in grounds):
            return shade
    return towards


def _mixed(colour: Colour, towards: Colour, step: int) -> Colour:
    red, green, blue = ((a * (32 - step) + b * step) // 32 for a, b in zip(colour, towards, strict=True))
    return red, green, blue


def _contrast(one: Colour, other: Colour) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _parsed(colour: str) -> Colour:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def _written(colour: Colour) -> str:
    return "#" + bytes(colour).hex()
