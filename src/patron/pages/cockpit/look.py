"""How the page looks for one shop: its name, its colour, its logo; and the page as a reply."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from patron.db.actions import Reply
from patron.db.rulebook import Rulebook
from patron.domains.projects.model import PROJECTS, ProjectSettings
from patron.http.pages import html
from patron.pages.cockpit.languages import Words
from patron.pages.cockpit.theme import accent
from patron.pages.templates import render

STYLE = "style.css"
ICON = "icon.svg"


@dataclass(frozen=True, slots=True)
class Look:
    """A shop's name, its logo's URL (None: the name stands for it), and `style`, which gives its colour to the page."""

    shop: str
    logo: str | None
    style: str


PLAIN = Look("", None, "")
"""The look of a page of which nobody knows the shop."""


def look_of(rulebook: Rulebook) -> Look | None:
    """The look of this rulebook's project; None where its customers have no page, or it is gone."""
    return rulebook.derived(_look)


def _look(rulebook: Rulebook) -> Look | None:
    project = rulebook.rows(PROJECTS).get((rulebook.project_id,))
    cockpit = ProjectSettings.of(rulebook).cockpit
    if project is None or not cockpit.enabled:
        return None
    return Look(cockpit.name or project.name, cockpit.logo_url, _style(cockpit.color))


def page(template: str, words: Words, look: Look, *, status: int = 200, up: str = "", **values: Any) -> Reply:
    """The page that a template makes in this look. `up` leads from its address to the one beside its parts."""
    parts = {"stylesheet": up + _address(STYLE), "icon": up + _address(ICON)}
    text = render(f"cockpit/{template}.html", words=words, look=look, **parts, **values)
    return html(
        text,
        status=status,
        images=() if look.logo is None else (look.logo,),
        styles=(look.style,) if look.style else (),
    )


@cache
def part(name: str) -> bytes:
    """A file that all pages share."""
    return (files(__package__) / name).read_bytes()


@cache
def _address(name: str) -> str:
    """The file's address, of which its content is a part."""
    return f"{name}?{sha256(part(name)).hexdigest()[:12]}"


def _style(colour: str) -> str:
    shades = accent(colour)
    return (
        f":root{{--fill:{shades.fill};--on-fill:{shades.on_fill};--ink:{shades.ink_light}}}"
        f"@media(prefers-color-scheme:dark){{:root{{--ink:{shades.ink_dark}}}}}"
    )
