"""A customer: the profile a shop keeps of a person, and the totals of what that person did.

Nouns: `Customer`, `CustomerKey`, `CustomerTotals`, `DeletedCustomer`, `MergedCustomer`. Verbs: `find`, `upsert`,
`update`, `delete`, `merge`. A customer answers to the `cust_…` id that the server gave, to the `source_id` that the
caller may have given, and to the names of customers who were merged into it: whoever lists rows about a customer asks
`histories` under which ids they stand, and whoever writes about the customer of an older row asks `want_id` and
`current`. `count_redemption` and `count_rollback` move the summary. The domain of consents reads and writes what the
profile says of them by `consents_of` and `keep_consents`. For what is only judged by a customer who is sent,
`find_sent` finds whom that means, and `new_customer`, `patched` and `check_schema`, which are pure, say what the body
makes of them and whether their metadata may be so.
"""

from patron.domains.customers.actions.count import count_redemption, count_rollback
from patron.domains.customers.actions.find import (
    current,
    find,
    find_many,
    find_sent,
    found,
    now_of,
    want,
    want_id,
    want_rows,
)
from patron.domains.customers.actions.list import asked_of, list_among, page_from
from patron.domains.customers.actions.names import histories
from patron.domains.customers.actions.update import keep_consents
from patron.domains.customers.actions.upsert import (
    missing,
    missing_import,
    upsert,
    upsert_import,
    want_imports,
    want_upsert,
    who,
)
from patron.domains.customers.checks import owner_of
from patron.domains.customers.policy import check_schema, consents_of, new_customer, patched
from patron.domains.customers.store import Among
from patron.domains.customers.told import SimpleCustomer, whole

__all__ = [
    "Among",
    "SimpleCustomer",
    "asked_of",
    "check_schema",
    "consents_of",
    "count_redemption",
    "count_rollback",
    "current",
    "find",
    "find_many",
    "find_sent",
    "found",
    "histories",
    "keep_consents",
    "list_among",
    "missing",
    "missing_import",
    "new_customer",
    "now_of",
    "owner_of",
    "page_from",
    "patched",
    "upsert",
    "upsert_import",
    "want",
    "want_id",
    "want_imports",
    "want_rows",
    "want_upsert",
    "who",
    "whole",
]
