"""The shapes of redemptions and rollbacks."""
