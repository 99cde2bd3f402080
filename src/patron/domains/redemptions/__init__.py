"""Redemptions and rollbacks: what was used up, by whom, for which order, and what of it was given back (spec I 4).

Nouns: `Redemption`, a row of the ledger in which both stand; `RedemptionKey`, by which the same is redeemed once for
one order. Verbs: `REDEEM`, which judges by the rows that it has locked and walks what was decided downward (vouchers,
customers, orders); `ROLL_BACK`, which walks the same way back; `find`, `list_redemptions`; `redeemed_by` for the
customer's page; `count_redeemed` for the summary of a campaign.

What a redemption takes is taken in one place, `_use` in `actions/keep.py`, and given back in one, `_undo` in
`actions/roll_back.py`.
"""

from patron.domains.redemptions.actions.find import redeemed_by

__all__ = ["redeemed_by"]
