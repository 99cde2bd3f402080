"""Which operations there are, and which of them a client has called: a path of a request is matched to its template."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[2]

Call = tuple[str, str]
"""A method and a path, or a path's template."""


def operations() -> set[Call]:
    """Every operation of the committed document, by its template."""
    paths = json.loads((ROOT / "openapi.json").read_text())["paths"]
    return {(method.upper(), path) for path, methods in paths.items() for method in methods}


def templates_of(calls: Iterable[Call]) -> set[Call]:
    """The operations that these requests went to."""
    known = [(method, template, _pattern(template)) for method, template in operations()]
    return {
        (method, template)
        for called, url in calls
        for method, template, pattern in known
        if called == method and pattern.fullmatch(urlsplit(url).path)
    }


def same(template: str) -> str:
    """A template without the names of its parameters, which each document chooses for itself."""
    return re.sub(r"{[^}]*}", "{}", template)


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile("[^/]+".join(map(re.escape, re.split(r"{[^}]*}", template))))
