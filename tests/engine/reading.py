"""Cases and decisions as JSON: what golden cases and the second implementation speak, in no language of ours."""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from patron.engine.bundle_rules import Bundle, Part
from patron.engine.case import (
    Applicable,
    Case,
    Category,
    Customer,
    Discount,
    Gift,
    Hours,
    Item,
    Order,
    Redeemable,
    Selection,
    StackingRules,
    Timeframe,
    Unit,
    UnitsOff,
)
from patron.engine.decision import Decision, Refusal
from patron.kernel.clock import from_iso

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - what clocks show has no offset


class NamedZone:
    """A zone of the time zone database."""

    def __init__(self, name: str) -> None:
        self._info = ZoneInfo(name)

    def local_ms(self, ms: int) -> int:
        shown = datetime.fromtimestamp(ms // 1000, UTC).astimezone(self._info).replace(tzinfo=None)
        return (shown - EPOCH) // timedelta(milliseconds=1) + ms % 1000

    def moment_of(self, local_ms: int) -> int:
        shown = (EPOCH + timedelta(milliseconds=local_ms)).replace(tzinfo=self._info)
        return (shown.astimezone(UTC) - EPOCH.replace(tzinfo=UTC)) // timedelta(milliseconds=1)


def parsed(text: str) -> Any:
    """JSON whose numbers are exact."""
    return json.loads(text, parse_float=Fraction)


def cases_of(path: Path) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = parsed(path.read_text())
    return cases


def _tuple_of(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda given: tuple(map(read, given))


def _struct(kind: Any, readers: Mapping[str, Callable[[Any], Any]] | None = None) -> Callable[[Any], Any]:
    names = {field.name for field in fields(kind)} if is_dataclass(kind) else set(kind._fields)

    def read(given: Mapping[str, Any]) -> Any:
        assert set(given) <= names, set(given) - names
        known = readers or {}
        return kind(
            **{
                name: known[name](value) if name in known and value is not None else value
                for name, value in given.items()
            }
        )

    return read


def _moment(given: str | int) -> int:
    return from_iso(given) if isinstance(given, str) else given


_applicable = _struct(Applicable, {"lines": tuple})
_redeemable = _struct(
    Redeemable,
    {
        "discount": _struct(Discount, {"units": _tuple_of(_struct(UnitsOff))}),
        "gift": _struct(Gift),
        "start_at": _moment,
        "expires_at": _moment,
        "timeframe": _struct(Timeframe),
        "days_of_week": frozenset,
        "hours": _tuple_of(_struct(Hours, {"days": frozenset})),
        "categories": _tuple_of(_struct(Category)),
        "selection": _struct(Selection, {"included": _tuple_of(_applicable), "excluded": frozenset}),
        "refusals": _tuple_of(_struct(Refusal)),
        "bundles": _tuple_of(_struct(Bundle, {"parts": _tuple_of(_struct(Part, {"lines": tuple}))})),
    },
)
_order = _struct(Order, {"items": _tuple_of(_struct(Item))})
_CATEGORIES = (
    "exclusive_categories",
    "joint_categories",
    "no_effect_skip_categories",
    "no_effect_redeem_anyway_categories",
    "initial_amount_mode_categories",
    "discounted_amount_mode_categories",
)
_rules = _struct(StackingRules, dict.fromkeys(_CATEGORIES, frozenset))
_case = _struct(
    Case,
    {
        "now": _moment,
        "zone": NamedZone,
        "order": _order,
        "redeemables": _tuple_of(lambda given: _redeemable({"kind": "voucher", **given})),
        "customer": _struct(Customer),
        "units": lambda given: {name: _struct(Unit)({"product_id": name, **unit}) for name, unit in given.items()},
        "rules": _rules,
    },
)


def case_of(given: Mapping[str, Any]) -> Case:
    """A case of JSON: a redeemable is a voucher and the time is the epoch, in UTC, unless it says otherwise."""
    case: Case = _case({"now": 0, "zone": "UTC", **given})
    return case


def told(value: Any) -> Any:
    """A decision as JSON."""
    if isinstance(value, Decision):
        return {"valid": value.valid, "redeemables": told(value.verdicts), "order": told(value.order)}
    if hasattr(value, "_asdict"):
        return {name: told(each) for name, each in value._asdict().items()}
    if isinstance(value, Refusal):
        return {name: told(getattr(value, name)) for name in ("code", "message", "details", "trace")}
    if isinstance(value, tuple | list):
        return [told(each) for each in value]
    return value


def differences(expected: Any, actual: Any, path: str = "") -> list[str]:
    """Where what is told differs from what is expected of it: only the fields that are expected are looked at."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return [
            each for name, value in expected.items() for each in differences(value, actual.get(name), f"{path}.{name}")
        ]
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        return [
            each
            for n, (first, second) in enumerate(zip(expected, actual, strict=True))
            for each in differences(first, second, f"{path}[{n}]")
        ]
    return [] if expected == actual else [f"{path}: expected {expected}, was {actual}"]
