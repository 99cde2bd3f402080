"""Filters as SQL: the same conditions that a predicate asks of one thing, asked of all rows at once.

A domain says where each field is (`sources`), and gets the clause and what of its parameters depends on the day
(`filtered`). Whatever came from outside is a bound parameter.
"""
