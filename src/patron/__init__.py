"""Patron keeps customers and the incentives they use, behind Voucherify's v1 REST API."""
