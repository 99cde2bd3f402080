"""The verbs of events and feeds."""
