"""Validation rules as they are told (spec C 4.1, 4.8)."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.validation_rules.model import VOUCHER, RuleAssignment, RuleVersion, ValidationRule, VoucherRule
from patron.domains.validation_rules.wire.given import Kind
from patron.engine.decision import Bundled
from patron.http.listing import LAST_PAGE
from patron.kernel.clock import to_iso


class ErrorOut(msgspec.Struct, frozen=True):
    message: str


class RuleOut(msgspec.Struct, frozen=True, kw_only=True):
    """The whole rule, in the order of fields that the reference uses; `error` where it has one."""

    id: str
    name: str
    rules: dict[str, Any]
    bundle_rules: dict[str, Any]
    error: ErrorOut | UnsetType = UNSET
    applicable_to: dict[str, Any]
    type: Kind
    context_type: str
    created_at: str
    updated_at: str | UnsetType = UNSET
    assignments_count: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    object: Literal["validation_rules"] = "validation_rules"

    @classmethod
    def of(cls, rule: ValidationRule, assignments: int | UnsetType = UNSET) -> "RuleOut":
        """The answer for a stored rule that is assigned so many times."""
        kind: Any = rule.type
        return cls(
            id=rule.id,
            name=rule.name,
            rules=_as_stored(rule.rules),
            bundle_rules=_as_stored(rule.bundle_rules or "{}"),
            error=UNSET if rule.error is None else ErrorOut(rule.error),
            applicable_to=_as_stored(rule.applicable_to),
            type=kind,
            context_type=rule.context_type,
            created_at=to_iso(rule.created_at),
            updated_at=UNSET if rule.updated_at is None else to_iso(rule.updated_at),
            assignments_count=assignments,
        )


class IdentifiedOut(msgspec.Struct, frozen=True):
    """Units of a line of the order, by its number, that are in bundles."""

    id: str
    object: Literal["product", "sku"]
    item_index: Annotated[int, Meta(ge=0)]
    item_quantity: int


class MissingOut(msgspec.Struct, frozen=True):
    """So many units of this more, and its part of a bundle would be complete."""

    id: str
    object: Literal["product", "products_collection", "sku"]
    item_quantity: int


class BundleOut(msgspec.Struct, frozen=True, kw_only=True):
    """How many bundles are in an order, `limit` at most, and of what; `missing` where there is not even one."""

    quantity: Annotated[int, Meta(ge=0, le=100)]
    limit: Annotated[int, Meta(ge=1, le=100)]
    identified: list[IdentifiedOut]
    missing: list[MissingOut] | UnsetType = UNSET

    @classmethod
    def of(cls, bundle: Bundled) -> "BundleOut":
        """The answer for what was found."""
        return cls(
            quantity=bundle.quantity,
            limit=bundle.limit,
            identified=[IdentifiedOut(*each) for each in bundle.lines],
            missing=[MissingOut(each.id, each.object, each.quantity) for each in bundle.lacks] or UNSET,
        )


class RuleList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of rules; `total` is over all pages."""

    object: Literal["list"] = "list"
    data_ref: Literal["data"] = "data"
    data: list[RuleOut]
    total: Annotated[int, Meta(ge=0)]


class VersionOut(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as it was from a moment on; `version` counts from 1."""

    version: int
    created_at: str
    rule: dict[str, Any]
    object: Literal["validation_rules_version"] = "validation_rules_version"

    @classmethod
    def of(cls, version: RuleVersion) -> "VersionOut":
        """The answer for a stored version."""
        return cls(version=version.n, created_at=to_iso(version.created_at), rule=_as_stored(version.rule))


class VersionList(msgspec.Struct, frozen=True, kw_only=True):
    """The newest versions of a rule."""

    object: Literal["list"] = "list"
    data_ref: Literal["data"] = "data"
    data: list[VersionOut]
    total: Annotated[int, Meta(ge=0)]


class AssignmentOut(msgspec.Struct, frozen=True, kw_only=True):
    """That an object is under a rule."""

    id: str
    rule_id: str
    related_object_id: str
    related_object_type: str
    created_at: str
    object: Literal["validation_rules_assignment"] = "validation_rules_assignment"

    @classmethod
    def of(cls, assignment: RuleAssignment | VoucherRule) -> "AssignmentOut":
        """The answer for a stored assignment."""
        if isinstance(assignment, VoucherRule):
            kind, object_id = VOUCHER, assignment.voucher_id
        else:
            kind, object_id = assignment.related_object_type, assignment.related_object_id
        return cls(
            id=assignment.id,
            rule_id=assignment.rule_id,
            related_object_id=object_id,
            related_object_type=kind,
            created_at=to_iso(assignment.created_at),
        )


class AssignmentList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of assignments; `total` is over all pages."""

    object: Literal["list"] = "list"
    data_ref: Literal["data"] = "data"
    data: list[AssignmentOut] = []
    total: Annotated[int, Meta(ge=0)] = 0


NO_ASSIGNMENTS = AssignmentList()


def assignments_of(assignment: RuleAssignment | VoucherRule | None) -> AssignmentList:
    """The list of an object's assignments, of which there is one at most, as vouchers and campaigns tell it."""
    if assignment is None:
        return NO_ASSIGNMENTS
    return AssignmentList(data=[AssignmentOut.of(assignment)], total=1)


Page = Annotated[int, Meta(ge=1, le=LAST_PAGE, description="Which page, from 1.")]
PageSize = Annotated[int, Meta(ge=1, le=100, description="How many entries a page has at most.")]


class RulesQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The query of the list of rules; dates are of the creation."""

    limit: PageSize = 10
    page: Page = 1
    order: Literal["created_at", "-created_at", "updated_at", "-updated_at", "name", "-name"] = "-created_at"
    start_date: str | None = None
    end_date: str | None = None


class AssignmentsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The query of the list of a rule's assignments."""

    limit: PageSize = 10
    page: Page = 1
    order: Literal["created_at", "-created_at"] = "-created_at"


class AllAssignmentsQuery(AssignmentsQuery, frozen=True, kw_only=True):
    """The query of the list of all assignments."""

    related_object_id: str | None = None
    rule: str | None = None


class AssignQuery(msgspec.Struct, frozen=True, kw_only=True):
    """`force` replaces the rule that the object has."""

    force: bool = False


def _as_stored(text: str) -> Any:
    """JSON of the field's own type, which goes out as it is stored."""
    return msgspec.Raw(text.encode())
