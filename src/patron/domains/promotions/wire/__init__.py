"""The shapes of promotion tiers and stacks (spec I 2.3)."""
