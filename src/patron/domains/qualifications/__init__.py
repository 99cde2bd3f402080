"""Qualifications: what a customer may redeem now, judged as a validation would judge it (spec I 6).

Verbs: `qualify`, a read. It judges each redeemable by itself, and tells those that apply.
"""
