"""What the edge says of itself, for `/metrics`. Labels are templates and names of ours, never what a caller sent."""

from functools import cache

from prometheus_client import Gauge, Histogram

_REQUEST_SECONDS = Histogram(
    "patron_request_seconds",
    "Duration of a request, from its head to the end of its answer.",
    ("method", "route", "status"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
IN_FLIGHT = Gauge("patron_requests_in_flight", "Requests that are being answered.")


@cache
def request_seconds(method: str, route: str, status: int) -> Histogram:
    """The histogram of requests that ended so."""
    return _REQUEST_SECONDS.labels(method, route, status)
