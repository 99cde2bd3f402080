"""What qualifies in which scenario (spec I 6). Pure decisions."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from msgspec import UNSET

from patron.domains.qualifications.wire import QualifiedOut, Rules
from patron.domains.redeemables import Judgement, Target, result_without_order, tell
from patron.domains.redeemables.wire.told import ApplicableList
from patron.domains.validation_rules.wire.told import NO_ASSIGNMENTS
from patron.domains.vouchers import Campaign, Found
from patron.engine.decision import Verdict
from patron.kernel.clock import to_iso

NO_LINES = ApplicableList()
_OF_ORDER = frozenset(
    {
        "missing_order",
        "missing_amount",
        "missing_order_items",
        "missing_order_items_amount",
        "order_rules_violated",
    }
)
_OF_CUSTOMER = frozenset({"customer_rules_violated", "missing_customer"})
_OF_REDEMPTION = frozenset({"redemption_rules_violated"})
_KEYS: Mapping[Rules, frozenset[str]] = {
    "customer": _OF_CUSTOMER,
    "order": _OF_ORDER,
    "redemption": _OF_REDEMPTION,
}

NOT_CHECKED: Mapping[str, list[Rules]] = {
    "AUDIENCE_ONLY": ["order", "redemption"],
    "PRODUCTS": ["customer"],
    "PRODUCTS_DISCOUNT": ["customer"],
}
"""The kinds of rules that a scenario leaves out; all others leave out none."""


class Qualified(NamedTuple):
    """A voucher that qualifies, and what it would take off."""

    found: Found
    judgement: Judgement
    verdict: Verdict
    target: Target

    @property
    def deal(self) -> int:
        """How much it takes off, in minor units."""
        order = self.verdict.order
        return 0 if order is None else order.total_applied_discount_amount


def qualified(found: Found, judgement: Judgement, scenario: str) -> Qualified | None:
    """Whether the one redeemable of a judgement qualifies."""
    [verdict] = judgement.decision.verdicts
    target = judgement.target(verdict)
    left_out = frozenset().union(*(_KEYS[kind] for kind in NOT_CHECKED.get(scenario, ())))
    applies = verdict.status == "APPLICABLE"
    passes = applies or (bool(verdict.refusals) and all(each.code in left_out for each in verdict.refusals))
    if not passes or not _SCENARIOS.get(scenario, _any)(verdict, target):
        return None
    return Qualified(found, judgement, verdict, target)


def _any(_verdict: Verdict, _target: Target) -> bool:
    return True


def _is_of_lines(_verdict: Verdict, target: Target) -> bool:
    """It is for certain products, and one of them is in the order."""
    selection = target.ruling.selection
    return selection is not None and any(entry.lines for entry in selection.included or ())


def _discounts_lines(verdict: Verdict, _target: Target) -> bool:
    return verdict.order is not None and verdict.order.items_applied_discount_amount > 0


_SCENARIOS: Mapping[str, Callable[[Verdict, Target], bool]] = {
    "PRODUCTS": _is_of_lines,
    "PRODUCTS_BY_CUSTOMER": _is_of_lines,
    "PRODUCTS_DISCOUNT": _discounts_lines,
    "PRODUCTS_DISCOUNT_BY_CUSTOMER": _discounts_lines,
}


def in_order(entries: list[Qualified], sorting_rule: str) -> list[Qualified]:
    """By what they take off, where that is asked for; else the newest first, as they come."""
    if sorting_rule == "DEFAULT":
        return entries
    return sorted(entries, key=lambda entry: entry.deal, reverse=sorting_rule == "BEST_DEAL")


def fields_of(found: Found, campaign: Campaign | None, customer_id: str | None) -> dict[str, str | None]:
    """What filters may ask of a voucher; it is also of its campaign's category, where it has none of its own."""
    voucher, _, holder_id = found
    of_campaign = (None, None) if campaign is None else (campaign.category_id, campaign.campaign_type)
    return {
        "category_id": voucher.category_id or of_campaign[0],
        "campaign_id": voucher.campaign_id,
        "campaign_type": of_campaign[1],
        "resource_id": voucher.id,
        "resource_type": "voucher",
        "voucher_type": voucher.type,
        "code": voucher.code,
        "holder_role": "OWNER" if holder_id is not None and holder_id == customer_id else None,
    }


def told(entry: Qualified, expand: frozenset[str], request_id: str) -> QualifiedOut:
    """A voucher that qualifies, as it is told."""
    [out] = tell(entry.judgement, expand | {"order"}, request_id).all
    applies = entry.verdict.status == "APPLICABLE"
    return QualifiedOut(
        id=out.id,
        object="voucher",
        created_at=to_iso(entry.found[0].created_at),
        result=out.result if applies else result_without_order(entry.target),
        order=out.order,
        applicable_to=out.applicable_to or NO_LINES,
        inapplicable_to=out.inapplicable_to or NO_LINES,
        metadata=out.metadata,
        categories=out.categories,
        name=out.name,
        campaign_name=out.campaign_name,
        campaign_id=out.campaign_id,
        validation_rules_assignments=NO_ASSIGNMENTS if "validation_rules" in expand else UNSET,
    )
