"""The verbs of projects and keys."""
