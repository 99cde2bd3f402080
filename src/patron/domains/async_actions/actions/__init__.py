"""The verbs of async actions."""
