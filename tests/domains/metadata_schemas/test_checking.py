"""The compiled check against every type and constraint, and against a slow and obvious one."""

import re
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from patron.domains.metadata_schemas import Faults, compiled, refused
from patron.domains.metadata_schemas.model import Definition

TYPES: dict[str, tuple[list[Any], list[Any]]] = {
    "string": (["", "x", "ü" * 300], [1, True, ["x"], {}]),
    "number": ([0, -1, 1.5, 2**53, -0.0], ["1", True, [1], {}]),
    "boolean": ([True, False], [0, 1, "true", [], {}]),
    "object": ([{}, {"x": None}], [[], "{}", 1]),
    "date": (["2024-02-29", "0001-01-01"], ["2023-02-29", "2024-2-9", "20240229", "2024-02-29T00:00:00Z", "", 1]),
    "datetime": (
        ["2024-02-29T12:00:00Z", "2024-02-29 12:00", "2024-02-29T12:00:00.123456789+02:00", "2024-02-29t12:00:00z"],
        ["2024-02-29", "2023-02-29T12:00:00Z", "2024-02-29T25:00:00Z", "now", "", 1709208000],
    ),
    "geopoint": (
        ["geo:50.26,19.02", "geo:-90,180", "geo:0,0"],
        ["geo:91,0", "geo:0,-181", "50,19", "geo:1", "geo:1,2,3", "geo: 1,2", "geo:nan,1", "geo:1,2\n", 1],
    ),
    "image_url": (
        ["https://x.example/a.png", "http://x.example/b/c.JPG", "https://x.example/d.jpeg"],
        ["http.com", "https://x.example/a.gif", "ftp://x.example/a.png", "https://x.example/a.png ", "a.png", 1],
    ),
}
BOUNDS = [
    ("number", {"lt": 5}, [4.9, -5], [5, 6]),
    ("number", {"lte": 5}, [5], [5.1]),
    ("number", {"gt": 0}, [0.1], [0, -1]),
    ("number", {"gte": 0}, [0], [-0.1]),
    ("number", {"eq": [0, -1, 2.5]}, [0, 0.0, -1, 2.5], [1]),
    ("number", {"ne": [1]}, [0, 2], [1, 1.0]),
    ("number", {"eq": [1, 7], "lt": 5}, [1], [7]),
    ("number", {"eq": []}, [1], []),
    ("string", {"eq": ["a", "b"]}, ["a"], ["c", "A"]),
    ("string", {"ne": ["a"]}, ["b", ""], ["a"]),
    ("string", {"min_length": 2}, ["üü"], ["ü"]),
    ("string", {"max_length": 2}, ["üü"], ["üüü"]),
    ("string", {"exact_length": 2}, ["🎁🎁"], ["🎁"]),
    ("string", {"min_length": 1, "max_length": 3, "ne": ["no"]}, ["yes"], ["", "no", "long"]),
    ("date", {"eq": ["2024-02-29"]}, ["2024-02-29"], ["2024-02-28"]),
]


def a(kind: Any, **fields: Any) -> Definition:
    return Definition(**{"type": kind, "array": False, "optional": True, **fields})


def faults_of(metadata: dict[str, Any], defined_only: bool = False, **definitions: Definition) -> list[str]:
    faults = Faults()
    compiled(definitions, defined_only=defined_only, object_of=lambda _name: None)(metadata, "", faults)
    return faults.told


@pytest.mark.parametrize("kind", TYPES)
def test_a_type_takes_its_values_and_no_others(kind: str) -> None:
    right, wrong = TYPES[kind]
    for value in right:
        assert faults_of({"k": value}, k=a(kind)) == []
        assert faults_of({"k": [value, value]}, k=a(kind, array=True)) == []
    for value in wrong:
        [told] = faults_of({"k": value}, k=a(kind))
        assert told.startswith("k: must be a")
        assert len(faults_of({"k": [*right, value]}, k=a(kind, array=True))) == 1


@pytest.mark.parametrize(("kind", "constraints", "right", "wrong"), BOUNDS, ids=range(len(BOUNDS)))
def test_a_constraint_takes_what_it_says(kind: str, constraints: Any, right: list[Any], wrong: list[Any]) -> None:
    for value in right:
        assert faults_of({"k": value}, k=a(kind, **constraints)) == []
        assert faults_of({"k": [value]}, k=a(kind, array=True, **constraints)) == []
    for value in wrong:
        assert len(faults_of({"k": value}, k=a(kind, **constraints))) == 1
        assert len(faults_of({"k": [*right, value]}, k=a(kind, array=True, **constraints))) == 1


def test_an_array_is_not_one_value_and_may_be_empty() -> None:
    definition = a("string", array=True, eq=["L1", "L2", "L3"])
    assert faults_of({"location_id": "L1"}, location_id=definition) == [
        "location_id: must be an array, and every element: must be a string, must be equal to one of L1,L2,L3 "
        "(actual value is 'L1')"
    ]
    assert faults_of({"location_id": []}, location_id=definition) == []
    assert faults_of({"location_id": [None]}, location_id=definition) != []


