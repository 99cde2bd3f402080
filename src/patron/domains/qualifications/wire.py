"""What is asked and answered of qualifications (spec I 6)."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.customers.wire import CustomerIn, Moment
from patron.domains.orders.wire import OrderIn
from patron.domains.redeemables.wire.asked import RedeemablesIn, TrackingId
from patron.domains.redeemables.wire.told import ApplicableList, CalculatedOrderOut, Result
from patron.domains.stacking_rules import StackedCategoryOut, StackingRulesOut
from patron.domains.validation_rules.wire.told import AssignmentList
from patron.kernel.json_bounds import check_metadata

MOST_VALUES = 50

Scenario = Literal[
    "ALL",
    "CUSTOMER_WALLET",
    "AUDIENCE_ONLY",
    "PRODUCTS",
    "PRODUCTS_DISCOUNT",
    "PROMOTION_STACKS",
    "PRODUCTS_BY_CUSTOMER",
    "PRODUCTS_DISCOUNT_BY_CUSTOMER",
]
Values = Annotated[list[Annotated[str, Meta(max_length=255)]], Meta(min_length=1, max_length=MOST_VALUES)]
Rules = Literal["customer", "order", "redemption", "campaign_budget"]


class Conditions(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename={
        "is_": "$is",
        "is_not": "$is_not",
        "among": "$in",
        "not_among": "$not_in",
        "has_value": "$has_value",
        "is_unknown": "$is_unknown",
    },
):
    """What a field must be; all of it holds together. `$has_value` and `$is_unknown` take anything."""

    is_: Values | None | UnsetType = UNSET
    is_not: Values | None | UnsetType = UNSET
    among: Values | None | UnsetType = UNSET
    not_among: Values | None | UnsetType = UNSET
    has_value: Any = UNSET
    is_unknown: Any = UNSET

    def hold(self, value: str | None) -> bool:
        """Whether a value is so."""
        allowed = [given for given in (self.is_, self.among) if isinstance(given, list)]
        denied = [given for given in (self.is_not, self.not_among) if isinstance(given, list)]
        return (
            all(value in given for given in allowed)
            and not any(value in given for given in denied)
            and (self.has_value is UNSET or value is not None)
            and (self.is_unknown is UNSET or value is None)
        )

    @property
    def values(self) -> list[str] | None:
        """The only values that may pass, where that can be told."""
        given = self.is_ if isinstance(self.is_, list) else self.among
        return given if isinstance(given, list) else None


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Conditions of one field."""

    conditions: Conditions


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Which redeemables are looked at: those for which all filters hold, or with the junction `or` one of them."""

    junction: Literal["and", "or", "AND", "OR"] | None | UnsetType = UNSET
    category_id: Filter | None | UnsetType = UNSET
    campaign_id: Filter | None | UnsetType = UNSET
    campaign_type: Filter | None | UnsetType = UNSET
    resource_id: Filter | None | UnsetType = UNSET
    resource_type: Filter | None | UnsetType = UNSET
    voucher_type: Filter | None | UnsetType = UNSET
    code: Filter | None | UnsetType = UNSET
    holder_role: Filter | None | UnsetType = UNSET

    def only(self, name: str) -> list[str] | None:
        """The only values of a field that may pass, where that can be told."""
        given = getattr(self, name)
        return given.conditions.values if isinstance(given, Filter) and not self._either else None

    def exclude(self, known: Mapping[str, str | None]) -> bool:
        """Whether no redeemable that has these fields is looked at, whatever else it has."""
        return not self._either and not all(self._held(known))

    def hold(self, fields: Mapping[str, str | None]) -> bool:
        """Whether a redeemable with these fields is looked at."""
        held = self._held(fields)
        return not held or (any(held) if self._either else all(held))

    def _held(self, fields: Mapping[str, str | None]) -> list[bool]:
        return [
            given.conditions.hold(value)
            for name, value in fields.items()
            if isinstance(given := getattr(self, name), Filter)
        ]

    @property
    def _either(self) -> bool:
        return isinstance(self.junction, str) and self.junction.lower() == "or"


class QualificationOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How much is told, in which order, and what is looked at. `cursor` is ours: it goes on exactly."""

    limit: Annotated[int, Meta(ge=1, le=50)] | None | UnsetType = UNSET
    starting_after: Moment | None | UnsetType = UNSET
    cursor: Annotated[str, Meta(max_length=4_096)] | None | UnsetType = UNSET
    filters: Filters | None | UnsetType = UNSET
    expand: (
        Annotated[list[Literal["redeemable", "category", "validation_rules"]], Meta(max_length=10)] | None | UnsetType
    ) = UNSET
    sorting_rule: Literal["BEST_DEAL", "LEAST_DEAL", "DEFAULT"] | None | UnsetType = UNSET


