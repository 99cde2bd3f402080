"""What is sent and answered of publications."""