def test_null_is_as_absent() -> None:
    assert faults_of({"k": None}, k=a("number")) == []
    assert faults_of({"k": None}, k=a("number", optional=False)) == ["k: property is required"]
    assert faults_of({}, k=a("number", optional=False)) == ["k: property is required"]
    assert faults_of({"other": None}, defined_only=True, k=a("number")) == []
    assert faults_of({"other": 0}, defined_only=True, k=a("number")) != []


def test_what_is_out_of_use_is_not_looked_at() -> None:
    gone = a("number", optional=False, deleted=True)
    assert faults_of({}, k=gone) == []
    assert faults_of({"k": "x"}, defined_only=True, k=gone) == []


def test_a_long_list_of_allowed_values_is_not_told_in_full() -> None:
    [told] = faults_of({"k": "no"}, k=a("string", eq=[f"value {n}" for n in range(200)]))
    assert len(told) < 500


def test_a_refusal_tells_so_many_faults_and_counts_the_others() -> None:
    faults = Faults()
    for n in range(25):
        faults.lacks(f"k{n}")
    problem = refused(faults)
    assert (problem.status, problem.key) == (400, "metadata_validation_failed")
    assert problem.details.endswith("k19: property is required; and 5 more")


SCALARS = (
    st.none() | st.booleans() | st.integers(-4, 4) | st.sampled_from((0.5, -1.5, 3.0)) | st.text("ab", max_size=3)
    | st.sampled_from(("2024-02-29", "2023-02-29", "geo:1,2", "geo:100,2", "https://x.example/a.png"))
)  # fmt: skip
VALUES = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.sampled_from("xy"), SCALARS, max_size=2)
LIMITS: dict[str, dict[str, Any]] = {
    "number": {
        **dict.fromkeys(("lt", "lte", "gt", "gte"), st.integers(-3, 3) | st.sampled_from((0.5, -1.5))),
        **dict.fromkeys(("eq", "ne"), st.lists(st.integers(-3, 3), max_size=3)),
    },
    "string": {
        **dict.fromkeys(("min_length", "max_length", "exact_length"), st.integers(0, 3)),
        **dict.fromkeys(("eq", "ne"), st.lists(st.text("ab", max_size=2), max_size=3)),
    },
}


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    kind = draw(st.sampled_from(("string", "number", "boolean", "object", "date", "geopoint", "image_url")))
    constraints = draw(st.fixed_dictionaries({}, optional=LIMITS.get(kind, {})))
    flags = {name: draw(st.booleans()) for name in ("array", "optional", "deleted")}
    return a(kind, **flags, **constraints)


def obviously_right(definition: Definition, value: Any) -> bool:
    if definition.array:
        single = msgspec.structs.replace(definition, array=False)
        return isinstance(value, list) and all(obviously_right(single, each) for each in value)
    return _is_of_type(definition.type, value) and _is_within(definition, value)


def _is_of_type(kind: str, value: Any) -> bool:
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind in ("boolean", "object"):
        return isinstance(value, bool if kind == "boolean" else dict)
    if not isinstance(value, str):
        return False
    if kind == "date":
        try:
            return date.fromisoformat(value).isoformat() == value
        except ValueError:
            return False
    if kind == "geopoint":
        return value.startswith("geo:") and abs(float(value[4:].split(",")[0])) <= 90
    return kind == "string" or re.search(r"^https://x[.]example/a[.]png$", value) is not None


def _is_within(definition: Definition, value: Any) -> bool:
    said = {name: limit for name, limit in msgspec.structs.asdict(definition).items() if limit is not msgspec.UNSET}
    return not (
        (said.get("eq") and value not in said["eq"])
        or value in said.get("ne", [])
        or ("lt" in said and not value < said["lt"])
        or ("lte" in said and not value <= said["lte"])
        or ("gt" in said and not value > said["gt"])
        or ("gte" in said and not value >= said["gte"])
        or ("min_length" in said and len(value) < said["min_length"])
        or ("max_length" in said and len(value) > said["max_length"])
        or ("exact_length" in said and len(value) != said["exact_length"])
    )


@given(
    st.dictionaries(st.sampled_from("abc"), definitions(), max_size=3),
    st.dictionaries(st.sampled_from("abcd"), VALUES, max_size=4),
    st.booleans(),
)
def test_the_compiled_check_finds_what_an_obvious_one_finds(
    schema: dict[str, Definition], metadata: dict[str, Any], defined_only: bool
) -> None:
    expected = set()
    for name, definition in schema.items():
        value = metadata.get(name)
        if definition.deleted:
            continue
        if value is None:
            expected |= set() if definition.optional else {name}
        elif not obviously_right(definition, value):
            expected.add(name)
    if defined_only:
        expected |= {name for name, value in metadata.items() if name not in schema and value is not None}
    found = [told.split(":")[0] for told in faults_of(metadata, defined_only, **schema)]
    assert sorted(found) == sorted(expected)
