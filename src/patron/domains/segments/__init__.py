"""Segments: which customers belong together, by what is known of them.

Verb: `preview`, of a filter that is no segment yet. `customer_grammar` has the fields that conditions on customers may
speak of, `facts_of` the view of one customer that predicates take, `population` the same conditions for a database.
"""
