"""Segments: which customers belong together, by what is known of them.

`customer_grammar` has the fields that conditions on customers may speak of, `facts_of` the view of one customer that
their predicates take, and `population` the same conditions for a database.
"""
