"""The verbs of publications."""
