"""Bodies: read within a bound, looked at for what no decoder refuses, and decoded into a route's type."""

import re
from collections.abc import Awaitable, Callable, Mapping
from types import NoneType
from typing import Any, Generic, Protocol, TypeVar, get_args

import msgspec

from patron.http.faults import fault_details
from patron.kernel.problems import Problem, invalid_payload, payload_too_large, unsupported_media_type

B = TypeVar("B")

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Headers = Mapping[bytes, bytes]

MOST_BYTES = 10 * 1024 * 1024
MOST_DISCARDED = 64 * 1024 * 1024
"""Up to here, what is left of a refused body is received and thrown away; past it, the connection is closed."""
DEEPEST = 64
"""Levels of objects and arrays in any body; what a route's type declares is far below."""

_PLAIN_JSON = frozenset({b"application/json", b"application/json; charset=utf-8", b"application/json;charset=utf-8"})
_JSON = re.compile(rb'application/(?:[\w.+-]+\+)?json(?:\s*;\s*charset="?(?:utf-?8|us-ascii)"?)?\s*', re.IGNORECASE)
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
"""A string, or what is left where one does not end; possessive, so that the time is linear in any body."""
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class ClientLeft(Exception):
    """The client closed the connection before its request was complete."""


class BodyReader(Protocol):
    """Takes the bodies of one route."""

    async def read(self, headers: Headers, receive: Receive) -> tuple[bytes, Any]:
        """What a repeated request must have in common with the first, and the body as the route's type."""


class JsonBodies:
    """Takes JSON of one type. Made once for a route."""

    def __init__(self, shape: Any) -> None:
        self._decode = BodyDecoder(shape).decode

    async def read(self, headers: Headers, receive: Receive) -> tuple[bytes, Any]:
        """The bytes as sent, and decoded.

        Raises Problem 413 and ClientLeft as `receive_body` does, 415 for anything not declared as JSON, 400 for
        anything else that is wrong.
        """
        check_length(headers, MOST_BYTES)
        _check_media_type(headers)
        raw = await receive_body(receive, MOST_BYTES)
        return raw, self._decode(raw)


def check_length(headers: Headers, most: int) -> None:
    """Raises Problem 413 for a body that is declared as longer than `most` bytes, before any of it is read."""
    if int(headers.get(b"content-length", b"0")) > most:
        raise payload_too_large(most)


async def receive_body(receive: Receive, most: int) -> bytes:
    """The whole body. Raises Problem 413 as soon as `most` bytes are passed, and ClientLeft."""
    parts: list[bytes] = []
    size = 0
    more = True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise ClientLeft
        part: bytes = event.get("body", b"")
        size += len(part)
        if size > most:
            raise payload_too_large(most)
        parts.append(part)
        more = event.get("more_body", False)
    return b"".join(parts)


def is_worth_discarding(headers: Headers) -> bool:
    """Whether the rest of a refused body is small enough to let it pass, so that its sender gets to read the answer."""
    return int(headers.get(b"content-length", MOST_DISCARDED + 1)) <= MOST_DISCARDED


def _check_media_type(headers: Headers) -> None:
    declared = headers.get(b"content-type")
    if declared is not None and declared not in _PLAIN_JSON and not _JSON.fullmatch(declared):
        raise unsupported_media_type("Send the body as JSON in UTF-8, with Content-Type: application/json.")
    check_encoding(headers)


def check_encoding(headers: Headers) -> None:
    """Raises Problem 415 for a compressed body."""
    if headers.get(b"content-encoding", b"identity") != b"identity":
        raise unsupported_media_type("Send the body as it is, without a Content-Encoding.")


class BodyDecoder(Generic[B]):
    """Decodes JSON into one type. Made once for a route; of a type with None, nothing may be sent too."""

    def __init__(self, shape: type[B]) -> None:
        self._shape = shape
        self._may_be_absent = may_be_absent(shape)
        self._decode = msgspec.json.Decoder(shape).decode

    def decode(self, body: bytes) -> B:
        """The body as the type. Raises Problem 400, whose details name the field and what was expected."""
        if not body and self._may_be_absent:
            return self._decode(b"null")
        if not body:
            raise invalid_payload("body: expected JSON, got nothing")
        _check_depth(body)
        if b"\\u0000" in body and _NUL.search(body):
            raise invalid_payload("body: expected text without the character NUL (\\u0000)")
        try:
            return self._decode(body)
        except msgspec.ValidationError as fault:
            raise invalid_payload(fault_details(str(fault), self._shape, root="body")) from None
        except msgspec.DecodeError as fault:
            raise _malformed(body, fault) from None
        except UnicodeDecodeError:
            raise invalid_payload("body: expected JSON in UTF-8") from None
        except RecursionError:
            raise _too_deep() from None


def may_be_absent(shape: Any) -> bool:
    """Whether a body of this type may be left out."""
    return NoneType in get_args(shape)


def _check_depth(body: bytes) -> None:
    """Few brackets cannot nest deeply; among many, each pass over the brackets takes away the innermost pairs."""
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return
    brackets = _STRING.sub(b"", body).translate(_BRACKETS, _NOT_BRACKETS)
    for _ in range(DEEPEST):
        shallower = brackets.replace(b"[]", b"")
        if len(shallower) == len(brackets):
            return
        brackets = shallower
    if brackets:
        raise _too_deep()


def _too_deep() -> Problem:
    return invalid_payload(f"body: expected at most {DEEPEST} levels of objects and arrays")


def _malformed(body: bytes, fault: msgspec.DecodeError) -> Problem:
    if _SURROGATE.search(body):
        return invalid_payload("body: expected JSON in which each \\ud800 to \\udfff is half of a surrogate pair")
    if body.startswith(b"\xef\xbb\xbf"):
        return invalid_payload("body: expected JSON without a byte order mark")
    where = str(fault).removeprefix("JSON is malformed: ").removeprefix("Input data was truncated")
    return invalid_payload(f"body: expected JSON, found {where or 'its end too early'}")
