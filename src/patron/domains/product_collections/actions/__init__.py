"""What can be done with product collections."""
