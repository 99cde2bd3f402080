"""Orders: what customers buy, and what of it counts in their summary.

Nouns: `Order`, with its items as they are told; `Catalogue`, the products and SKUs that lines speak of. Verbs: `SAVE`
creates or changes one with its customer, its referrer and its customer's totals; `find`, `list_orders`; imports of many
through the queue; for redemptions, `pay` and `roll_back`. An order answers to the `ord_…` id that the server gave, and
to the `source_id` that the caller may have given.

For what is only judged by an order: `find_stored` finds the one that is meant, `catalogue_of` what its lines speak of;
`new_order` and `patched` with `kept_items` say what the request makes of it, `people` who comes along, `check_schemas`
whether its metadata may be so. All five are pure.
"""

from patron.domains.orders.actions.bring import catalogue_of
from patron.domains.orders.actions.find import find, find_stored, locked, want_order
from patron.domains.orders.actions.pay import lacking_to_pay, order_to_pay, paid, pay, want_paid
from patron.domains.orders.actions.roll_back import lacking_to_roll_back, roll_back
from patron.domains.orders.actions.save import people
from patron.domains.orders.items import Catalogue, kept_items
from patron.domains.orders.policy import check_schemas, new_order, noted, patched
from patron.domains.orders.store import BY_ID

__all__ = [
    "BY_ID",
    "Catalogue",
    "catalogue_of",
    "check_schemas",
    "find",
    "find_stored",
    "kept_items",
    "lacking_to_pay",
    "lacking_to_roll_back",
    "locked",
    "new_order",
    "noted",
    "order_to_pay",
    "paid",
    "patched",
    "pay",
    "people",
    "roll_back",
    "want_order",
    "want_paid",
]
