"""What is sent and answered of segments (spec C 3)."""
