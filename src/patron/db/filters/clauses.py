"""The clauses that criteria become, of a value that is there as a text, a number or a boolean."""

import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from patron.db.dialect import INTEGER, TEXT, JsonText, each_text, has_part, is_among
from patron.db.filters.sources import Clause, InColumn, InJson, InStates
from patron.db.json_values import (
    Entry,
    as_json,
    entries_at,
    is_among_json,
    is_among_numbers,
    json_is_number,
    json_value,
)
from patron.db.moments import weekday
from patron.engine.conditions.criteria import (
    Among,
    Compared,
    Counted,
    Criterion,
    DatePart,
    Includes,
    Is,
    Part,
    Sign,
    Values,
)
from patron.engine.conditions.fields import Type


def opposite(clause: Clause) -> Clause:
    """True where a clause is not, be it false or NULL."""
    return sa.not_(sa.func.coalesce(clause, sa.false()))


def is_known(source: InColumn) -> Clause:
    """Whether a column tells something."""
    return source.value.is_not(None) if source.known is None else source.known


def some_entry(source: InJson, test: Callable[[Entry], Clause]) -> Clause:
    """Whether an entry of an array passes."""
    rows, entry = entries_at(source.column, source.path)
    return sa.exists(_one().select_from(rows).where(test(entry)))


def _one() -> sa.Select[Any]:
    return sa.select(sa.literal_column("1"))


def is_value(values: Values, entry: Entry) -> Clause:
    """Whether an entry is one of the values."""
    tests: list[Clause] = []
    if values.texts:
        tests.append(_is_text(values, entry.text))
    if values.numbers:
        tests.append(is_among_numbers(entry.number, _json(sorted(values.numbers))))
    if values.booleans:
        tests.append(is_among_numbers(entry.boolean, _json([int(each) for each in sorted(values.booleans)])))
    return sa.or_(*tests)


def quick_alone(criterion: Criterion, at: tuple[Clause, ...]) -> Clause | None:
    """Whether a value that is no array passes, as PostgreSQL finds out quickest: by what it compares without a cast.

    None for a criterion that looks into the value.
    """
    value = json_value(*at)
    if isinstance(criterion, Is | Among):
        values = _sorted(criterion.values)
        return value == as_json(_json(values[0])) if len(values) == 1 else is_among_json(value, _json(values))
    if isinstance(criterion, Compared):
        return sa.and_(compared(value, criterion.sign, as_json(_json(criterion.limit))), json_is_number(*at))
    return None


def _sorted(values: Values) -> list[Any]:
    return [*sorted(values.texts), *sorted(values.numbers), *sorted(values.booleans)]


def is_one_of(values: Values, column: Clause, kind: Type) -> Clause:
    """Whether a column of this type is one of the values."""
    if kind is Type.NUMBER:
        return is_among_numbers(column, _json(sorted(values.numbers)))
    return _is_text(values, column)


def _is_text(values: Values, text: Clause) -> Clause:
    if len(values.texts) == 1:
        return text == sa.literal(next(iter(values.texts)), TEXT)
    return is_among(text, _json(sorted(values.texts)))


def held(source: InJson, values: Values) -> Clause:
    """How many of the values are entries."""
    rows, entry = entries_at(source.column, source.path)
    kinds = ((values.texts, entry.text), (values.numbers, entry.number), (values.booleans, entry.boolean))
    counts: list[Clause] = [sa.func.count(sa.distinct(each)) for wanted, each in kinds if wanted]
    count = sum(counts[1:], counts[0])
    return sa.select(count).select_from(rows).where(is_value(values, entry)).scalar_subquery()


def is_exactly(source: InJson, values: Values) -> Clause:
    """Whether the entries of an array are these values and no others."""
    others = some_entry(source, lambda entry: opposite(is_value(values, entry)))
    return sa.and_(held(source, values) == size_of(values), sa.not_(others))


def size_of(values: Values) -> int:
    """How many values there are."""
    return len(values.texts) + len(values.numbers) + len(values.booleans)


def in_states(criterion: Criterion, source: InStates) -> Clause:
    """Whether a row is in the states that a criterion names. It is always in some, so that one is known."""
    if isinstance(criterion, Counted):
        return compared(sa.literal(1, INTEGER), criterion.sign, sa.literal(criterion.n, INTEGER))
    if not isinstance(criterion, Is | Among | Includes):
        return sa.true()
    named = [*criterion.values.texts, *(str(each).lower() for each in criterion.values.booleans)]
    clauses = [source.states.get(name, sa.false()) for name in sorted(named)]
    return sa.and_(*clauses) if isinstance(criterion, Includes) else sa.or_(*clauses)


def _json(values: Any) -> Clause:
    return sa.literal(json.dumps(values, ensure_ascii=False), JsonText())


def has_one_part(criterion: Part, text: Clause) -> Clause:
    """Whether a text contains, or starts or ends with, one of the parts."""
    if len(criterion.texts) == 1:
        return _has(criterion, text, sa.literal(criterion.texts[0], TEXT))
    part = each_text(_json(criterion.texts)).table_valued("value").alias()
    return sa.exists(_one().select_from(part).where(_has(criterion, text, part.c.value)))


def _has(criterion: Part, text: Clause, part: Clause) -> Clause:
    length = sa.func.length(part)
    tests: dict[str, Clause] = {
        "within": has_part(text, part),
        "start": sa.func.substr(text, 1, length) == part,
        "end": sa.func.substr(text, sa.func.length(text) - length + 1) == part,
    }
    return tests[criterion.place]


def compared(value: Clause, sign: Sign, limit: Clause) -> Clause:
    """Whether a value is on this side of a limit."""
    return {
        "=": lambda: value == limit,
        "<": lambda: value < limit,
        "<=": lambda: value <= limit,
        ">": lambda: value > limit,
        ">=": lambda: value >= limit,
    }[sign]()


def within_days(name: str, n: int, day: Clause) -> Clause:
    """Whether a day is in the nth span of a criterion, whose parameters begin with this name."""
    first, end = (sa.bindparam(f"{name}_{n}_{side}_day", type_=TEXT) for side in ("first", "end"))
    return sa.and_(day >= first, day < end)


def within_moments(name: str, n: int, ms: Clause) -> Clause:
    """Whether a moment (epoch ms) is in the nth span of a criterion, whose parameters begin with this name."""
    first, end = (sa.bindparam(f"{name}_{n}_{side}_ms", type_=INTEGER) for side in ("first", "end"))
    return sa.and_(ms >= first, ms < end)


def within_ids(name: str, n: int, column: Clause) -> Clause:
    """Whether an id was made in the nth span of a criterion, whose parameters begin with this name."""
    first, end = (sa.bindparam(f"{name}_{n}_{side}_id", type_=TEXT) for side in ("first", "end"))
    return sa.and_(column >= first, column < end)


def has_date_part(criterion: DatePart, day: Clause) -> Clause:
    """Whether a day has one of the numbers."""
    numbers = sorted(criterion.numbers)
    if criterion.part == "weekday":
        return is_among_numbers(weekday(day), _json(numbers))
    start, length = {"year": (1, 4), "month": (6, 2), "day": (9, 2)}[criterion.part]
    return is_among(sa.func.substr(day, start, length), _json([f"{number:0{length}}" for number in numbers]))
