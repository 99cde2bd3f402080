"""What is done with orders: a verb in each file."""
