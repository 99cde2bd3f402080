"""What qualifies in which scenario (spec I 6). Pure decisions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from patron.domains.promotions import PromotionStack, PromotionTier, age_of, stacked
from patron.domains.qualifications.wire import Filters, QualificationOptions, Rules
from patron.domains.redeemables import Facts, Judgement, Target
from patron.domains.vouchers import Campaign, Found
from patron.domains.vouchers.model import Voucher
from patron.engine.decision import Verdict

LIMIT = 5
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
_LEFT_OUT: Mapping[str, list[Rules]] = {
    "AUDIENCE_ONLY": ["order", "redemption"],
    "PRODUCTS": ["customer"],
    "PRODUCTS_DISCOUNT": ["customer"],
}
_WITHOUT_BUNDLES = frozenset(
    {
        "AUDIENCE_ONLY",
        "PRODUCTS",
        "PRODUCTS_DISCOUNT",
        "PRODUCTS_BY_CUSTOMER",
        "PRODUCTS_DISCOUNT_BY_CUSTOMER",
    }
)
"""Scenarios that find offers also where a bundle is not complete, and tell what is missing."""


def not_checked(scenario: str) -> list[Rules]:
    """The kinds of rules that a scenario leaves out; what all customers of a campaign share is left out by all."""
    return [*_LEFT_OUT.get(scenario, ()), "campaign_budget"]


class Offer(NamedTuple):
    """Something to look at. `found` is a voucher's, with its totals and holder."""

    kind: Literal["voucher", "promotion_tier", "promotion_stack"]
    row: Voucher | PromotionTier | PromotionStack
    age: str
    found: Found | None = None

    @classmethod
    def of_voucher(cls, found: Found) -> "Offer":
        """A voucher as it was found."""
        return cls("voucher", found[0], found[0].id.partition("_")[2], found)

    @classmethod
    def of_promotion(cls, row: PromotionTier | PromotionStack) -> "Offer":
        """A tier or a stack."""
        return cls("promotion_tier" if isinstance(row, PromotionTier) else "promotion_stack", row, age_of(row))

    @property
    def name(self) -> str:
        """What it is asked for by: a code, or an id."""
        return self.row.code if isinstance(self.row, Voucher) else self.row.id

    @property
    def tier_ids(self) -> list[str]:
        """The tiers of which it is, or which it is."""
        if isinstance(self.row, PromotionStack):
            return stacked(self.row)
        return [self.row.id] if isinstance(self.row, PromotionTier) else []

    @property
    def weight(self) -> int:
        """How many redeemables there are to judge."""
        return len(self.tier_ids) or 1


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: `limit` of those that qualify in a scenario, for a request whose facts these are."""

    scenario: str
    options: QualificationOptions
    facts: Facts

    @property
    def limit(self) -> int:
        return self.options.limit or LIMIT

    @property
    def filters(self) -> Filters:
        return self.options.filters or Filters()

    @property
    def sorting_rule(self) -> str:
        return self.options.sorting_rule or "DEFAULT"

    @property
    def expand(self) -> frozenset[str]:
        return frozenset[str](self.options.expand or ())


class Qualified(NamedTuple):
    """An offer that qualifies, and what it would take off."""

    offer: Offer
    judgement: Judgement

    @property
    def deal(self) -> int:
        """How much it takes off, in minor units."""
        order = self.judgement.decision.order
        return 0 if order is None else order.total_applied_discount_amount


def qualified(offer: Offer, judgement: Judgement, scenario: str) -> Qualified | None:
    """Whether the offer that a judgement is about, a stack with its tiers, qualifies."""
    decision = judgement.decision
    if not decision.valid and not _passes(judgement, scenario):
        return None
    asks = _SCENARIOS.get(scenario, _any)
    if not any(asks(verdict, judgement.target(verdict)) for verdict in decision.verdicts):
        return None
    return Qualified(offer, judgement)


def _passes(judgement: Judgement, scenario: str) -> bool:
    """Whether only what the scenario leaves out stands against it; of a stack in mode PARTIAL, against one tier."""
    left_out = frozenset[str]().union(*(_KEYS[kind] for kind in _LEFT_OUT.get(scenario, ())))
    refused = [verdict.refusals for verdict in judgement.decision.verdicts if verdict.refusals]
    bundles = scenario in _WITHOUT_BUNDLES
    passes = [all(each.code in left_out or (bundles and each.of_bundle) for each in refusals) for refusals in refused]
    needed = all if judgement.case.rules.redeemables_application_mode == "ALL" else any
    return bool(passes) and needed(passes)


def _any(_verdict: Verdict, _target: Target) -> bool:
    return True


def _is_of_lines(verdict: Verdict, target: Target) -> bool:
    """It is for certain products, or wants them in a bundle, and one of them is in the order."""
    return _is_for_lines(target) or (verdict.bundle is not None and bool(verdict.bundle.lines))


def _is_for_lines(target: Target) -> bool:
    selection = target.ruling.selection
    return selection is not None and any(entry.lines for entry in selection.included or ())


def _discounts_lines(verdict: Verdict, target: Target) -> bool:
    """It discounts lines; or would, if there was a bundle."""
    if any(each.of_bundle for each in verdict.refusals):
        return _is_for_lines(target)
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


def is_for(offer: Offer, campaign: Campaign | None, customer_id: str | None) -> bool:
    """Whether it is the customer's, or everybody's: nobody's, and of no campaign that gives each its own."""
    if offer.found is None:
        return True
    voucher, _, holder_id = offer.found
    if holder_id is not None:
        return holder_id == customer_id
    return voucher.campaign_id is None or (campaign is not None and campaign.type == "STANDALONE")


def fields_of(offer: Offer, campaign: Campaign | None, customer_id: str | None) -> dict[str, str | None]:
    """What filters may ask; it is also of its campaign's category, where it has none of its own."""
    row = offer.row
    of_campaign = (None, None) if campaign is None else (campaign.category_id, campaign.campaign_type)
    held = offer.found is not None and customer_id is not None and offer.found[2] == customer_id
    return {
        "category_id": row.category_id or of_campaign[0],
        "campaign_id": row.campaign_id,
        "campaign_type": of_campaign[1],
        "resource_id": row.id,
        "resource_type": offer.kind,
        "voucher_type": row.type if isinstance(row, Voucher) else None,
        "code": row.code if isinstance(row, Voucher) else None,
        "holder_role": "OWNER" if held else None,
    }
