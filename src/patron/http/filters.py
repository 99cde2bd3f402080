"""Filters in a query string: `filters[code][conditions][$in][]=A`, put together to what `engine.conditions` parses."""

import re
from typing import Annotated, Any

from msgspec import Meta

from patron.kernel.problems import invalid_query_params

IS_FILTER = "is_filter"
"""The mark of a field that takes filters."""

Filters = Annotated[
    dict[str, Any] | None,
    Meta(
        description="Only what passes: `filters[<field>][conditions][<operator>]=<value>`. Several values are given as "
        "`[<operator>][]`, `[<operator>][0]`, `[<operator>][1]` …, or by giving the parameter again. "
        "`filters[junction]` is `and` (if absent) or `or`. A name that is unknown is answered with those that are not.",
        extra={IS_FILTER: True},
    ),
]

DEEPEST = 24
"""Steps of a parameter's name: eight levels of groups, each with its position."""

_STEPS = re.compile(r"\[([^\[\]]*)\]")
_NAME = re.compile(r"[^\[\]]+((?:\[[^\[\]]*\])+)")

_ITEM = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\s'",\[\]]+"""
_LIST = re.compile(rf"\[\s*(?:(?:{_ITEM})\s*(?:,\s*(?:{_ITEM})\s*)*)?\]")
_ITEMS = re.compile(_ITEM)
_ESCAPED = re.compile(r"\\(.)")


class FilterParts:
    """The filters of one query, laid down part by part as they come."""

    def __init__(self) -> None:
        self._tree: dict[str, Any] = {}

    def put(self, parameter: str, text: str) -> None:
        """Lay down the text of `filters[…][…]`. Problem 400 where it cannot stand there."""
        found = _NAME.fullmatch(parameter)
        steps = _STEPS.findall(found[1]) if found else []
        if not 0 < len(steps) <= DEEPEST:
            raise invalid_query_params(_malformed(parameter))
        inner = self._tree
        for step in steps[:-1]:
            inner = inner.setdefault(step, {})
            if not isinstance(inner, dict):
                raise invalid_query_params(_malformed(parameter))
        texts = inner.setdefault(steps[-1], [])
        if not isinstance(texts, list):
            raise invalid_query_params(_malformed(parameter))
        texts.append(text)

    def whole(self) -> dict[str, Any] | None:
        """All parts together; None where there are none."""
        if not self._tree:
            return None
        return {name: _field(_settled(name, inner)) for name, inner in self._tree.items()}


def _malformed(parameter: str) -> str:
    return f"{parameter[:100]}: expected [<field>][conditions][<operator>] or [junction] after filters, each part once"


def _settled(name: str, inner: Any) -> Any:
    """What was laid down under a name: below an operator or a group a list, elsewhere an object or the last text."""
    several = name.startswith("$")
    if isinstance(inner, list):
        return _operands(inner) if several else inner[-1]
    if not (several and all(step == "" or step.isdecimal() for step in inner)):
        return {step: _settled(step, each) for step, each in inner.items()}
    entries: list[Any] = []
    for each in inner.values():
        if isinstance(each, list):
            entries += each
        else:
            entries.append(_settled("", each))
    return entries


def _field(inner: Any) -> Any:
    """A field's conditions, also where its operators stand without `conditions`, as the reference writes some."""
    bare = isinstance(inner, dict) and all(name.startswith("$") for name in inner)
    return {"conditions": inner} if bare else inner


def _operands(texts: list[str]) -> list[str]:
    """The operands; several may stand in one text, since the Python client sends a list as Python writes it."""
    if len(texts) > 1 or not _LIST.fullmatch(texts[0]):
        return texts
    return [_unquoted(item) for item in _ITEMS.findall(texts[0][1:-1])]


def _unquoted(item: str) -> str:
    return _ESCAPED.sub(r"\1", item[1:-1]) if item[0] in "'\"" else item
