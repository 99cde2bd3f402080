"""Pure decisions about categories: which one is meant, and what stacking rules are without one."""

from typing import Any, TypeVar

import msgspec
from msgspec import UNSET

from patron.db.rulebook import Rulebook
from patron.domains.categories.model import Categories
from patron.kernel.problems import Problem, not_found

KIND = "category"
B = TypeVar("B", bound=msgspec.Struct)

_decode = msgspec.json.decode


def unknown(category_id: str) -> Problem:
    """404 in the reference's words."""
    return not_found(KIND, category_id)


def with_category(rulebook: Rulebook, body: B) -> B:
    """A body with both of `category` and `category_id`, where it has either: name and id of the category that is meant.

    An id wins over a name; a name that no category has is kept as a text. Null for one clears both. Problem 404 for an
    id that no category has.
    """
    given: Any = body
    if given.category_id is UNSET and given.category is UNSET:
        return body
    name, category_id = given.category or None, given.category_id or None
    categories = Categories.of(rulebook)
    if category_id is not None:
        category = categories.get(category_id)
        if category is None:
            raise unknown(category_id)
    else:
        category = None if name is None else categories.named(name)
    if category is None:
        return msgspec.structs.replace(body, category=name, category_id=None)
    return msgspec.structs.replace(body, category=category.name, category_id=category.id)


def names(rules: str, category_id: str) -> bool:
    """Whether stacking rules (JSON) speak of a category."""
    return any(category_id in value for value in _decode(rules).values() if isinstance(value, list | dict))


def without(rules: str, category_id: str) -> str:
    """Stacking rules (JSON) that do not speak of a category any more."""
    return msgspec.json.encode({key: _left(value, category_id) for key, value in _decode(rules).items()}).decode()


def _left(value: Any, category_id: str) -> Any:
    if isinstance(value, list):
        return [each for each in value if each != category_id]
    if isinstance(value, dict):
        return {key: limit for key, limit in value.items() if key != category_id}
    return value
