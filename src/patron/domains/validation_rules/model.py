"""Validation rules as they are stored, and to what each is assigned. Times are epoch ms."""

from typing import Final

import msgspec

from patron.db.rulebook import Part
from patron.db.tables import Json, Partial, Table

PREFIX = "val_"
ASSIGNMENT_PREFIX = "asgm_"
MOST_RULES = 1_000
"""In one project; a rule may be assigned to any number of vouchers."""

VOUCHER: Final = "voucher"
CAMPAIGN: Final = "campaign"
TIER: Final = "promotion_tier"


class ValidationRule(msgspec.Struct, frozen=True):
    """What must hold before an incentive may be used (spec C 4.1). `updated_at` is None until the first change.

    `rules`, `bundle_rules` and `applicable_to` are JSON objects as they are told, `error` the message of the whole.
    `n` counts its versions from 1; each is kept in a `RuleVersion`.
    """

    project_id: str
    id: str
    name: str
    rules: Json
    bundle_rules: Json | None
    error: str | None
    applicable_to: Json
    type: str
    context_type: str
    n: int
    created_at: int
    updated_at: int | None
    deleted_at: int | None
    version: int


class RuleVersion(msgspec.Struct, frozen=True):
    """A rule as it was from `created_at` on, as it is told; it never changes, and stays when the rule is deleted."""

    project_id: str
    rule_id: str
    n: int
    rule: Json
    created_at: int


class RuleAssignment(msgspec.Struct, frozen=True):
    """The rule of a campaign or promotion tier, which has one at most. It is content of the rulebook, as they are."""

    project_id: str
    related_object_type: str
    related_object_id: str
    id: str
    rule_id: str
    created_at: int
    deleted_at: int | None
    version: int


class VoucherRule(msgspec.Struct, frozen=True):
    """The rule of a single voucher, which has one at most. There may be very many, so they are no content."""

    project_id: str
    code: str
    id: str
    rule_id: str
    voucher_id: str
    created_at: int


class RuleCounter(msgspec.Struct, frozen=True):
    """What was redeemed of a voucher or in a campaign, as far as the rule of `owner` counts that (spec C 4.4).

    `owner` is the id of the voucher or campaign that is under the rule, `scope` of what is counted: itself, or for a
    campaign each of its vouchers. `customer_id` and `key_id` are whose redemptions these are, empty for those of all.
    `total`, `amount` (of orders, before discounts) and `discount` are over all time; `in_day`, `in_week` and `in_month`
    are the redemptions since the moments `day`, `week` and `month`, at which the project's last ones began.
    """

    project_id: str
    owner: str
    scope: str
    customer_id: str
    key_id: str
    total: int = 0
    amount: int = 0
    discount: int = 0
    day: int = 0
    in_day: int = 0
    week: int = 0
    in_week: int = 0
    month: int = 0
    in_month: int = 0


_LIVE = "deleted_at IS NULL"
VALIDATION_RULES = Table(
    ValidationRule,
    "validation_rules",
    rank=670,
    indexes={"version": ("project_id", "version")},
    partial={"live": Partial(("project_id", "id"), _LIVE)},
)
RULE_VERSIONS = Table(RuleVersion, "validation_rule_versions", rank=672, key=("project_id", "rule_id", "n"))
RULE_ASSIGNMENTS = Table(
    RuleAssignment,
    "validation_rule_assignments",
    rank=674,
    key=("project_id", "related_object_type", "related_object_id"),
    indexes={"version": ("project_id", "version"), "id": ("project_id", "id")},
    partial={"rule": Partial(("project_id", "rule_id", "id"), _LIVE)},
)
VOUCHER_RULES = Table(
    VoucherRule,
    "voucher_validation_rules",
    rank=711,  # after vouchers: who has locked one reads its rule as whoever assigned it left it
    key=("project_id", "code"),
    indexes={
        "id": ("project_id", "id"),
        "rule": ("project_id", "rule_id", "id"),
        "voucher": ("project_id", "voucher_id"),
    },
)
RULE_COUNTERS = Table(
    RuleCounter,
    "rule_counters",
    rank=678,
    key=("project_id", "owner", "scope", "customer_id", "key_id"),
    partial={"customer": Partial(("project_id", "customer_id", "scope"), "customer_id <> ''")},
)

PARTS = (Part(VALIDATION_RULES), Part(RULE_ASSIGNMENTS))
"""What of this domain every process holds in its rulebooks."""
