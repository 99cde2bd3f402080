"""Query strings: read as UTF-8, and turned into the struct that a route declares."""

from typing import Generic, TypeVar
from urllib.parse import unquote_to_bytes

import msgspec

from patron.http.faults import fault_details
from patron.kernel.clock import from_iso
from patron.kernel.problems import invalid_query_params

Q = TypeVar("Q", bound=msgspec.Struct)


class QueryDecoder(Generic[Q]):
    """Turns query strings into one struct, whose fields' names are the parameters'. Made once for a route.

    A parameter in brackets is a field of that very name (`created_at[before]`). What the struct does not name is
    ignored; of a name that is given twice, the last one counts.
    """

    def __init__(self, shape: type[Q]) -> None:
        self._shape = shape
        self._known = frozenset(field.encode_name for field in msgspec.structs.fields(shape))

    def decode(self, query: bytes) -> Q:
        """The query as the struct. Raises Problem 400, whose details name the parameter and what was expected."""
        given: dict[str, str] = {}
        for part in query.split(b"&") if query else ():
            name, _, value = part.partition(b"=")
            parameter = _decoded(name, "query")
            if parameter in self._known:
                given[parameter] = _decoded(value, parameter)
        try:
            return msgspec.convert(given, self._shape, strict=False)
        except msgspec.ValidationError as fault:
            raise invalid_query_params(fault_details(str(fault), self._shape, root="query")) from None


def _decoded(text: bytes, parameter: str) -> str:
    try:
        decoded = unquote_to_bytes(text.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        raise invalid_query_params(f"{parameter}: expected percent-encoded UTF-8") from None
    if "\0" in decoded:
        raise invalid_query_params(f"{parameter}: expected text without the character NUL (%00)")
    return decoded


def moment_of(parameter: str, text: str) -> int:
    """A date, or a date and time, in ISO 8601, as epoch ms. Raises Problem 400 that names the parameter."""
    try:
        return from_iso(text)
    except ValueError:
        raise invalid_query_params(f"{parameter}: expected a date or a date and time in ISO 8601") from None
