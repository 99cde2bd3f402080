"""Testing a rule, which is ours: against a customer, an order and a moment of the caller's choice."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.customers.wire import CustomerIn
from patron.domains.orders.wire import OrderIn
from patron.domains.validation_rules.wire.given import ErrorIn
from patron.domains.validation_rules.wire.told import BundleOut
from patron.engine.bundles import Needs
from patron.engine.decision import Refusal
from patron.engine.rules.judging import Judgement
from patron.engine.rules.traces import NodeTrace
from patron.kernel.json_bounds import check_metadata

Count = Annotated[int, Meta(ge=0, le=10**15)]


class TestIn(msgspec.Struct, frozen=True, kw_only=True):
    """A case to test a rule against; what is left out is unknown.

    A customer who is stored is looked up, and what is sent is laid over them. `counters` have by the names of rules
    what was counted before; `segments` the ids of those that the customer is in; `at` is the moment, now where it is
    left out.
    """

    customer: CustomerIn | None | UnsetType = UNSET
    order: OrderIn | None | UnsetType = UNSET
    metadata: dict[str, Any] | None | UnsetType = UNSET
    event: dict[str, Any] | None | UnsetType = UNSET
    segments: Annotated[list[str], Meta(max_length=1_000)] = []
    holder: bool = False
    api_key: Annotated[str, Meta(max_length=255)] | None = None
    counters: Annotated[dict[str, Count], Meta(max_length=50)] = {}
    at: Annotated[str, Meta(max_length=40)] | None = None

    def __post_init__(self) -> None:
        for name in ("metadata", "event"):
            if isinstance(getattr(self, name), dict):
                check_metadata(getattr(self, name), name)


class UnsavedTestIn(TestIn, frozen=True, kw_only=True):
    """A case, and the rules to test against it as `POST /v1/validation-rules` takes them."""

    rules: dict[str, Any]
    bundle_rules: dict[str, Any] | None | UnsetType = UNSET
    error: ErrorIn | None | UnsetType = UNSET


class AskedOut(msgspec.Struct, frozen=True):
    """A condition; of lines, `actual` has what each one has that is meant."""

    operator: str
    expected: list[Any]
    actual: Any
    passes: bool


class ChangeOut(msgspec.Struct, frozen=True):
    """The smallest change that would pass: of what, and by how much (minor units, times or ms)."""

    of: str
    by: int


class NodeOut(msgspec.Struct, frozen=True, kw_only=True):
    """A rule by its numbers from the outermost on; one is skipped that the logic does not name."""

    path: str
    name: str
    property: str | None
    outcome: Literal["passed", "failed", "skipped"]
    conditions: list[AskedOut]
    rules: list["NodeOut"]
    change: ChangeOut | UnsetType = UNSET


class ReasonOut(msgspec.Struct, frozen=True, kw_only=True):
    """What a validation would say."""

    key: str
    message: str
    details: str
    error: ErrorIn | UnsetType = UNSET


class TestOut(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the rule holds, every node of it, the bundle that it needs, and the reasons why it does not hold."""

    holds: bool
    rules: list[NodeOut]
    bundle: BundleOut | UnsetType = UNSET
    errors: list[ReasonOut]
    object: Literal["validation_rules_test"] = "validation_rules_test"

    @classmethod
    def of(cls, judgement: Judgement, needs: Needs) -> "TestOut":
        """The answer for a rule that was asked."""
        refusals = (*judgement.refusals, *needs.refusals)
        return cls(
            holds=not refusals,
            rules=[_node(each) for each in judgement.nodes],
            bundle=UNSET if needs.bundle is None else BundleOut.of(needs.bundle),
            errors=[_reason(each) for each in refusals],
        )


def _node(trace: NodeTrace) -> NodeOut:
    return NodeOut(
        path=trace.path,
        name=trace.name,
        property=trace.property,
        outcome=trace.outcome,
        conditions=[AskedOut(each.operator, list(each.expected), each.actual, each.passes) for each in trace.asked],
        rules=[_node(each) for each in trace.below],
        change=UNSET if trace.change is None else ChangeOut(*trace.change),
    )


def _reason(refusal: Refusal) -> ReasonOut:
    error = UNSET if refusal.error is None else ErrorIn(message=refusal.error)
    return ReasonOut(key=refusal.code, message=refusal.message, details=refusal.details, error=error)
