"""What a page is sent: the fields of a query or of a form, as text."""

from urllib.parse import parse_qsl

from patron.http.bodies import check_encoding, check_length, receive_body
from patron.http.exchange import Exchange
from patron.kernel.problems import Problem, invalid_payload, invalid_query_params, unsupported_media_type

MOST_BYTES = 16 * 1024
MOST_FIELDS = 200
MEDIA_TYPE = b"application/x-www-form-urlencoded"


def query_fields(query: bytes) -> dict[str, str]:
    """The query's fields; of one that is given twice, the last counts. Raises Problem 400."""
    try:
        return _fields(query)
    except ValueError:
        raise invalid_query_params(f"query: {_expected()}") from None


async def read_form(exchange: Exchange) -> dict[str, str]:
    """The fields of a form that was sent; of one that is given twice, the last counts.

    Raises Problem 400, 413 past `MOST_BYTES`, 415 for another media type, and ClientLeft.
    """
    check_length(exchange.headers, MOST_BYTES)
    declared = exchange.headers.get(b"content-type", MEDIA_TYPE)
    if declared.partition(b";")[0].strip().lower() != MEDIA_TYPE:
        raise unsupported_media_type(f"Send a form, with Content-Type: {MEDIA_TYPE.decode()}.")
    check_encoding(exchange.headers)
    raw = await receive_body(exchange.receive, MOST_BYTES)
    try:
        return _fields(raw)
    except ValueError:
        raise _no_form() from None


def _fields(raw: bytes) -> dict[str, str]:
    text = raw.decode("ascii")
    fields = dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS))
    if any("\0" in text for field in fields.items() for text in field):
        raise ValueError("NUL")
    return fields


def _expected() -> str:
    return f"expected at most {MOST_FIELDS} fields, percent-encoded as UTF-8 without the character NUL (%00)"


def _no_form() -> Problem:
    return invalid_payload(f"body: {_expected()}")
