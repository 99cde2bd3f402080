"""Query strings: read as UTF-8, and turned into the struct that a route declares."""

import re
from typing import Any, Generic, TypeVar
from urllib.parse import unquote_to_bytes

import msgspec
from msgspec import inspect

from patron.http.faults import fault_details
from patron.http.filters import IS_FILTER, FilterParts
from patron.kernel.clock import from_iso
from patron.kernel.problems import invalid_query_params

Q = TypeVar("Q", bound=msgspec.Struct)

_ENTRY = re.compile(r"(.+)\[\d*\]")
_PART = re.compile(r"([^\[\]]+)((?:\[[^\[\]]+\])+)")
DEEPEST = 8
"""Levels of objects in a query."""


class QueryDecoder(Generic[Q]):
    """Turns query strings into one struct, whose fields' names are the parameters'. Made once for a route.

    A parameter in brackets is a field of that very name (`created_at[before]`). What the struct does not name is
    ignored; of a name that is given twice, the last one counts, but for a field that is a list: it takes all of
    `ids=1&ids=2`, `ids[]=1&ids[]=2` and `ids[0]=1&ids[1]=2`, in the order in which they are given. A field that is an
    object takes its parts, `customer[source_id]=7&customer[metadata][vip]=yes`; what has no type there is text. A field
    of the type `Filters` takes filters.
    """

    def __init__(self, shape: type[Q]) -> None:
        self._shape = shape
        kinds = {field.encode_name: inspect.type_info(field.type) for field in msgspec.structs.fields(shape)}
        self._lists = frozenset(name for name, kind in kinds.items() if _is_list(kind))
        self._objects = frozenset(name for name, kind in kinds.items() if _is_object(kind))
        self._filters = frozenset(name for name, kind in kinds.items() if _is_filter(kind))
        self._known = frozenset(kinds) - self._lists - self._filters

    def decode(self, query: bytes) -> Q:
        """The query as the struct. Raises Problem 400, whose details name the parameter and what was expected."""
        given: dict[str, str] = {}
        lists: dict[str, list[str]] = {}
        objects: dict[str, Any] = {}
        filters = {name: FilterParts() for name in self._filters}
        for part in query.split(b"&") if query else ():
            name, _, value = part.partition(b"=")
            parameter = _decoded(name, "query")
            if parameter in self._known:
                given[parameter] = _decoded(value, parameter)
            elif (of := parameter.partition("[")[0]) in filters:
                filters[of].put(parameter, _decoded(value, parameter))
            elif (entry_of := _entry_of(parameter)) in self._lists:
                lists.setdefault(entry_of, []).append(_decoded(value, entry_of))
            elif (place := _PART.fullmatch(parameter)) and place[1] in self._objects:
                _put(objects, [place[1], *place[2][1:-1].split("][")], _decoded(value, parameter))
        try:
            whole = {name: parts.whole() for name, parts in filters.items()}
            return msgspec.convert({**given, **lists, **objects, **whole}, self._shape, strict=False)
        except msgspec.ValidationError as fault:
            raise invalid_query_params(fault_details(str(fault), self._shape, root="query")) from None


def _is_list(kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.UnionType):
        return any(map(_is_list, kind.types))
    return _is_list(kind.type) if isinstance(kind, inspect.Metadata) else isinstance(kind, inspect.ListType)


def _is_filter(kind: inspect.Type) -> bool:
    return isinstance(kind, inspect.Metadata) and bool(kind.extra and kind.extra.get(IS_FILTER))


def _is_object(kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.UnionType):
        return any(map(_is_object, kind.types))
    return _is_object(kind.type) if isinstance(kind, inspect.Metadata) else isinstance(kind, _OBJECTS)


_OBJECTS = (inspect.StructType, inspect.DictType)


def _put(objects: dict[str, Any], path: list[str], text: str) -> None:
    """Lay a text down in nested objects. Problem 400 where a part is a text and an object."""
    inner = objects
    for step in path[:-1]:
        inner = inner.setdefault(step, {})
        if not isinstance(inner, dict) or len(path) > DEEPEST:
            raise invalid_query_params(f"{path[0]}: expected objects of up to {DEEPEST} levels, each part once")
    inner[path[-1]] = text


def _entry_of(parameter: str) -> str:
    """The list that a parameter is an entry of: `ids` for `ids`, `ids[]` and `ids[7]`."""
    entry = _ENTRY.fullmatch(parameter)
    return parameter if entry is None else entry[1]


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
