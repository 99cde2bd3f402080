"""Why a customer is in a segment, or not."""

from typing import Any, Literal

import msgspec

from patron.domains.segments.wire.segment import SimpleSegment
from patron.engine.conditions.explanations import Explanation, Explanations


class ExplanationOut(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a customer is in a segment, and why; a static segment gives no reason."""

    segment: SimpleSegment
    customer_id: str
    is_member: bool
    explanation: dict[str, Any] | None
    object: Literal["segment_explanation"] = "segment_explanation"


def told(of: Explanation | Explanations) -> dict[str, Any]:
    """An explanation as it is answered: a condition, or a group with its parts under `conditions`."""
    if isinstance(of, Explanation):
        return {
            "property": of.property,
            "operator": of.operator,
            "expected": list(of.expected),
            "actual": of.actual,
            "passes": of.passes,
        }
    return {"junction": of.junction, "passes": of.passes, "conditions": [told(part) for part in of.parts]}
