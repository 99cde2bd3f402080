"""Criteria: what a condition asks of a field's value, with its operands checked and typed.

An array is looked at by its entries: one that fits is enough, where a criterion says nothing else.
"""

from dataclasses import dataclass
from typing import Literal

from patron.engine.areas import Areas
from patron.engine.case import Hours
from patron.engine.durations import Duration

Number = int | float
"""A JSON number. It is compared, and nothing else is done with it."""

Sign = Literal["=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Values:
    """Scalars to compare with, by JSON's types: true is not 1."""

    texts: frozenset[str] = frozenset()
    numbers: frozenset[Number] = frozenset()
    booleans: frozenset[bool] = frozenset()


@dataclass(frozen=True, slots=True)
class Present:
    """There is a value: not nothing, not null, not an empty array."""


@dataclass(frozen=True, slots=True)
class Is:
    """One of the values; of an array, that its entries are these values and no others, in any order."""

    values: Values


@dataclass(frozen=True, slots=True)
class Among:
    """One of the values; of an array, that an entry is."""

    values: Values


@dataclass(frozen=True, slots=True)
class Includes:
    """Each of the values is an entry."""

    values: Values


@dataclass(frozen=True, slots=True)
class Part:
    """A text that contains, starts or ends with one of these, letter case and all."""

    place: Literal["within", "start", "end"]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """A number on this side of a limit."""

    sign: Sign
    limit: Number


@dataclass(frozen=True, slots=True)
class Counted:
    """An array with so many entries: what is unknown has none, what is no array is one."""

    sign: Sign
    n: int


@dataclass(frozen=True, slots=True)
class Point:
    """A day (days since 1970-01-01), or with `ms` (epoch ms) a moment; `day` is then the day as it was written."""

    day: int
    ms: int | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A time on this side of one of the points. A moment is compared with a day by the day it falls on."""

    sign: Sign
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """A time from one point on, up to and with another."""

    first: Point
    last: Point


@dataclass(frozen=True, slots=True)
class Away:
    """A day that is from `first` to `last` days away from today, both included; None is without an end."""

    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class YearsAgo:
    """The day so many years before today; for the last of February, 29 February belongs to 28 February."""

    years: int


Unit = Literal["day", "week", "month", "year"]


@dataclass(frozen=True, slots=True)
class Period:
    """A day of this week, month …, or of one `shift` further."""

    unit: Unit
    shift: int


@dataclass(frozen=True, slots=True)
class AnniversaryAway:
    """A day whose anniversary is from `first` to `last` days away from today; with `outside`, one that is not."""

    first: int
    last: int
    outside: bool = False


@dataclass(frozen=True, slots=True)
class AnniversaryPeriod:
    """A day whose anniversary lies in this week or month, or in one `shift` further."""

    unit: Unit
    shift: int


@dataclass(frozen=True, slots=True)
class DatePart:
    """A day with one of these numbers: of the week (0 is Sunday), of the month, its month's, its year's."""

    part: Literal["weekday", "day", "month", "year"]
    numbers: frozenset[int]


@dataclass(frozen=True, slots=True)
class DailyHours:
    """A moment in one of these parts of local days."""

    windows: tuple[Hours, ...]


@dataclass(frozen=True, slots=True)
class Recurring:
    """A moment within `length` of an occurrence: the first begins at `start`, the others each `interval` after it."""

    start: Point
    interval: Duration
    length: Duration


@dataclass(frozen=True, slots=True)
class Located:
    """A point on the earth in one of these areas, or on the border of one."""

    areas: Areas


Spanned = Placed | Between | Away | YearsAgo | Period
"""Criteria that are spans of time, once today is known."""

Yearly = AnniversaryAway | AnniversaryPeriod
"""Criteria that are days of any year, once today is known."""

Criterion = (
    Present
    | Is
    | Among
    | Includes
    | Part
    | Compared
    | Counted
    | Spanned
    | Yearly
    | DatePart
    | DailyHours
    | Recurring
    | Located
)

TIMED = (Away, YearsAgo, Period, AnniversaryAway, AnniversaryPeriod)
"""Criteria that may come to another end tomorrow."""
