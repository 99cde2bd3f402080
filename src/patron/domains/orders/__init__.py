"""Orders: what customers buy, and what of it counts in their summary.

Nouns: `Order`, with its items as they are told. Verbs: `SAVE` creates or changes one with its customer, its referrer
and its customer's totals; `find`, `list_orders`; imports of many through the queue. An order answers to the `ord_…` id
that the server gave, and to the `source_id` that the caller may have given.
"""
