"""Fields: what conditions may speak of, and of which type it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

Facts = Mapping[str, Any]
"""What is known of one thing: plain values by name, and by the names of groups further mappings.

Times are epoch ms where a field is a `MOMENT`, else texts as they were sent. What is unknown is absent or None.
"""


class Type(Enum):
    """What values a field has. `ANY` is metadata that no schema speaks of: each operator looks for its own type."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    """A text that is a day or a moment, see `kernel.iso`."""
    BIRTHDAY = "birthday"
    """A day that comes back: where another date is asked for a day, week or month, this is for its anniversary."""
    MOMENT = "moment"
    """Epoch ms."""
    POINT = "point"
    OBJECT = "object"
    STATE = "state"
    """A text, or several, that name states such as `expired`."""
    REFERENCE = "reference"
    """The ids, several of one thing, by which something may be named."""
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Field:
    """A property by the name that callers write, and where facts have it: the names of groups, then its own.

    With `many` its group is a list of entries, each of which has a value of its own.
    """

    name: str
    path: tuple[str, ...]
    type: Type
    many: bool = False


Fields = Callable[[str], Field | None]
"""The field of a name; None where there is none."""
