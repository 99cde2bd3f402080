"""A customer: the profile a shop keeps of a person, and the totals of what that person did.

Nouns: `Customer`, `CustomerKey`, `CustomerTotals`, `DeletedCustomer`. Verbs: `upsert`, `update`, `delete`. A customer
answers to the `cust_…` id that the server gave, and to the `source_id` that the caller may have given.
"""
