"""What the edge says of itself, for `/metrics`. Labels are templates and names of ours, never what a caller sent."""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Series:
    """The durations (seconds) of requests that ended alike: how many fell under each bound, and their sum."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.total = 0.0

    def observe(self, seconds: float) -> None:
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds


class RequestMetrics(Collector):
    """The requests of this process. All are counted in the event loop, so nothing is locked."""

    def __init__(self) -> None:
        self.in_flight = 0
        self._series: dict[tuple[str, str, int], Series] = {}

    def ended(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        series = self._series.get((method, route, status))
        if series is None:
            series = self._series[method, route, status] = Series()
        series.observe(seconds)

    def collect(self) -> Iterator[Metric]:
        """What the client library asks for, in its terms."""
        seconds = HistogramMetricFamily(
            "patron_request_seconds",
            "Duration of a request, from its head to the end of its answer.",
            labels=("method", "route", "status"),
        )
        names = [*map(str, BOUNDS), "+Inf"]
        for (method, route, status), series in self._series.items():
            buckets = list(zip(names, accumulate(series.counts), strict=True))
            seconds.add_metric((method, route, str(status)), buckets, series.total)
        yield seconds
        yield GaugeMetricFamily("patron_requests_in_flight", "Requests that are being answered.", self.in_flight)


REQUESTS = RequestMetrics()
REGISTRY.register(REQUESTS)
