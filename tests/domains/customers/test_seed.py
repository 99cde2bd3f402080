"""The object that the project was created from goes through our structs unchanged, every part of it typed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from patron.domains.customers.wire import CustomerOut

SEED: dict[str, Any] = json.loads(Path(__file__).with_name("seed.json").read_text())


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all scalars, outside of what is the caller's own."""
    if path and path[-1] == "metadata":
        return
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if items is None:
        yield path
    else:
        for key, inner in items:
            yield from leaves(inner, (*path, key))


def test_the_seed_decoded_and_encoded_again_equals_itself() -> None:
    customer = msgspec.json.decode(json.dumps(SEED), type=CustomerOut)
    again = json.loads(msgspec.json.encode(customer))
    assert json.dumps(again, sort_keys=True) == json.dumps(SEED, sort_keys=True)


@pytest.mark.parametrize("path", list(leaves(SEED)), ids=lambda path: ".".join(map(str, path)))
def test_no_part_of_it_takes_another_type(path: tuple[Any, ...]) -> None:
    other = json.loads(json.dumps(SEED))
    inside = other
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = {"another": "type"}
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(json.dumps(other), type=CustomerOut)
