"""Validation rules: golden cases, and that the short way to a verdict comes to the same as the long one."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patron.engine.conditions.calendars import Calendar
from patron.engine.conditions.fields import Field, Type
from patron.engine.conditions.filters import Fault
from patron.engine.rules.facts import Line, RuleFacts
from patron.engine.rules.judging import Judge
from patron.engine.rules.logic import Malformed, blamed, holds, logic_of
from patron.engine.rules.nodes import Rule
from patron.engine.rules.parsing import Terms, parse
from patron.engine.rules.selections import Applicability, Entry, both, selection_of
from patron.kernel.clock import from_iso
from patron.kernel.zones import zone_of

CASES = {
    f"{path.stem}: {each['name']}": each
    for path in sorted((Path(__file__).parent / "cases").glob("rules-*.json"))
    for each in json.loads(path.read_text())
}
NOW = from_iso("2024-06-12T12:00:00Z")


def terms() -> Terms:
    return Terms(lambda _resource, name: Field(f"metadata.{name}", ("metadata", name), Type.ANY))


def line_of(given: dict[str, Any]) -> Line:
    products, skus = given.pop("products", []), given.pop("skus", [])
    names = [*products, *skus, *given.pop("collections", [])]
    own, product = ({"metadata": given.pop(name, {})} for name in ("metadata", "product_metadata"))
    return Line(products=products, skus=skus, names=names, own=own, product=product, **given)


def facts_of(given: dict[str, Any]) -> RuleFacts:
    """Facts of JSON; metadata without its group, lines with their names."""
    facts = dict(given)
    for name in ("customer", "order", "redemption", "event"):
        if facts.get(name) is not None:
            facts[name] = {"metadata": facts[name]}
    lines = tuple(line_of(dict(each)) for each in facts.pop("lines", []))
    has_order = facts.pop("has_order", bool(lines) or "amount" in facts or "order" in facts)
    return RuleFacts(**{"now": NOW, **facts}, lines=lines, has_order=has_order)


def judge_of(rules: Any, error: str | None = None, zone: str = "UTC") -> Judge:
    tree = parse(rules, terms())
    assert not isinstance(tree, Fault), tree
    return Judge(Rule("val_1", tree, error), Calendar(zone_of(zone)))


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_judged_as_expected(name: str) -> None:
    case, expected = CASES[name]["case"], CASES[name]["expected"]
    judge = judge_of(case["rules"], case.get("error"), case.get("timezone", "UTC"))
    facts = facts_of(case["facts"])
    judgement = judge.judgement(facts)
    assert judge.holds(facts) == judgement.holds == (expected.get("refusals", []) == [])
    for refusal, wanted in zip(judgement.refusals, expected.get("refusals", []), strict=True):
        told = {
            "code": refusal.code,
            "message": refusal.message,
            "details": refusal.details,
            "error": refusal.error,
            "actual": refusal.trace and refusal.trace.actual,
            "by": refusal.trace and refusal.trace.change and refusal.trace.change.by,
        }
        assert {field: told[field] for field in wanted} == wanted
    outcomes = {node.path: node.outcome for node in judgement.nodes}
    outcomes |= {inner.path: inner.outcome for node in judgement.nodes for inner in node.below}
    assert {path: outcomes[path] for path in expected.get("nodes", {})} == expected.get("nodes", {})


def test_each_case_has_a_name_of_its_own() -> None:
    names = [each["name"] for each in CASES.values()]
    assert sorted(set(names)) == sorted(names)


LOGICS = st.recursive(
    st.sampled_from(["1", "2", "3", "4"]),
    lambda inner: st.tuples(inner, st.sampled_from([" and ", " or ", " AND ", " oR "]), inner).map(
        lambda each: f"({''.join(each)})"
    ),
    max_leaves=12,
)


@given(LOGICS, st.sets(st.sampled_from("1234")))
def test_a_logic_holds_as_python_says(text: str, passing: set[str]) -> None:
    try:
        logic = logic_of(text, frozenset("1234"))
    except Malformed:
        assert text.count("(") > 16
        return
    python = "".join(f" {word in passing} " if word.isdigit() else word.lower() for word in _words(text))
    assert holds(logic, passing.__contains__) is eval(python)  # noqa: S307 - made here, of four digits and two words
    assert bool(blamed(logic, passing.__contains__)) is not holds(logic, passing.__contains__)
    assert holds(logic, (passing | set(blamed(logic, passing.__contains__))).__contains__)


def _words(text: str) -> list[str]:
    return text.replace("(", " ( ").replace(")", " ) ").replace("and", " and ").replace("or", " or ").split(" ")


AMOUNTS = st.integers(-5, 30)
OPERATORS = st.sampled_from(
    ["$is", "$is_not", "$in", "$not_in", "$more_than", "$less_than", "$more_than_or_equal", "$less_than_or_equal"]
)


@given(st.lists(st.tuples(OPERATORS, AMOUNTS), min_size=1, max_size=3), AMOUNTS)
def test_the_change_that_is_told_is_enough(conditions: list[tuple[str, int]], amount: int) -> None:
    judge = judge_of({"1": {"name": "order.amount", "conditions": {name: [value] for name, value in conditions}}})
    [*refusals] = judge.refusals(RuleFacts(now=NOW, amount=amount, has_order=True))
    for refusal in refusals:
        assert refusal.trace is not None
        if refusal.trace.change is not None:
            enough = amount + refusal.trace.change.by
            assert judge.holds(RuleFacts(now=NOW, amount=enough, has_order=True))
            nearer = range(amount - abs(enough - amount) + 1, amount + abs(enough - amount))
            assert not any(judge.holds(RuleFacts(now=NOW, amount=each, has_order=True)) for each in nearer)


def test_lines_are_chosen_by_entries_and_an_exclusion_wins() -> None:
    facts = facts_of(
        {"lines": [{"products": ["a", "tea"]}, {"products": ["b"], "collections": ["pc"]}, {"skus": ["s"]}]}
    )
    calendar = Calendar(zone_of("UTC"))
    entry = Entry(frozenset({"pc"}))
    chosen = selection_of(Applicability(included=(entry, Entry(frozenset({"tea"})))), Rule("val_1"), facts, calendar, 0)
    assert chosen is not None
    assert [each.lines for each in chosen.included or ()] == [(1,), (0,)]
    without = selection_of(
        Applicability(excluded=(Entry(frozenset({"s"})),), included_all=True), Rule("v"), facts, calendar, 0
    )
    assert (without and without.included, without and without.excluded) == (None, frozenset({2}))
    together = both(chosen, without)
    assert together is not None
    assert (together.included, together.excluded) == (chosen.included, frozenset({2}))
    assert both(None, chosen) is chosen
    other = selection_of(Applicability(included=(entry,)), Rule("val_2"), facts, calendar, 0)
    narrowed = both(chosen, other)
    assert narrowed is not None
    assert [each.lines for each in narrowed.included or ()] == [(1,), ()]
    assert selection_of(Applicability(), Rule("val_1"), facts, calendar, 0) is None


def test_a_rule_about_products_may_say_what_is_discounted() -> None:
    flag = {"name": "product.discount_applicable", "conditions": {"$is": [True]}}
    rules = {"1": {"name": "product.id", "conditions": {"$is": [{"id": "a", "source_id": ""}]}, "rules": {"1": flag}}}
    judge = judge_of(rules)
    facts = facts_of({"lines": [{"products": ["b"]}, {"products": ["a"]}]})
    assert judge.holds(facts)
    chosen = selection_of(Applicability(), judge.rule, facts, Calendar(zone_of("UTC")), 0)
    assert chosen is not None
    assert [each.lines for each in chosen.included or ()] == [(1,)]


def test_a_rule_tells_what_it_counts_and_when_it_can_be_asked() -> None:
    judge = judge_of(
        {
            "1": {"name": "campaign.redemptions.customers_count.weekly", "conditions": {"$less_than": [3]}},
            "2": {"name": "order.amount", "conditions": {"$more_than": [1]}},
            "3": {"name": "customer.segment", "conditions": {"$in": ["seg_1", "seg_2"]}},
        }
    )
    [(name, budget)] = judge.budgets.items()
    assert (name, budget.of, budget.by, budget.period) == (
        "campaign.redemptions.customers_count.weekly",
        "campaign",
        "customer",
        "week",
    )
    assert (judge.when, sorted(judge.segments)) == ("turn", ["seg_1", "seg_2"])
    assert judge_of({"1": {"name": "order.total_amount", "conditions": {"$is": [1]}}}).when == "applied"
    assert judge_of({}).when == "early"
