"""What a bundle is made of, as a decision is told it (spec C 4.7)."""

from dataclasses import dataclass
from typing import Literal, NamedTuple


class Part(NamedTuple):
    """So many units of any of these lines, which count from 0: of a product, a SKU or a collection by its id.

    `number` is that of the rule which says so, and `error` its own message.
    """

    id: str
    object: Literal["product", "sku", "products_collection"]
    lines: tuple[int, ...]
    quantity: int
    number: str = "1"
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What must be in the order, and how often it counts at most. `rule_id` and `error` are the rule's.

    A discount on lines is for the bundle's units where no lines are selected, unless it is for all lines: `everywhere`.
    """

    parts: tuple[Part, ...]
    limit: int = 1
    everywhere: bool = False
    rule_id: str = ""
    error: str | None = None
