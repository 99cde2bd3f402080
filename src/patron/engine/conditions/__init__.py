"""One language for conditions: of segments, rules, collections and the filters of lists (spec C 3.4, 3.5, 4.3).

`parse` makes a `Filter` of plain values, or says where it is at fault; `Matcher` makes a predicate of it, `explain`
says why somebody passes or not. A domain brings the fields; `docs/conditions.md` has the operators.
"""
