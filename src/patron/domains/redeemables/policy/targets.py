"""What each entry of a request stands for, as the engine takes it.

Here is the one place where further kinds of redeemables and the verdicts of rules come in: `targets_of` makes the
targets of a request in its order, and each has its `Ruling`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from patron.db.rulebook import Rulebook
from patron.domains.categories import Categories, Category
from patron.domains.products import Product, Sku
from patron.domains.promotions import Promotions, PromotionTier, stacked
from patron.domains.redeemables.policy.exact import decoded, discount_of, validity_of
from patron.domains.redeemables.policy.facts import Candidate, Facts
from patron.domains.redeemables.policy.ruling import Asking, told_entries
from patron.domains.redeemables.wire.asked import RedeemableIn
from patron.domains.validation_rules import Verdicts
from patron.domains.vouchers import Campaign, Campaigns
from patron.domains.vouchers.model import GIFT, Voucher
from patron.engine import case as engine
from patron.engine.bundle_rules import Bundle
from patron.engine.decision import Refusal, Trace

NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What validation rules say of a redeemable: why it may not be used, and to which lines it applies (spec I 1.3).

    `judge` asks those that depend on what is applied before it, and on what it does itself; `bundles` are those that
    the rules want.

    `applicable_to` and `inapplicable_to` are the same selection as it is told: entries with `object`, `id`, `effect` …
    """

    refusals: tuple[Refusal, ...] = ()
    judge: engine.Judging | None = None
    selection: engine.Selection | None = None
    bundles: tuple[Bundle, ...] = ()
    applicable_to: tuple[Any, ...] = ()
    inapplicable_to: tuple[Any, ...] = ()


NO_RULES = Ruling()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What an entry of a request stands for: the `redeemable` for the engine, and the rows behind it.

    `candidate` is a voucher's and `tier` a promotion tier's, None where there is none; `discount` and `metadata` are
    JSON as it is stored and told.
    """

    redeemable: engine.Redeemable
    ruling: Ruling = NO_RULES
    candidate: Candidate | None = None
    tier: PromotionTier | None = None
    category: Category | None = None
    campaign: Campaign | None = None
    name: str | None = None
    discount: str | None = None
    metadata: str = "{}"


def targets_of(rulebook: Rulebook, now: int, facts: Facts) -> list[Target]:
    """The targets of a request, in its order, with the tiers of a stack in its place, in the stack's order.

    One that is not there is a target too, which says so.
    """
    asking = Asking(rulebook, now, facts)
    return [target for asked in facts.asked.redeemables for target in _targets(rulebook, facts, asked, asking)]


def _targets(rulebook: Rulebook, facts: Facts, asked: RedeemableIn, asking: Asking) -> list[Target]:
    if asked.object == "voucher":
        return [_voucher(rulebook, facts, asked, asking)]
    promotions = Promotions.of(rulebook)
    if asked.object == "promotion_tier":
        return [_tier(rulebook, facts, asked, promotions.tier(asked.id), asking)]
    stack = promotions.stack(asked.id)
    if stack is None:
        return [_missing(asked)]
    tiers = [(asked, promotions.tier(tier_id)) for tier_id in stacked(stack)]
    return [
        _tier(rulebook, facts, each, tier, asking, hierarchy=place, category_id=stack.category_id)
        for place, (each, tier) in enumerate(tiers)
    ]


def _tier(
    rulebook: Rulebook,
    facts: Facts,
    asked: RedeemableIn,
    tier: PromotionTier | None,
    asking: Asking,
    *,
    hierarchy: int | None = None,
    category_id: str | None = None,
) -> Target:
    """A tier; one of a stack with its place there, and with the stack's category where it has none of its own."""
    campaign = None if tier is None else Campaigns.of(rulebook).find(tier.campaign_id)
    if tier is None or campaign is None:
        return _missing(asked)
    categories = Categories.of(rulebook)
    ids = (tier.category_id, category_id, campaign.category_id)
    category = next(filter(None, map(categories.get, ids)), None)
    ruling = _ruling(asking.of_tier(tier))
    redeemable = engine.Redeemable(
        kind="promotion_tier",
        id=tier.id,
        discount=known_units(discount_of(tier.discount), facts.units),
        active=bool(tier.active) and bool(campaign.active),
        start_at=_start(tier, campaign),
        expires_at=_end(tier, campaign),
        **{**validity_of(campaign.validity), **validity_of(tier.validity)},
        hierarchy=tier.hierarchy if hierarchy is None else hierarchy,
        categories=_of_engine(category),
        selection=ruling.selection,
        refusals=ruling.refusals,
        judge=ruling.judge,
        bundles=ruling.bundles,
        metadata=decoded(tier.metadata),
    )
    return Target(
        redeemable=redeemable,
        ruling=ruling,
        tier=tier,
        category=category,
        campaign=campaign,
        name=tier.name,
        discount=tier.discount,
        metadata=tier.metadata,
    )


