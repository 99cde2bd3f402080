"""From facts to a decision: the case, and what the engine says of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec import UNSET

from patron.db.rulebook import Rulebook
from patron.domains.metadata_schemas import check_metadata_schema
from patron.domains.orders import Catalogue
from patron.domains.orders.wire import ItemOut
from patron.domains.products import Product, Sku
from patron.domains.projects.model import ProjectSettings
from patron.domains.redeemables.policy.exact import decoded, exact
from patron.domains.redeemables.policy.facts import Cart, Facts, Person, told_metadata
from patron.domains.redeemables.policy.targets import Target, targets_of, units_of
from patron.domains.stacking_rules import rules_of, stacking_rules
from patron.engine import case as engine
from patron.engine.decide import decide
from patron.engine.decision import Decision, Verdict
from patron.kernel.problems import invalid_payload
from patron.kernel.zones import zone_of


@dataclass(frozen=True, slots=True)
class Judgement:
    """A decision, with what it was about. `targets` are by the kind and id of the decision's verdicts."""

    facts: Facts
    case: engine.Case
    decision: Decision
    targets: Mapping[tuple[str, str], Target]

    def target(self, verdict: Verdict) -> Target:
        """What a verdict is about."""
        return self.targets[verdict.kind, verdict.id]

    @property
    def applied(self) -> list[tuple[Verdict, Target]]:
        """What applies, in the order of application, with the rows behind it."""
        return [(each, self.target(each)) for each in self.decision.verdicts if each.status == "APPLICABLE"]


def judge(rulebook: Rulebook, now: int, facts: Facts) -> Judgement:
    """Decide about a request at a moment (epoch ms).

    Problem 400 for more redeemables than the project takes, and metadata that the schema of redemptions does not allow.
    """
    if facts.asked.metadata:
        check_metadata_schema(rulebook, "redemption", facts.asked.metadata)
    targets = targets_of(rulebook, now, facts)
    case = case_of(rulebook, now, facts, targets)
    by_name: dict[tuple[str, str], Target] = {(each.redeemable.kind, each.redeemable.id): each for each in targets}
    return Judgement(facts, case, decide(case), by_name)


def case_of(rulebook: Rulebook, now: int, facts: Facts, targets: list[Target]) -> engine.Case:
    """The case that the engine decides about: exact numbers, the project's zone, its stacking rules."""
    most = rules_of(rulebook).redeemables_limit
    if len(facts.asked.redeemables) > most:
        raise invalid_payload(f"redeemables: expected at most {most}")
    return engine.Case(
        now=now,
        zone=zone_of(ProjectSettings.of(rulebook).timezone),
        redeemables=tuple([target.redeemable for target in targets]),
        order=None if facts.cart is None else _order(facts.cart, facts.catalogue),
        customer=None if facts.person is None else _customer(facts.person),
        metadata=exact(told_metadata(facts.asked)),
        units=units_of(facts.units),
        rules=stacking_rules(rulebook),
    )


def _order(cart: Cart, catalogue: Catalogue) -> engine.Order:
    order = cart.order
    rows: dict[str, Product | Sku] = {row.id: row for row in catalogue.products.values()}
    rows |= {row.id: row for row in catalogue.skus.values()}
    return engine.Order(
        items=tuple([_item(item, rows) for item in cart.items]),
        amount=order.amount,
        initial_amount=order.initial_amount,
        discount_amount=order.discount_amount,
        metadata=decoded(order.metadata),
    )


def _item(item: ItemOut, rows: Mapping[str, Product | Sku]) -> engine.Item:
    return engine.Item(
        product_id=item.product_id or None,
        sku_id=item.sku_id or None,
        quantity=1 if item.quantity is UNSET else item.quantity,
        price=_or_none(item.price),
        amount=_or_none(item.amount),
        discount_amount=item.discount_amount or 0,
        discount_quantity=item.discount_quantity or 0,
        initial_quantity=_or_none(item.initial_quantity),
        initial_amount=_or_none(item.initial_amount),
        metadata=exact(item.metadata or {}),
        product_metadata=_of_product(item, rows),
    )


def _of_product(item: ItemOut, rows: Mapping[str, Product | Sku]) -> engine.Metadata:
    """The metadata of the line's product and of its SKU, which wins; over both wins what the line itself says."""
    named = (item.product_id or "", item.sku_id or "")
    stored = [decoded(rows[each].metadata) for each in named if each in rows]
    sent = [exact(part.metadata) for part in (item.product, item.sku) if part and part.metadata]
    return {key: value for part in (*stored, *sent) for key, value in part.items()}


def _customer(person: Person) -> engine.Customer:
    return engine.Customer(
        metadata=decoded(person.customer.metadata), birthdate=person.customer.birthdate or person.customer.birthday
    )


def _or_none(value: object) -> int | None:
    return value if isinstance(value, int) else None
