"""The verbs of categories."""
