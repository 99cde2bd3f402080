"""Product collections: some of a shop's products and SKUs under a name, as discounts and rules speak of them.

A static collection lists what is in it; one that updates by itself has a filter over what products and SKUs say. Nobody
stores who is in it: membership is looked at when it is asked for, so that it is never stale. Noun: `ProductCollection`,
in the rulebook under `PRODUCT_COLLECTIONS`. `membership` tells of a stored product or SKU whether it is in.
"""

from patron.domains.product_collections.model import PRODUCT_COLLECTIONS, ProductCollection
from patron.domains.product_collections.policy.membership import membership

__all__ = ["PRODUCT_COLLECTIONS", "ProductCollection", "membership"]
