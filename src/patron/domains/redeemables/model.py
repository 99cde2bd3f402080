"""Validation sessions as they are stored: what each holds of which voucher, and until when (spec I 3.6)."""

from typing import NamedTuple

import msgspec

from patron.db.tables import Table

SESSION_PREFIX = "ssn_"


class SessionLock(msgspec.Struct, frozen=True):
    """That a session holds a voucher until `expires_at` (epoch ms); from that moment on it holds nothing.

    `quantity` uses (1, or 0 of a voucher that may be redeemed any number of times) and `amount` of a gift card's
    balance count for all others as used; their sums stand in the voucher's totals, as `held_…`. Of a code that was
    given to another voucher since, `voucher_id` is the old one's, and it holds nothing.
    """

    project_id: str
    code: str
    session_key: str
    voucher_id: str
    quantity: int
    amount: int
    created_at: int
    expires_at: int


class Held(NamedTuple):
    """What sessions hold of a voucher: uses, and an amount of its balance in minor units."""

    quantity: int = 0
    amount: int = 0


NOTHING_HELD = Held()

SESSION_LOCKS = Table(
    SessionLock,
    "session_locks",
    rank=800,
    key=("project_id", "code", "session_key"),
    indexes={"session": ("project_id", "session_key", "code"), "expires": ("project_id", "expires_at")},
)
