"""Validation rules: numbered rules with a logic, read once and asked of many cases (spec C 4, I 3.10).

`parse` makes a `Rule` of plain values, or says where it is at fault; `Judge` asks it of the facts of a case, says why
it fails and what little would have to change; `selection_of` says which lines an incentive is for.
"""
