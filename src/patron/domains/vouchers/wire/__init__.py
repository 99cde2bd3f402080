"""What is sent and answered of vouchers (spec I 1)."""
