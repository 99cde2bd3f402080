"""Formulas from text to a function: the grammar, with bounds on length, depth and arguments.

From the loosest: OR, AND, one comparison, + and -, * / %, a minus sign, then operands, functions and parentheses.
Arguments are separated by semicolons.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from patron.engine.formulas.functions import COMPARISONS, FUNCTIONS, MOST_ARGUMENTS, Function, equal
from patron.engine.formulas.operands import METADATA, OPERANDS, Facts, value_of
from patron.engine.formulas.values import Unusable, Value, number, quotient, remainder, truth

LONGEST = 5_000
DEEPEST = 40
MOST_KEPT = 128

Formula = Callable[[Facts], Value]


class Compiled(NamedTuple):
    """A formula as a function, and how many tokens it is made of: its work is in proportion to them."""

    call: Formula
    size: int


_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d{1,30}(?:\.\d{1,30})?)|(?P<text>\"(?:[^\"\\]|\\.)*\")|(?P<name>[A-Za-z_]+)|(?P<symbol>[-+*/%×÷;()<>=]))",
    re.ASCII,
)
_ESCAPE = re.compile(r"\\(.)")
_TIMES = {"*": "*", "×": "*", "x": "*", "/": "/", "÷": "/", "%": "%"}


class _Fault(Exception):
    """A text is no formula."""


class _Token(NamedTuple):
    kind: str
    text: str


_END = _Token("end", "")


@lru_cache(maxsize=MOST_KEPT)
def compiled(formula: str) -> Compiled | None:
    """What a text tells, whose call raises `Unusable` where it has no result; None where it is no formula."""
    try:
        tokens = _tokens(formula)
        return Compiled(_Parser(tokens).whole(), len(tokens))
    except _Fault:
        return None


def _tokens(formula: str) -> list[_Token]:
    if len(formula) > LONGEST:
        raise _Fault
    tokens, position, end = [], 0, len(formula.rstrip())
    while position < end:
        found = _TOKEN.match(formula, position)
        if found is None or found.lastgroup is None:
            raise _Fault
        tokens.append(_Token(found.lastgroup, found[found.lastgroup]))
        position = found.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def whole(self) -> Formula:
        formula = self._expression()
        if self._next() is not _END:
            raise _Fault
        return formula

    def _next(self) -> _Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _END

    def _take(self) -> _Token:
        token = self._next()
        self._at += 1
        return token

    def _goes_on_with(self, *texts: str) -> str | None:
        """The next token if it is one of these words or symbols, which is then taken."""
        token = self._next()
        if token.kind in ("name", "symbol") and token.text in texts:
            self._at += 1
            return token.text
        return None

    def _expect(self, text: str) -> None:
        if self._goes_on_with(text) is None:
            raise _Fault

    def _expression(self) -> Formula:
        self._depth += 1
        if self._depth > DEEPEST:
            raise _Fault
        parts = [self._conjunction()]
        while self._goes_on_with("OR"):
            parts.append(self._conjunction())
        self._depth -= 1
        if len(parts) == 1:
            return parts[0]
        return lambda facts: any(truth(part(facts)) for part in parts)

    def _conjunction(self) -> Formula:
        parts = [self._comparison()]
        while self._goes_on_with("AND"):
            parts.append(self._comparison())
        if len(parts) == 1:
            return parts[0]
        return lambda facts: all(truth(part(facts)) for part in parts)

    def _comparison(self) -> Formula:
        left = self._sum()
        operator = self._goes_on_with(*COMPARISONS)
        if operator is None:
            return left
        right, compare = self._sum(), COMPARISONS[operator]
        return lambda facts: compare(facts, left(facts), right(facts))

    def _sum(self) -> Formula:
        first = self._product()
        terms: list[tuple[int, Formula]] = []
        while operator := self._goes_on_with("+", "-"):
            terms.append((1 if operator == "+" else -1, self._product()))
        if not terms:
            return first

        def total(facts: Facts) -> Value:
            value = number(first(facts))
            for sign, term in terms:
                value = number(value + sign * number(term(facts)))
            return value

        return total

    def _product(self) -> Formula:
        first = self._signed()
        factors: list[tuple[str, Formula]] = []
        while operator := self._goes_on_with(*_TIMES):
            factors.append((_TIMES[operator], self._signed()))
        if not factors:
            return first

        def product(facts: Facts) -> Value:
            value = number(first(facts))
            for operator, factor in factors:
                value = _multiplied(value, operator, number(factor(facts)))
            return value

        return product

    def _signed(self) -> Formula:
        negative = False
        while self._goes_on_with("-"):
            negative = not negative
        value = self._primary()
        return (lambda facts: -number(value(facts))) if negative else value

    def _primary(self) -> Formula:
        token = self._take()
        if token.kind == "number":
            value = Fraction(token.text)
            return lambda _facts: value
        if token.kind == "text":
            told = _ESCAPE.sub(r"\1", token.text[1:-1])
            return lambda _facts: told
        if token.text == "(":
            inner = self._expression()
            self._expect(")")
            return inner
        if token.kind == "name":
            return self._named(token.text)
        raise _Fault

    def _named(self, name: str) -> Formula:
        if name in OPERANDS:
            return OPERANDS[name]
        self._expect("(")
        if name == "SWITCH":
            return self._switch()
        if name in METADATA:
            return self._metadata(name)
        return _called(name, self._arguments())

    def _metadata(self, name: str) -> Formula:
        token, read = self._take(), METADATA[name]
        if token.kind != "text":
            raise _Fault
        self._expect(")")
        key = _ESCAPE.sub(r"\1", token.text[1:-1])
        return lambda facts: value_of(read(facts).get(key))

    def _arguments(self) -> list[Formula]:
        given = [self._expression()]
        while self._goes_on_with(";"):
            given.append(self._expression())
        self._expect(")")
        return given

    def _switch(self) -> Formula:
        subject = self._expression()
        self._expect(";")
        cases: list[tuple[Formula, Formula]] = []
        while self._goes_on_with("SWITCH_CASE"):
            self._expect("(")
            case = self._arguments()
            if len(case) != 2 or len(cases) == MOST_ARGUMENTS:
                raise _Fault
            cases.append((case[0], case[1]))
            self._goes_on_with(";")
        default = self._expression()
        self._expect(")")

        def switch(facts: Facts) -> Value:
            value = subject(facts)
            for when, then in cases:
                if equal(when(facts), value):
                    return then(facts)
            return default(facts)

        return switch


def _multiplied(value: Fraction, operator: str, by: Fraction) -> Fraction:
    if operator == "*":
        return number(value * by)
    return quotient(value, by) if operator == "/" else remainder(value, by)


def _called(name: str, given: list[Formula]) -> Formula:
    if name == "IF" and len(given) == 3:
        condition, then, otherwise = given
        return lambda facts: then(facts) if truth(condition(facts)) else otherwise(facts)
    if name == "DEFAULT_TO" and 1 < len(given) <= MOST_ARGUMENTS:
        return lambda facts: _first_usable(given, facts)
    function = FUNCTIONS.get(name)
    if function is None or not function.least <= len(given) <= function.most:
        raise _Fault
    return _of_function(function, given)


def _of_function(function: Function, given: list[Formula]) -> Formula:
    return lambda facts: function.call(facts, [each(facts) for each in given])


def _first_usable(given: list[Formula], facts: Facts) -> Value:
    for each in given:
        try:
            return each(facts)
        except Unusable:
            continue
    raise Unusable
