"""What a decision answers: for each redeemable whether it applies and why not, and the order after each of them."""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

Status = Literal["APPLICABLE", "INAPPLICABLE", "SKIPPED"]


class Change(NamedTuple):
    """The smallest change that would pass: what would have to change, and by how much (minor units, times or ms)."""

    of: str
    by: int


class Trace(NamedTuple):
    """Which check failed, what it expected, and what it found."""

    check: str
    expected: Any
    actual: Any
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a redeemable does not apply: the reference's key and message, details for people, and the trace.

    `error` is the shop's own message for its customers, where a validation rule has one (spec C 4.9); `of_bundle` says
    that a bundle is not complete.
    """

    code: str
    message: str
    details: str
    trace: Trace | None = None
    error: str | None = None
    of_bundle: bool = False


class Skip(NamedTuple):
    """Why a redeemable that would apply is left out: the reference's key and message, and the limit that it met."""

    key: str
    message: str
    limit: int | None = None


class BundleLine(NamedTuple):
    """Units of a line, by its number in the order, that are in bundles; `id` is what the line is of."""

    id: str
    object: Literal["product", "sku"]
    line: int
    quantity: int


class BundleLack(NamedTuple):
    """How many units one part of a bundle lacks; `part` is its place there."""

    part: int
    id: str
    object: Literal["product", "sku", "products_collection"]
    quantity: int


class Bundled(NamedTuple):
    """How many bundles are in an order, `limit` at most, and of what (spec I 3.5).

    Where there is not even one, `lines` are what there is of it and `lacks` what is not; else nothing lacks.
    """

    quantity: int
    limit: int
    lines: tuple[BundleLine, ...]
    lacks: tuple[BundleLack, ...] = ()


class CalculatedItem(NamedTuple):
    """A line after a step (spec I 3.4); `place` is its number in the case's order, None for a line that was added.

    What begins with `applied` is of this step alone. Discounted units are counted in `applied_discount_quantity`,
    those that became free also in `discount_quantity`.
    """

    place: int | None
    product_id: str | None
    sku_id: str | None
    price: int | None
    quantity: int
    initial_quantity: int
    discount_quantity: int
    amount: int | None
    initial_amount: int | None
    discount_amount: int
    subtotal_amount: int | None
    applied_discount_amount: int
    applied_discount_quantity: int
    applied_quantity: int
    applied_quantity_amount: int


class CalculatedOrder(NamedTuple):
    """An order after a step (spec I 3.4): `total_amount` = `amount` - `total_discount_amount`, never below zero."""

    amount: int | None
    initial_amount: int | None
    discount_amount: int
    items_discount_amount: int
    total_discount_amount: int
    total_amount: int | None
    applied_discount_amount: int
    items_applied_discount_amount: int
    total_applied_discount_amount: int
    items: tuple[CalculatedItem, ...]


class Replacement(NamedTuple):
    """Units of one line that were replaced by units of another; lines by their number in the calculated order."""

    source_index: int
    source_applied_quantity: int
    source_applied_quantity_amount: int
    target_index: int
    target_applied_quantity: int
    target_applied_quantity_amount: int
    target_applied_discount_amount: int


class Applied(NamedTuple):
    """What a redeemable did. `value` is the discount's value as its formula gave it, or the plain one.

    It is None where each line has its own. `credits` is what a gift card pays.
    """

    effect: str
    value: Any = None
    credits: int | None = None
    free_shipping: bool = False
    replacements: tuple[Replacement, ...] = ()


class Verdict(NamedTuple):
    """What becomes of one redeemable; `order` is the running state after it.

    `bundle` is what decided about it where it needs bundles: the first that is missing, or else its first.
    """

    kind: str
    id: str
    status: Status
    applied: Applied | None = None
    order: CalculatedOrder | None = None
    refusals: tuple[Refusal, ...] = ()
    skip: Skip | None = None
    bundle: Bundled | None = None


class Decision(NamedTuple):
    """All verdicts in the order of application; `order` is the last state, with `applied_*` summed over all of them.

    Nothing applies unless it is `valid`.
    """

    valid: bool
    verdicts: tuple[Verdict, ...]
    order: CalculatedOrder | None
