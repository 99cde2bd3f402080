"""Rules as they were read: trees that `parse` alone makes, and that never change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from patron.engine.conditions.filters import Condition
from patron.engine.rules.logic import Logic
from patron.engine.rules.names import Budget, Items, Name, Sub, When


@dataclass(frozen=True, slots=True)
class Node:
    """A numbered rule. `path` tells its numbers from the outermost on: `2.1`. `error` is its own message."""

    path: str
    name: str
    property: str | None
    kind: Name | Items | Sub
    conditions: tuple[Condition, ...]
    below: "Tree | None" = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Tree:
    """Numbered rules and how they go together; a rule that the logic does not name is left out."""

    nodes: Mapping[str, Node]
    logic: Logic


@dataclass(frozen=True, slots=True)
class Rule:
    """A validation rule; one without a tree holds always. `error` is the message where a node has none of its own."""

    id: str
    tree: Tree | None = None
    error: str | None = None

    @property
    def when(self) -> When:
        """When all is known that it looks at."""
        known = {node.kind.when for node in nodes_of(self.tree) if isinstance(node.kind, Name)}
        return "applied" if "applied" in known else "turn" if "turn" in known else "early"

    @property
    def budgets(self) -> Mapping[str, Budget]:
        """What it counts, by the names of its rules."""
        return {
            node.name: node.kind.budget
            for node in nodes_of(self.tree)
            if isinstance(node.kind, Name) and node.kind.budget is not None
        }

    @property
    def segments(self) -> frozenset[str]:
        """The ids of segments that it names."""
        return frozenset(
            each for node in nodes_of(self.tree) if node.name == "customer.segment" for each in ids_in(node)
        )

    @property
    def things(self) -> frozenset[str]:
        """The ids and source_ids of products, SKUs and collections that its rules name."""
        return frozenset(each for node in nodes_of(self.tree) if isinstance(node.kind, Items) for each in ids_in(node))


def nodes_of(tree: Tree | None) -> Iterator[Node]:
    """Every node of a tree, the outer ones before those below them."""
    for node in () if tree is None else tree.nodes.values():
        yield node
        yield from nodes_of(node.below)


def ids_in(node: Node) -> Iterator[str]:
    """The ids that a node's operands are, or have."""
    for condition in node.conditions:
        for operand in condition.expected:
            if isinstance(operand, str):
                yield operand
            elif isinstance(operand, tuple):
                yield from (value for _, value in operand)
