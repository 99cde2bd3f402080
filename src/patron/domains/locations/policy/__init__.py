"""What shapes may be, and the areas that they are."""
