"""Counting what customers redeem, in the unit of the redemption (spec C 1.2, I 8).

Every recorded attempt counts, one for each redeemable; a rollback lowers no count but gives back credits. For domains
above: the customer's totals are named in `gather`; of a customer who was deleted there are none, and nothing moves.
"""

from msgspec.structs import replace

from patron.db.actions import Ctx
from patron.db.rows import Rows
from patron.domains.customers.model import CUSTOMER_TOTALS, CustomerTotals, CustomerTotalsMoved


def count_redemption(rows: Rows, ctx: Ctx, customer_id: str, *, succeeded: bool, spent: int = 0) -> None:
    """Count one attempt to redeem; `spent` is what it took from a gift card, in minor units."""
    totals = _totals(rows, ctx, customer_id)
    if totals is not None:
        after = replace(
            totals,
            redeemed=totals.redeemed + 1,
            redemptions_succeeded=totals.redemptions_succeeded + succeeded,
            redemptions_failed=totals.redemptions_failed + (not succeeded),
            gift_redeemed_amount=totals.gift_redeemed_amount + spent,
        )
        rows.put(CUSTOMER_TOTALS, after)
        rows.announce(CustomerTotalsMoved(ctx.project_id, customer_id))


def count_rollback(rows: Rows, ctx: Ctx, customer_id: str, *, succeeded: bool, spent: int = 0) -> None:
    """Count one attempt to roll a redemption back; `spent` is what it gave back to a gift card."""
    totals = _totals(rows, ctx, customer_id)
    if totals is not None:
        after = replace(
            totals,
            rolled_back=totals.rolled_back + 1,
            rollbacks_succeeded=totals.rollbacks_succeeded + succeeded,
            rollbacks_failed=totals.rollbacks_failed + (not succeeded),
            gift_redeemed_amount=totals.gift_redeemed_amount - spent,
        )
        rows.put(CUSTOMER_TOTALS, after)
        rows.announce(CustomerTotalsMoved(ctx.project_id, customer_id))


def _totals(rows: Rows, ctx: Ctx, customer_id: str) -> CustomerTotals | None:
    return rows.get(CUSTOMER_TOTALS, (ctx.project_id, customer_id))
