"""What can be done with locations."""
