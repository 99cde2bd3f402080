"""How what qualifies is told (spec I 6)."""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, UnsetType

from patron.db.rulebook import Rulebook
from patron.domains.categories import Categories
from patron.domains.promotions import PromotionStack, PromotionTier
from patron.domains.qualifications.policy import Qualified
from patron.domains.qualifications.wire import PartOut, QualifiedOut
from patron.domains.redeemables import Target, result_without_order, tell
from patron.domains.redeemables.wire.told import ApplicableList, RedeemableOut, Result
from patron.domains.stacking_rules import stacked_categories
from patron.domains.validation_rules import Rules
from patron.domains.validation_rules.model import TIER, VoucherRule
from patron.domains.validation_rules.wire.told import AssignmentList, assignments_of
from patron.domains.vouchers import Campaigns
from patron.kernel.clock import to_iso

NO_LINES = ApplicableList()


class Teller:
    """Tells entries of one page. `assigned` are the rules of the page's vouchers by code, None where nobody asks."""

    def __init__(
        self, rulebook: Rulebook, expand: frozenset[str], request_id: str, assigned: Mapping[str, VoucherRule] | None
    ) -> None:
        self._rulebook = rulebook
        self._expand = expand
        self._request_id = request_id
        self._assigned = assigned

    def tell(self, entry: Qualified) -> QualifiedOut:
        """An offer that qualifies; a stack with its tiers that apply."""
        judgement, offer = entry.judgement, entry.offer
        told = tell(judgement, self._expand | {"order"}, self._request_id)
        pairs = list(zip(told.all, map(judgement.target, judgement.decision.verdicts), strict=True))
        if not isinstance(offer.row, PromotionStack):
            [(out, target)] = pairs
            return QualifiedOut(**self._part(out, target))
        valid = judgement.decision.valid
        parts = [self._part(out, target) for out, target in pairs if not valid or out.status == "APPLICABLE"]
        return QualifiedOut(
            **self._stack(entry, offer.row),
            order=told.order,
            redeemables=[PartOut(**part) for part in parts],
        )

    def _stack(self, entry: Qualified, stack: PromotionStack) -> dict[str, Any]:
        campaign = Campaigns.of(self._rulebook).find(stack.campaign_id)
        category = Categories.of(self._rulebook).get(stack.category_id)
        rules = entry.judgement.case.rules
        return {
            "id": stack.id,
            "object": "promotion_stack",
            "created_at": to_iso(stack.created_at),
            "result": Result(),
            "applicable_to": NO_LINES,
            "inapplicable_to": NO_LINES,
            "categories": stacked_categories(rules, category) if "category" in self._expand else UNSET,
            "name": stack.name if "redeemable" in self._expand else UNSET,
            "campaign_name": UNSET if campaign is None else campaign.name,
            "campaign_id": stack.campaign_id,
        }

    def _part(self, out: RedeemableOut, target: Target) -> dict[str, Any]:
        assignments = self._assignments(target)
        row = target.tier if target.candidate is None else target.candidate.voucher
        assert row is not None
        banner = row.banner if isinstance(row, PromotionTier) and "redeemable" in self._expand else None
        return {
            "id": out.id,
            "object": out.object,
            "created_at": to_iso(row.created_at),
            "result": out.result if out.status == "APPLICABLE" else result_without_order(target, out.result.bundle),
            "order": out.order,
            "validation_rule_id": assignments.data[0].rule_id if assignments and assignments.data else UNSET,
            "applicable_to": out.applicable_to or NO_LINES,
            "inapplicable_to": out.inapplicable_to or NO_LINES,
            "metadata": out.metadata,
            "categories": out.categories,
            "banner": UNSET if banner is None else banner,
            "name": out.name,
            "campaign_name": out.campaign_name,
            "campaign_id": out.campaign_id,
            "validation_rules_assignments": assignments,
        }

    def _assignments(self, target: Target) -> AssignmentList | UnsetType:
        """The rule of its own that it is under."""
        if self._assigned is None:
            return UNSET
        if target.tier is not None:
            return assignments_of(Rules.of(self._rulebook).assignment(TIER, target.tier.id))
        return assignments_of(self._assigned.get(target.redeemable.id))
