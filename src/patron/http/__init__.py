"""The edge: one ASGI application that turns requests into calls of routes, and replies into answers.

Routing, authentication, bounds, idempotency, rate limits, errors, logs, metrics and the OpenAPI document.
No domain words: what it needs from a domain is handed to it by `app.py`.
"""
