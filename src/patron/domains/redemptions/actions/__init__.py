"""The verbs of redemptions and rollbacks."""
