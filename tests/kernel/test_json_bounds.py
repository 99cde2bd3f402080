"""What metadata may hold, and what it may not."""

from typing import Any

import pytest

from patron.kernel.json_bounds import (
    DEEPEST,
    LARGEST_NUMBER,
    LONGEST_KEY,
    LONGEST_TEXT,
    MOST_VALUES,
    check_metadata,
)
from patron.kernel.problems import Problem


def _nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"a": None, "b": True, "c": "x", "d": -1.5, "": 0},
        {"n": LARGEST_NUMBER, "m": -LARGEST_NUMBER, "f": float(LARGEST_NUMBER)},
        {"k" * LONGEST_KEY: "t" * LONGEST_TEXT},
        {str(n): n for n in range(MOST_VALUES)},
        _nested(DEEPEST),
        [_nested(DEEPEST - 1), {}, []],
    ],
)
def test_what_is_within_the_bounds_is_taken(value: Any) -> None:
    check_metadata(value)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"n": LARGEST_NUMBER + 1}, "metadata.n: expected a finite number within ±2^53"),
        ({"n": -LARGEST_NUMBER - 1}, "metadata.n: "),
        ({"n": 1e300}, "metadata.n: "),
        ({"n": float("nan")}, "metadata.n: "),
        ({"n": [1, float("inf")]}, "metadata.n[1]: "),
        ({"a": {"b": "t" * (LONGEST_TEXT + 1)}}, "metadata.a.b: expected at most 65536 characters"),
        ({"a": {"k" * (LONGEST_KEY + 1): 1}}, "metadata.a: expected keys of at most 255 characters"),
        ({str(n): n for n in range(MOST_VALUES + 1)}, "metadata: expected at most 1000 keys"),
        ({"a": [1] * 600, "b": [1] * 600}, "metadata: expected at most 1000 keys"),
        (_nested(DEEPEST + 1), "expected at most 8 levels"),
    ],
)
def test_what_is_past_a_bound_is_refused_by_its_path(value: Any, told: str) -> None:
    with pytest.raises(Problem) as refusal:
        check_metadata(value)
    assert refusal.value.status == 400
    assert refusal.value.key == "invalid_payload"
    assert told in refusal.value.details
