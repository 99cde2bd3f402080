"""The verbs of metadata schemas."""