def _of_engine(category: Category | None) -> tuple[engine.Category, ...]:
    return () if category is None else (engine.Category(category.id, category.hierarchy),)


def _voucher(rulebook: Rulebook, facts: Facts, asked: RedeemableIn, asking: Asking) -> Target:
    candidate = facts.vouchers.get(asked.id)
    if candidate is None:
        return _missing(asked)
    campaign_id = candidate.voucher.campaign_id
    campaign = None if campaign_id is None else Campaigns.of(rulebook).find(campaign_id)
    if campaign_id is not None and campaign is None:
        return _missing(asked)  # its campaign was deleted, and it is about to go too
    category = Categories.of(rulebook).get(candidate.voucher.category_id)
    return _of_voucher(facts, asked, candidate, campaign, category, _ruling(asking.of(candidate)))


def _ruling(verdicts: Verdicts) -> Ruling:
    return Ruling(
        verdicts.refusals,
        verdicts.judge,
        verdicts.selection,
        verdicts.bundles,
        told_entries(verdicts.applicable_to),
        told_entries(verdicts.inapplicable_to),
    )


def _missing(asked: RedeemableIn) -> Target:
    kind: engine.Kind = "voucher" if asked.object == "voucher" else "promotion_tier"
    details = f"Cannot find {asked.object} with id {asked.id}"
    refusal = Refusal(NOT_FOUND, "Resource not found", details, Trace("exists", expected=True, actual=False))
    return Target(redeemable=engine.Redeemable(kind=kind, id=asked.id, refusals=(refusal,)))


def _of_voucher(
    facts: Facts,
    asked: RedeemableIn,
    candidate: Candidate,
    campaign: Campaign | None,
    category: Category | None,
    ruling: Ruling,
) -> Target:
    voucher, totals = candidate.voucher, candidate.totals
    is_card = voucher.type == GIFT
    redeemable = engine.Redeemable(
        kind="voucher",
        id=voucher.code,
        discount=None if voucher.discount is None else known_units(discount_of(voucher.discount), facts.units),
        gift=_gift(voucher, totals.balance - candidate.held.amount, asked) if is_card else None,
        active=bool(voucher.active) and (campaign is None or bool(campaign.active)),
        start_at=_start(voucher, campaign),
        expires_at=_end(voucher, campaign),
        **validity_of(voucher.validity),
        quantity=voucher.quantity,
        used=totals.redeemed_quantity + candidate.held.quantity,
        categories=_of_engine(category),
        selection=ruling.selection,
        refusals=ruling.refusals,
        judge=ruling.judge,
        bundles=ruling.bundles,
        publish_count=voucher.publish_count,
        metadata=decoded(voucher.metadata),
        publication_metadata=decoded(facts.publications.get(voucher.id)),
    )
    return Target(
        redeemable=redeemable,
        ruling=ruling,
        candidate=candidate,
        category=category,
        campaign=campaign,
        discount=voucher.discount,
        metadata=voucher.metadata,
    )


def _gift(voucher: Voucher, balance: int, asked: RedeemableIn) -> engine.Gift:
    effect: Any = voucher.gift_effect
    return engine.Gift(balance=balance, credits=asked.credits, effect=effect)


def _start(of: Voucher | PromotionTier, campaign: Campaign | None) -> int | None:
    """The later begin. Only where the campaign begins later does its date stand for the voucher's or tier's, from which
    timeframes are counted."""
    begins = None if campaign is None else campaign.start_at
    return begins if begins is not None and begins > (of.start_at or 0) else of.start_at


def _end(of: Voucher | PromotionTier, campaign: Campaign | None) -> int | None:
    ends = (of.expires_at, None if campaign is None else campaign.expires_at)
    return min((end for end in ends if end is not None), default=None)


def known_units(discount: engine.Discount, units: Mapping[str, Product | Sku]) -> engine.Discount:
    """A discount that names what it adds by the id that it has; it may have been defined by a source_id."""
    if discount.unit_type is None and not discount.units:
        return discount
    kinds = tuple([replace(kind, unit_type=_id_of(kind.unit_type, units)) for kind in discount.units])
    unit_type = None if discount.unit_type is None else _id_of(discount.unit_type, units)
    return replace(discount, unit_type=unit_type, units=kinds)


def _id_of(name: str, units: Mapping[str, Product | Sku]) -> str:
    return units[name].id if name in units else name


def units_of(units: Mapping[str, Product | Sku]) -> dict[str, engine.Unit]:
    """What the catalogue knows of units, by their ids."""
    return {
        row.id: engine.Unit(row.product_id, row.id, row.price)
        if isinstance(row, Sku)
        else engine.Unit(row.id, None, row.price)
        for row in units.values()
    }


def as_told(text: str) -> Any:
    """Stored JSON that goes out as it is."""
    return msgspec.Raw(text.encode())
