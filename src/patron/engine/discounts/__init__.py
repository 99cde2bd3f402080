"""Discounts: what each type and effect takes off an order (spec I 1.2, 3.5)."""
