"""One redeemable's turn: what it is applied to, by which rules, and what its formulas come to."""

from fractions import Fraction

from patron.engine.cart import Cart, Line
from patron.engine.case import Case, Redeemable
from patron.engine.decision import Bundled
from patron.engine.formulas.operands import Facts
from patron.engine.formulas.parsing import compiled
from patron.engine.formulas.values import Unusable
from patron.engine.selecting import Pick, for_bundles, picks_of, selection_of
from patron.kernel.money import half_up

LARGEST_AMOUNT = 1_000_000_000_000
MOST_UNITS = 1_000_000
MOST_WORK = 200_000
"""How many tokens of formulas one decision computes. Past it, formulas have no result."""

_MINOR_UNITS = 100
_WHOLE = 100


class Work:
    """What the formulas of a decision may still cost."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = MOST_WORK


class Step:
    """A redeemable at its turn. `once`: lines that have a discount are left out; `initial`: percentages are of the
    amounts before all discounts; `times`: the discount is that of so many bundles."""

    __slots__ = ("_facts", "_selection", "_work", "cart", "case", "initial", "once", "redeemable", "times")

    def __init__(
        self,
        case: Case,
        redeemable: Redeemable,
        cart: Cart,
        work: Work,
        bundle: Bundled | None = None,
        *,
        once: bool = False,
        initial: bool = False,
    ) -> None:
        self.case = case
        self.redeemable = redeemable
        self.cart = cart
        self.once = once
        self.initial = initial
        self.times = 1 if bundle is None else bundle.quantity
        self._selection = selection_of(redeemable, bundle)
        self._work = work
        self._facts: Facts | None = None

    def picks(self) -> list[Pick]:
        """The units to discount."""
        return picks_of(self._selection, self.cart, once=self.once)

    def picks_of_bundles(self) -> list[Pick]:
        """The units to discount where each bundle discounts more of them: so many more as a selection has limits on."""
        selection = self._selection
        if self.times > 1 and selection is self.redeemable.selection:
            selection = for_bundles(selection, self.times)
        return picks_of(selection, self.cart, once=self.once)

    def units_of_bundles(self, units: int) -> int:
        """So many units for each bundle, within the bound."""
        return units if self.times == 1 else min(units * self.times, MOST_UNITS)

    def minor_units(self, formula: str | None, plain: int | None, line: Line | None = None) -> int:
        """An amount of money by a formula, which tells major units; else the plain one, or 0."""
        result = None if formula is None else self._result(formula, line)
        if result is None or result * _MINOR_UNITS > LARGEST_AMOUNT:
            return plain or 0
        return half_up(result.numerator * _MINOR_UNITS, result.denominator)

    def percent(self, formula: str | None, plain: int | Fraction | None, line: Line | None = None) -> int | Fraction:
        """A percentage by a formula, 100 at most; else the plain one, or 0."""
        result = None if formula is None else self._result(formula, line)
        return (plain or 0) if result is None else min(result, Fraction(_WHOLE))

    def count(self, formula: str | None, plain: int | None) -> int:
        """A number of units by a formula, rounded half up; else the plain one, or 1."""
        result = None if formula is None else self._result(formula, None)
        if result is None or result > MOST_UNITS:
            return 1 if plain is None else plain
        return half_up(result.numerator, result.denominator)

    def _result(self, text: str, line: Line | None) -> Fraction | None:
        """What a formula comes to, if that is a number and not below 0."""
        formula = compiled(text)
        if formula is None or formula.size > self._work.left:
            return None
        self._work.left -= formula.size
        if self._facts is None:
            self._facts = Facts(self.case, self.redeemable, self.cart)
        self._facts.line = line
        try:
            result = formula.call(self._facts)
        except Unusable:
            return None
        return result if isinstance(result, Fraction) and result >= 0 else None
