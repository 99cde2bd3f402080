"""Paths: their parameters as text, and how long they may be together with the query."""

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from patron.http.exchange import Exchange
from patron.kernel.problems import invalid_path, no_such_route, uri_too_long

LONGEST_URI = 16_384

_BAD_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")


def check_uri(exchange: Exchange) -> None:
    """Raises Problem 414."""
    if len(exchange.path) + len(exchange.query) > LONGEST_URI:
        raise uri_too_long(LONGEST_URI)


def decoded_params(segments: Mapping[str, str]) -> dict[str, str]:
    """The path's parameters as text. Raises Problem 400 for what is no percent-encoded UTF-8, 404 for an empty one."""
    return {name: _decoded(name, segment) for name, segment in segments.items()}


def _decoded(name: str, segment: str) -> str:
    """A parameter as text. Any character may stand in an id, a slash too, if it is percent-encoded as UTF-8."""
    if not segment:
        raise no_such_route(f"{name}: expected an id, got an empty one")
    if "%" not in segment and segment.isascii():
        return segment
    if _BAD_ESCAPE.search(segment):
        raise invalid_path(f"{name}: expected two hexadecimal digits after each %; a % itself is %25")
    try:
        text = unquote_to_bytes(segment.encode("latin-1")).decode()
    except UnicodeDecodeError:
        raise invalid_path(f"{name}: expected percent-encoded UTF-8") from None
    if "\0" in text:
        raise invalid_path(f"{name}: expected text without the character NUL (%00)")
    return text
