"""The verbs of promotion tiers and stacks."""
