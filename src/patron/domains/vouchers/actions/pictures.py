"""Pictures of a code, drawn for whoever has the link (spec I 1.1)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from io import BytesIO
from typing import Literal

import msgspec
import segno
from barcode.codex import Code128
from barcode.writer import ImageWriter, SVGWriter

from patron.db.actions import Read, Reply
from patron.domains.projects import is_open
from patron.domains.vouchers.assets import BARCODE, QR
from patron.domains.vouchers.store import BY_ID
from patron.http.links import Links
from patron.kernel.problems import invalid_query_params, no_such_route

Reading = Callable[[str], Awaitable[Read]]
Format = Literal["png", "svg"]
FORMATS: tuple[Format, ...] = ("png", "svg")

SIZES = (1, 100)
SIZE = 20
KEPT = 256
LONGEST_BARCODE = 80
"""Beyond so many characters a barcode is longer than a scanner is wide."""

_TYPES = {"png": "image/png", "svg": "image/svg+xml"}
_DOTS_PER_INCH = 254
"""Ten dots a millimetre, which is the unit that barcodes are drawn in."""
_QUIET_MODULES = 10

_HEADERS = (
    ("Cache-Control", "private, max-age=3600"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
)
"""Mails and other sites may show it, and it may do nothing itself."""


class _Asked(msgspec.Struct, frozen=True):
    size: int
    format: Format


async def qr(reading: Reading, links: Links, token: str, query: Mapping[str, str]) -> Reply:
    """The code as a QR code whose edge is about ten pixels for each step of `size`.

    Problem 404 for a link that is none of ours or whose voucher is gone, 400 for a size or format that there is not.
    """
    code, asked = await _asked(reading, links, QR, token, query)
    return _picture(await asyncio.to_thread(_draw_qr, code, asked.size, asked.format), asked)


async def barcode(reading: Reading, links: Links, token: str, query: Mapping[str, str]) -> Reply:
    """The code as Code 128, twice as many pixels high as `size`.

    Problems as above; and 404 where that kind of barcode cannot hold the code.
    """
    code, asked = await _asked(reading, links, BARCODE, token, query)
    if not code.isascii() or not code.isprintable() or len(code) > LONGEST_BARCODE:
        raise no_such_route(
            f"Only codes of up to {LONGEST_BARCODE} characters of ASCII have a barcode; use the QR code."
        )
    return _picture(await asyncio.to_thread(_draw_barcode, code, asked.size, asked.format), asked)


async def _asked(
    reading: Reading, links: Links, purpose: str, token: str, query: Mapping[str, str]
) -> tuple[str, _Asked]:
    named = links.open(purpose, token, 0)
    if named is None:
        raise no_such_route("This link is incomplete. The voucher has the whole one.")
    asked = _Asked(_size(query), _format(query))
    project_id, voucher_id = named
    read = await reading(project_id)
    found = await read.one(BY_ID, project_id=project_id, id=voucher_id)
    if found is None or not is_open(read.rulebook):
        raise no_such_route("This voucher is gone.")
    return found[0].code, asked


def _size(query: Mapping[str, str]) -> int:
    text = query.get("size", str(SIZE))
    least, most = SIZES
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most):
        raise invalid_query_params(f"size: expected an integer from {least} to {most}")
    return int(text)


def _format(query: Mapping[str, str]) -> Format:
    for known in FORMATS:
        if query.get("format", FORMATS[0]) == known:
            return known
    raise invalid_query_params("format: expected one of png, svg")


def _picture(content: bytes, asked: _Asked) -> Reply:
    return Reply(200, content, _TYPES[asked.format], _HEADERS)


@lru_cache(KEPT)
def _draw_qr(code: str, size: int, kind: Format) -> bytes:
    drawn = segno.make_qr(code, error="m")
    modules = drawn.symbol_size()[0]
    out = BytesIO()
    drawn.save(out, kind=kind, scale=max(1, size * 10 // modules))
    return out.getvalue()


@lru_cache(KEPT)
def _draw_barcode(code: str, size: int, kind: Format) -> bytes:
    writer = SVGWriter() if kind == "svg" else ImageWriter(format="PNG", mode="L")
    module = max(3, size // 10) / 10
    out = BytesIO()
    Code128(code, writer=writer).write(
        out,
        {
            "module_width": module,
            "module_height": max(1, size / 5),
            "quiet_zone": module * _QUIET_MODULES,
            "margin_top": 0.5,
            "margin_bottom": 0.5,
            "write_text": False,
            "dpi": _DOTS_PER_INCH,
        },
    )
    return out.getvalue()
