"""Whatever colour a shop has, its customers can read."""

from hypothesis import given
from hypothesis import strategies as st

from patron.pages.cockpit.look import STYLE, part
from patron.pages.cockpit.theme import DARK_SURFACES, LIGHT_SURFACES, READABLE, accent, contrast

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@given(COLOURS)
def test_text_on_any_colour_can_be_read(colour: str) -> None:
    shades = accent(colour)
    assert shades.fill == colour
    assert contrast(shades.on_fill, shades.fill) >= READABLE


@given(COLOURS)
def test_a_shade_of_any_colour_can_be_read_on_every_surface(colour: str) -> None:
    shades = accent(colour)
    for ink, surfaces in ((shades.ink_light, LIGHT_SURFACES), (shades.ink_dark, DARK_SURFACES)):
        for surface in surfaces:
            assert contrast(ink, surface) >= READABLE


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    assert accent("#0f766e").ink_light == "#0f766e"
    assert accent("#ffcc00").ink_dark == "#ffcc00"


def test_the_style_sheet_has_the_surfaces_that_contrast_is_measured_on() -> None:
    text = part(STYLE).decode()
    light, dark = text.split("prefers-color-scheme: dark")[:2]
    for style, surfaces in ((light, LIGHT_SURFACES), (dark, DARK_SURFACES)):
        for surface in surfaces:
            assert f": {surface};" in style
