"""The verbs of vouchers."""
