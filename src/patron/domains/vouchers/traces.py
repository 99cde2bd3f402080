"""What this domain keeps of one customer: it is told to whoever asks, and goes with the customer.

A voucher outlives its holder, who was only noted down beside it, and whose totals follow its balance.
"""

from patron.db.traces import Trace
from patron.domains.vouchers.model import VOUCHER_HOLDERS
from patron.kernel.clock import to_iso

TRACES = (
    Trace(
        VOUCHER_HOLDERS,
        by="customer_id",
        then="id",
        given_at_once=True,
        told_as="vouchers",
        tell=lambda holder: {"code": holder.code, "id": holder.voucher_id, "held_since": to_iso(holder.created_at)},
    ),
)
