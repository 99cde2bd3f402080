"""Redemptions and rollbacks as they are stored: in one ledger, since every list tells both (spec I 4.6)."""

from typing import Final, Literal

import msgspec

from patron.db.tables import Json, Partial, Table

PREFIX = "r_"
FAILED_PREFIX = "rf_"
ROLLBACK_PREFIX = "rr_"
FAILED_ROLLBACK_PREFIX = "rrf_"
LIST = "redemptions"
"""The name under which the total of the unfiltered list is counted."""

REDEMPTION: Final = "redemption"
ROLLBACK: Final = "redemption_rollback"

SUCCESS: Final = "SUCCESS"
FAILURE: Final = "FAILURE"
SUCCEEDED: Final = "SUCCEEDED"
FAILED: Final = "FAILED"
ROLLED_BACK: Final = "ROLLED_BACK"

VOUCHER: Final = "voucher"
TIER: Final = "promotion_tier"
SEVERAL: Final = "redemption"
"""What was redeemed; a parent stands for all of its children together."""

WITH_ORDER: Final = "WITH_ORDER"
WITHOUT_ORDER: Final = "WITHOUT_ORDER"
OrderMode = Literal["WITH_ORDER", "WITHOUT_ORDER"]

NOBODY = NOTHING = ""
"""No customer, and no text, where a list may be ordered by the column."""


class Redemption(msgspec.Struct, frozen=True):
    """That something was redeemed, or was not, or was rolled back. Times are epoch ms, amounts minor units.

    `place` is the id without its prefix: ids begin with the time, so it gives the order of all rows, whatever they are.
    `object` says which of the two it is. `parent_id` names the row that stands for all of one request, where there were
    several. `related_id` is the id of the voucher (its code where there was none) or tier, a parent's own id; `code` is
    the voucher's. `amount` is what was spent of a card, negative in a rollback; `discount_amount` is what was taken off
    the order, `order_amount` what it came to before all discounts, both negative in a rollback too; None: there was no
    order. `order` is the order as it was calculated (JSON as it is told), `order_id` says whose. `trace` is a JSON
    array of the reasons of a failure. `version` is that of the rulebook by which it was decided.

    Of a redemption, `status`, `rollback_id`, `rolled_back_at` and `order_mode` change when it is rolled back, and
    nothing else ever does. Of a rollback, `of_id` names the redemption, `reason` is the caller's, `order_mode` says
    whether the order was canceled. `once` is the key under which the same is redeemed once for one order, None where
    that was not asked for.
    """

    project_id: str
    place: str
    id: str
    object: str
    result: str
    status: str
    created_at: int
    customer_id: str
    tracking_id: str
    metadata: Json
    parent_id: str | None
    related_type: str
    related_id: str
    code: str
    campaign_id: str | None
    amount: int
    discount_amount: int
    order_id: str | None
    order: str | None
    session_key: str | None
    channel: str
    channel_id: str
    failure_code: str | None
    failure_message: str | None
    trace: str | None
    version: int
    of_id: str | None
    rollback_id: str | None
    rolled_back_at: int | None
    order_mode: str | None
    reason: str | None
    once: str | None
    order_amount: int | None


class RedemptionKey(msgspec.Struct, frozen=True):
    """That these redeemables were redeemed for this order, and the answer to it: it stands until they are rolled back.

    `key` is a digest of both. A row without a redemption is being taken by the unit that made it.
    """

    project_id: str
    key: str
    redemption_id: str | None
    customer_id: str | None
    answer: str


REDEMPTIONS = Table(
    Redemption,
    "redemptions",
    rank=820,
    key=("project_id", "place"),
    indexes={
        "customer": ("project_id", "customer_id", "place"),
        "code": ("project_id", "code", "place"),
        "related": ("project_id", "related_id", "place"),
        "tracking": ("project_id", "tracking_id", "place"),
    },
    partial={
        "campaign": Partial(
            ("project_id", "campaign_id", "place", "object", "result", "amount", "discount_amount", "order_amount"),
            "campaign_id IS NOT NULL",
        ),  # with all that a campaign's summary adds up, so that it reads no rows
        "parent": Partial(("project_id", "parent_id", "place"), "parent_id IS NOT NULL"),
        "failed": Partial(("project_id", "place"), "result = 'FAILURE'"),
        "failure": Partial(("project_id", "failure_code", "place"), "failure_code IS NOT NULL"),
        "rollback": Partial(("project_id", "place"), f"object = '{ROLLBACK}'"),
    },
)
REDEMPTION_KEYS = Table(
    RedemptionKey,
    "redemption_keys",
    rank=822,
    key=("project_id", "key"),
    partial={"customer": Partial(("project_id", "customer_id", "key"), "customer_id IS NOT NULL")},
)


def place_of(redemption_id: str) -> str:
    """Where the row with this id stands."""
    return redemption_id.partition("_")[2]
