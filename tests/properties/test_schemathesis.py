"""Our own document against the server: whatever it allows or forbids, no answer is a fault or undocumented."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation.drivers import CoverageGenerator
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.generation.overrides import Override
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.journeys.operations import ROOT
from tests.support.servers import KEYS, Shop

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)

IS_LONG = settings().max_examples > 100

EXAMPLES = settings().max_examples // 5 if IS_LONG else 10
"""Random requests of each operation to each database, which are others in each run; 400 with the long profile."""

FIRST, STRIDE = (0, 1) if IS_LONG else (8, 16)
"""Which requests are sent of those that follow from the document: see `sent`."""

schema = schemathesis.openapi.from_path(ROOT / "openapi.json")
schema.config.phases.coverage.enabled = False  # would make forty thousand requests while the tests are collected

OPERATIONS = {each.ok().label: each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)}


@schema.parametrize()
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_documented(case: Any, shared_shop: Shop) -> None:
    answer = case.call(base_url=shared_shop.url, headers=KEYS)
    case.validate_response(answer, checks=CHECKS)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_every_answer_at_a_bound_is_as_documented(
    operation: APIOperation[Any, Any, Any, Any], shared_shop: Shop, shared_database_url: str
) -> None:
    share = 0 if shared_database_url.startswith("sqlite") else 1
    for case in sent(at_bounds(operation), share):
        answer = case.call(base_url=shared_shop.url, headers=KEYS)
        case.validate_response(answer, checks=CHECKS)


def at_bounds(operation: APIOperation[Any, Any, Any, Any]) -> Iterator[Any]:
    """What follows from the document: each field at its bounds, beyond them, of each wrong type, left out, …"""
    generation = schema.config.generation_for(operation=operation, phase="coverage")
    return iter(
        CoverageGenerator(
            operation=operation,
            generation_modes=generation.modes,
            generation_config=generation,
            auth_storage=None,
            override=Override(),
            feedback=FeedbackSources(),
            hooks=None,
        )
    )


def sent(cases: Iterable[Any], share: int) -> Iterator[Any]:
    """Of each kind (a wrong type, a bound of a length, …) one half of the first eight, and each sixteenth of the rest.

    An operation has up to two thousand, most of them the same few faults somewhere in an order, which many operations
    take. Most are refused before any database is asked, so each of the two has its own share, 0 or 1. The long profile
    sends all to both.
    """
    seen: Counter[str] = Counter()
    for case in cases:
        kind = case.meta.phase.data.scenario
        seen[kind] += 1
        period = 2 if seen[kind] <= FIRST else STRIDE
        if seen[kind] % period == share * period // 2:
            yield case
