"""Orders: what customers buy, and what of it counts in their summary.

Nouns: `Order`, with its items as they are told; `Catalogue`, the products and SKUs that lines speak of. Verbs: `SAVE`
creates or changes one with its customer, its referrer and its customer's totals; `find`, `list_orders`; imports of many
through the queue. An order answers to the `ord_…` id that the server gave, and to the `source_id` that the caller may
have given.

For what is only judged by an order: `find_stored` finds the one that is meant, `catalogue_of` what its lines speak of;
`new_order` and `patched` with `kept_items` say what the request makes of it, `check_schemas` whether its metadata may
be so. All four are pure.
"""

from patron.domains.orders.actions.bring import catalogue_of
from patron.domains.orders.actions.find import find, find_stored
from patron.domains.orders.items import Catalogue, kept_items
from patron.domains.orders.policy import check_schemas, new_order, patched

__all__ = [
    "Catalogue",
    "catalogue_of",
    "check_schemas",
    "find",
    "find_stored",
    "kept_items",
    "new_order",
    "patched",
]
