"""Our own document against the server: whatever it allows or forbids, no answer is a fault or undocumented."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
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

EXAMPLES = settings().max_examples // 5
"""Of each operation: 20, or 400 with `--hypothesis-profile long`."""

schema = schemathesis.openapi.from_path(ROOT / "openapi.json")


@schema.parametrize()
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_documented(case: Any, shared_shop: Shop) -> None:
    answer = case.call(base_url=shared_shop.url, headers=KEYS)
    case.validate_response(answer, checks=CHECKS)
