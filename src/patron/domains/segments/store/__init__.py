"""What is asked of a whole population."""
