"""What may be asked of customers, and what one customer answers."""
