"""Formulas of discounts (spec I 1.2): a small language that is parsed, never run as code, in exact numbers.

`compiled` makes a function of a text, `Facts` is what it reads, `Unusable` what it raises where there is no result.
"""
