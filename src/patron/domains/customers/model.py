"""Customers as they are stored, and what is announced of them."""

import msgspec

from patron.db.tables import Json, Table

PREFIX = "cust_"
LIST = "customers"
"""The name under which the total of the unfiltered list is counted."""

NO_SOURCE_ID = ""
NEVER = 0


class Customer(msgspec.Struct, frozen=True):
    """A profile. Times are epoch ms.

    Columns that lists are ordered by are never NULL, since the databases sort NULLs differently: a customer
    without a source_id has `NO_SOURCE_ID`, one that was never updated has `NEVER`. `nulls` names, separated by
    spaces, the scalars that were set to null and so are told as null; those that were never set are left out of
    answers (spec C 1.1). `address` is a JSON object with all six keys; `city` is its city, for the list's filter.
    `links_revoked_at` is None while no link to the customer's page was revoked.
    """

    project_id: str
    id: str
    source_id: str
    name: str | None
    description: str | None
    email: str | None
    phone: str | None
    birthday: str | None
    birthdate: str | None
    nulls: str
    address: Json | None
    city: str | None
    metadata: Json | None
    system_metadata: Json
    created_at: int
    updated_at: int
    links_revoked_at: int | None = None


class CustomerKey(msgspec.Struct, frozen=True):
    """Whose a source_id is. One that is None is being taken by the unit that made it."""

    project_id: str
    source_id: str
    customer_id: str | None


class CustomerTotals(msgspec.Struct, frozen=True):
    """What a customer did, in sums that move with their causes (spec C 1.2 to 1.5).

    Apart from the profile, because redemptions change it often (unit-of-work rule 21). Amounts are in minor
    units. `loyalty_campaigns` is a JSON object by the campaign's name, `referral_campaigns` a JSON array.
    """

    project_id: str
    customer_id: str
    redeemed: int = 0
    redemptions_failed: int = 0
    redemptions_succeeded: int = 0
    rolled_back: int = 0
    rollbacks_failed: int = 0
    rollbacks_succeeded: int = 0
    gift_redeemed_amount: int = 0
    gift_amount_to_go: int = 0
    loyalty_redeemed_points: int = 0
    loyalty_points_to_go: int = 0
    orders_amount: int = 0
    orders_count: int = 0
    last_order_amount: int = 0
    last_order_at: int | None = None
    loyalty_points: int = 0
    referred_customers: int = 0
    loyalty_campaigns: Json = "{}"
    referrals: int = 0
    referral_campaigns: Json = "[]"


class DeletedCustomer(msgspec.Struct, frozen=True):
    """What is left of a customer that was deleted: out of every list, until it is erased for good (spec C 2.5).

    `source_id` is rewritten, since the old one may be another customer's by now. `profile` and `totals` are the
    rows as they were, as JSON objects.
    """

    project_id: str
    id: str
    source_id: str
    profile: Json
    totals: Json
    deleted_at: int


class Erasure(msgspec.Struct, frozen=True):
    """That a customer was erased for good, and how many rows of each kind went: nothing about the person is left here.

    Kept, so that a shop can show that it was done, and can do it again after it restored an older backup. `counts` is
    a JSON object by the counters of the answer. `done_at` is None while rows are still going, `wiped_at` until the
    database's file is known to hold no bytes of theirs. `names` is a JSON array of the ids of customers who had been
    merged into this one, None for none; `gone` says of how many of all its ids the rows have gone, None for none.
    """

    project_id: str
    id: str
    customer_id: str
    counts: Json
    created_at: int
    done_at: int | None
    wiped_at: int | None
    names: Json | None = None
    gone: int | None = None


class MergedCustomer(msgspec.Struct, frozen=True):
    """That a customer is one with another from some moment on: `id` stands for `into_id`, who is in no such row itself.

    `moved_at` is None while rows of the history still stand under the old id. Links to the old page were good if they
    told of `links_revoked_at` (0: never), and are so as long as the other's links were last revoked at `links_good_at`;
    `NO_LINKS` there means that they are not. Times are epoch ms.
    """

    project_id: str
    id: str
    into_id: str
    created_at: int
    moved_at: int | None
    links_revoked_at: int
    links_good_at: int


NO_LINKS = -1


CUSTOMERS = Table(
    Customer,
    "customers",
    rank=300,
    indexes={
        "created": ("project_id", "created_at", "id"),
        "updated": ("project_id", "updated_at", "id"),
        "source": ("project_id", "source_id", "id"),
        "email": ("project_id", "email", "created_at", "id"),
        "name": ("project_id", "name", "created_at", "id"),
        "city": ("project_id", "city", "created_at", "id"),
    },
)
CUSTOMER_KEYS = Table(
    CustomerKey,
    "customer_keys",
    rank=320,
    key=("project_id", "source_id"),
    indexes={"customer": ("project_id", "customer_id")},
    references={"customer_id": CUSTOMERS},
)
CUSTOMER_TOTALS = Table(
    CustomerTotals,
    "customer_totals",
    rank=330,
    key=("project_id", "customer_id"),
    references={"customer_id": CUSTOMERS},
)
DELETED_CUSTOMERS = Table(
    DeletedCustomer,
    "deleted_customers",
    rank=340,
    indexes={"deleted": ("project_id", "deleted_at")},
)


ERASURES = Table(
    Erasure,
    "erasures",
    rank=345,
    indexes={"wiped": ("project_id", "wiped_at", "created_at")},
)
MERGED_CUSTOMERS = Table(
    MergedCustomer,
    "merged_customers",
    rank=346,
    indexes={"into": ("project_id", "into_id", "id")},
)


class CustomerCreated(msgspec.Struct, frozen=True):
    """A customer is there who was not."""

    project_id: str
    id: str


class CustomerUpdated(msgspec.Struct, frozen=True):
    """A profile differs from what it was."""

    project_id: str
    id: str


class CustomerTotalsMoved(msgspec.Struct, frozen=True):
    """What a customer did has moved its totals. Whoever moves them outside of the customers' own verbs tells it."""

    project_id: str
    id: str


class CustomerDeleted(msgspec.Struct, frozen=True):
    """A customer is gone; `source_id` is the rewritten one, empty where there was none."""

    project_id: str
    id: str
    source_id: str


class CustomerImported(msgspec.Struct, frozen=True):
    """Bulk work has made a customer, or changed its profile.

    Told instead of `CustomerCreated` and `CustomerUpdated`, to those who keep something true of every customer; the
    reference tells nobody outside of each customer of bulk work, and neither do webhooks and activities here.
    """

    project_id: str
    id: str


class CustomerMerged(msgspec.Struct, frozen=True):
    """`source` is no longer a customer of its own: what it was and had is the customer's with this `id`."""

    project_id: str
    id: str
    source: str


class CustomerErased(msgspec.Struct, frozen=True):
    """A customer is gone for good, and nothing of the person remains; announced also for one deleted before."""

    project_id: str
    id: str
