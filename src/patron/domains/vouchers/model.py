"""Vouchers as they are stored, and what moves with them."""

from typing import Final

import msgspec

from patron.db.tables import Json, Partial, Table

PREFIX = "v_"
TRANSACTION_PREFIX = "vtx_"
HOLDER_PREFIX = "rh_"
LIST = "vouchers"
"""The name under which the total of the unfiltered list is counted."""
NEVER = 0

DISCOUNT: Final = "DISCOUNT_VOUCHER"
GIFT: Final = "GIFT_VOUCHER"

ADDITION: Final = "CREDITS_ADDITION"
REMOVAL: Final = "CREDITS_REMOVAL"
REDEMPTION: Final = "CREDITS_REDEMPTION"
REFUND: Final = "CREDITS_REFUND"
"""Why the balance of a gift card moved (spec I 1.6)."""


class Voucher(msgspec.Struct, frozen=True):
    """What a voucher is: what its owner has defined, nothing that its use moves. Times are epoch ms.

    The code is the key and never changes. The id begins with the time of creation, so that vouchers in the order of
    their ids are in that of their creation. One that was never updated has `NEVER`. A row without a type is being
    taken by the unit that made it. `discount` is a JSON object as it is told; `validity` one with `timeframe`,
    `day_of_week` and `hours`, as far as each is set. `active` is 0 or 1. `quantity` is how often it may be redeemed,
    None for any number; `publish_count` how often it was published. `category` is a text, or the name that the category
    with `category_id` had when it was written down.
    """

    project_id: str
    code: str
    id: str
    campaign_id: str | None
    type: str
    category: str | None
    discount: Json | None
    gift_effect: str | None
    start_at: int | None
    expires_at: int | None
    validity: Json | None
    active: int
    additional_info: str | None
    metadata: Json
    quantity: int | None
    publish_count: int
    created_at: int
    updated_at: int
    category_id: str | None = None


class VoucherTotals(msgspec.Struct, frozen=True):
    """What was done with a voucher, in sums that move with their causes, in minor units (spec I 1.1).

    Apart from the definition, because redemptions change it often (unit-of-work rule 21). A discount voucher has no
    row until it is redeemed, a gift card always has one: balance = amount - subtracted_amount - redeemed_amount, and
    `transactions` is how many explain it. Of its redemptions, `redeemed_before` were where it was imported from.

    `held_quantity` uses and `held_amount` of the balance are held by sessions (spec I 3.6), in sums that hold until
    `held_until` (epoch ms): from then on a session may have ended, and whoever wants to know must count anew.
    """

    project_id: str
    code: str
    redeemed_quantity: int = 0
    redeemed_amount: int = 0
    amount: int = 0
    subtracted_amount: int = 0
    balance: int = 0
    transactions: int = 0
    held_quantity: int = 0
    held_amount: int = 0
    held_until: int = 0
    redeemed_before: int = 0


class VoucherTransaction(msgspec.Struct, frozen=True):
    """One change of a gift card's balance; it is written once, in the unit of the change, and never changes.

    `n` counts the card's transactions from 1. `amount` is what the balance moved by; `total` (all credits ever) and
    `balance` are what the card had after it. `source` says through what it came (`API`), `source_id` and `reason` are
    the caller's; of what a redemption or its rollback moved, `source_id` is its id.
    """

    project_id: str
    code: str
    n: int
    id: str
    voucher_id: str
    campaign_id: str | None
    type: str
    amount: int
    total: int
    balance: int
    source: str | None
    source_id: str | None
    reason: str | None
    created_at: int


class TransactionKey(msgspec.Struct, frozen=True):
    """That a card's balance was changed under this source_id, and what came of it."""

    project_id: str
    code: str
    source_id: str
    amount: int
    total: int
    balance: int


class VoucherHolder(msgspec.Struct, frozen=True):
    """Whose a voucher is. The holder of a card has its balance in `summary.redemptions.gift.amount_to_go`."""

    project_id: str
    code: str
    customer_id: str
    id: str
    voucher_id: str
    created_at: int


class BinnedVoucher(msgspec.Struct, frozen=True):
    """A voucher in the bin: out of every answer, but its code stays taken.

    `voucher` is the row as it was, as a JSON object. Totals, transactions and the holder stay where they are.
    """

    project_id: str
    code: str
    id: str
    voucher: Json
    deleted_at: int


VOUCHERS = Table(
    Voucher,
    "vouchers",
    rank=700,
    key=("project_id", "code"),
    unique={"id": ("project_id", "id")},
    indexes={"updated": ("project_id", "updated_at", "id")},
    partial={
        "campaign": Partial(("project_id", "campaign_id", "id"), "campaign_id IS NOT NULL"),
        "category": Partial(("project_id", "category", "id"), "category IS NOT NULL"),
        "standalone": Partial(("project_id", "id"), "campaign_id IS NULL"),
        "publishable": Partial(
            ("project_id", "campaign_id", "id"), "campaign_id IS NOT NULL AND publish_count = 0 AND active = 1"
        ),
    },
)
VOUCHER_TOTALS = Table(VoucherTotals, "voucher_totals", rank=702, key=("project_id", "code"))
VOUCHER_TRANSACTIONS = Table(
    VoucherTransaction,
    "voucher_transactions",
    rank=704,
    key=("project_id", "code", "n"),
    indexes={"id": ("project_id", "id")},
    partial={"campaign": Partial(("project_id", "campaign_id", "id"), "campaign_id IS NOT NULL")},
)
TRANSACTION_KEYS = Table(TransactionKey, "voucher_transaction_keys", rank=706, key=("project_id", "code", "source_id"))
VOUCHER_HOLDERS = Table(
    VoucherHolder,
    "voucher_holders",
    rank=708,
    key=("project_id", "code"),
    indexes={
        "customer": ("project_id", "customer_id", "id"),
        "voucher": ("project_id", "customer_id", "voucher_id"),
    },
)
BINNED_VOUCHERS = Table(
    BinnedVoucher,
    "binned_vouchers",
    rank=710,
    key=("project_id", "code"),
    unique={"id": ("project_id", "id")},
    indexes={"deleted": ("project_id", "deleted_at", "id")},
)
