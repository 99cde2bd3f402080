"""Products and their variants (SKUs): what a shop sells, as orders, discounts and rules speak of it.

Nouns: `Product`, `Sku`. Both answer to the id that the server gave (`prod_…`, `sku_…`) and to the `source_id` that the
caller may have given; a SKU never leaves its product. Verbs of their own operations: `create`, `change`, `delete`.

For a write that brings products and SKUs along (an order's items with `override`), in the manner of customers:

* `want_upsert(read, ctx, wants, body, label)` in gather names the rows of the product that a `ProductIn` speaks of, and
  tells the id that it has or will have; `missing(rows, ctx, body)` in apply tells what else must be named (ask it
  of every body before the first change, return `Need`); `upsert(rows, ctx, body, label)` finds by `id` (Problem 404) or
  `source_id`, creates or changes, and gives the `Product`. Each body of one write has a label of its own.
* `want_sku_upsert`, `missing_sku` and `upsert_sku` do the same for a `SkuIn`. `upsert_sku` takes the `Product` that the
  SKU belongs to, which the write has named too: by `want_upsert`, or by `want_product(read, ctx, wants, reference)`
  with `found_product(rows, ctx, reference)` where it must exist already (404). A SKU of another product is refused:
  with 409 by its source_id, with 404 by its id.

For a read, `find_products` and `find_skus` give the stored rows of many ids and source_ids at once, by the name that
was asked for; an unknown one is left out. `catalogue` goes through all of them in order of creation.
"""

from patron.domains.products.actions.catalogue import catalogue
from patron.domains.products.actions.find import find_products, find_skus
from patron.domains.products.actions.upsert import found_product, missing, upsert, want_product, want_upsert
from patron.domains.products.actions.upsert_sku import missing_sku, upsert_sku, want_sku_upsert
from patron.domains.products.model import Product, Sku

__all__ = [
    "Product",
    "Sku",
    "catalogue",
    "find_products",
    "find_skus",
    "found_product",
    "missing",
    "missing_sku",
    "upsert",
    "upsert_sku",
    "want_product",
    "want_sku_upsert",
    "want_upsert",
]
