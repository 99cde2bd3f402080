"""What is asked to be redeemed, and how it is told what becomes of it (spec I 3.1, 3.2)."""