class QualificationSession(msgspec.Struct, frozen=True, kw_only=True):
    """With a session, cards tell what others hold of them."""

    type: Literal["LOCK"] | None | UnsetType = UNSET


class QualificationIn(msgspec.Struct, frozen=True, kw_only=True):
    """For whom and which order redeemables are asked for. Null is as absent."""

    customer: CustomerIn | None | UnsetType = UNSET
    order: OrderIn | None | UnsetType = UNSET
    tracking_id: TrackingId | None | UnsetType = UNSET
    scenario: Scenario | None | UnsetType = UNSET
    options: QualificationOptions | None | UnsetType = UNSET
    session: QualificationSession | None | UnsetType = UNSET
    metadata: dict[str, Any] | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        if isinstance(self.metadata, dict):
            check_metadata(self.metadata)

    def asked(self) -> RedeemablesIn:
        """The same as a request, which names no redeemable yet."""
        return RedeemablesIn(
            redeemables=[],
            order=self.order,
            customer=self.customer,
            tracking_id=self.tracking_id,
            metadata=self.metadata,
        )


class PartOut(msgspec.Struct, frozen=True, kw_only=True):
    """A redeemable that may be redeemed; `order` is the order after it: by itself, or a tier's in its stack."""

    id: str
    object: Literal["campaign", "promotion_tier", "promotion_stack", "voucher"]
    created_at: str
    result: Result
    order: CalculatedOrderOut | UnsetType = UNSET
    validation_rule_id: str | UnsetType = UNSET
    applicable_to: ApplicableList
    inapplicable_to: ApplicableList
    metadata: dict[str, Any] | UnsetType = UNSET
    categories: list[StackedCategoryOut] | UnsetType = UNSET
    banner: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    campaign_name: str | UnsetType = UNSET
    campaign_id: str | UnsetType = UNSET
    validation_rules_assignments: AssignmentList | UnsetType = UNSET


class QualifiedOut(PartOut, frozen=True, kw_only=True):
    """A redeemable that may be redeemed by itself, and the tiers of a stack, in the order of application."""

    redeemables: list[PartOut] | UnsetType = UNSET


class QualifiedList(msgspec.Struct, frozen=True, kw_only=True):
    """What may be redeemed; `total` counts this page. `next_cursor`, which is ours, goes on exactly after it."""

    object: Literal["list"] = "list"
    data_ref: Literal["data"] = "data"
    data: list[QualifiedOut]
    total: Annotated[int, Meta(ge=0)]
    has_more: bool
    more_starting_after: str | UnsetType = UNSET
    next_cursor: str | UnsetType = UNSET


class QualificationOut(msgspec.Struct, frozen=True, kw_only=True):
    """The answer. `not_checked`, which is ours, names the kinds of rules that the scenario leaves out."""

    redeemables: QualifiedList
    tracking_id: str | UnsetType = UNSET
    order: CalculatedOrderOut | UnsetType = UNSET
    stacking_rules: StackingRulesOut
    not_checked: list[Rules]
