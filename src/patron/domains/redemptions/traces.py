"""What this domain keeps of one customer: it is told to whoever asks.

That something was redeemed outlives the customer, since vouchers and rules count it: the row stays and names nobody,
and nothing in it tells of the person any more (spec I 8.2).
"""

from typing import Any

import msgspec

from patron.db.traces import Link, Trace
from patron.domains.redemptions.model import NOBODY, NOTHING, REDEMPTION_KEYS, REDEMPTIONS, Redemption
from patron.kernel.clock import to_iso


def _told(row: Redemption) -> dict[str, Any]:
    known = {"code": row.code, "amount": row.amount, "order_id": row.order_id, "tracking_id": row.tracking_id}
    return {
        "id": row.id,
        "object": row.object,
        "date": to_iso(row.created_at),
        "result": row.result,
        **{name: value for name, value in known.items() if value},
        "metadata": msgspec.Raw(row.metadata.encode()),
    }


TRACES = (
    Trace(REDEMPTION_KEYS, by="customer_id", then="key"),
    Link(
        REDEMPTIONS,
        by="customer_id",
        then="place",
        nobody=NOBODY,
        cleared={
            "tracking_id": NOTHING,
            "metadata": "{}",
            "order_id": None,
            "order": None,
            "session_key": None,
            "trace": None,
            "reason": None,
            "once": None,
        },
        told_as="redemptions",
        tell=_told,
    ),
)
"""Keys first, since each leads to a redemption."""
