"""The verbs of consents."""
