"""Validations that hold what applies."""
