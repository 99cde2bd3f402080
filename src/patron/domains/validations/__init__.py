"""Validations: whether redeemables may be redeemed, and what they would take off an order (spec I 3).

Verbs: `VALIDATE_AND_HOLD` lets a session hold what applies; without a session nothing is written at all, and no row is
kept of a validation.
"""
