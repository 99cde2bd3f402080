"""What is sent and answered of feeds, tracked events and their definitions (spec C 2.8, 5.2)."""
