"""What the units say of themselves, for `/metrics`."""

from prometheus_client import Counter, Histogram

UNIT_MEMBERS = Histogram(
    "patron_unit_members", "Writes that shared one unit of work.", buckets=(1, 2, 4, 8, 16, 32, 64)
)
UNIT_SECONDS = Histogram(
    "patron_unit_seconds",
    "Duration of a unit of work, from its first lock to its commit.",
    buckets=(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5),
)
REFUSED_UNITS = Counter(
    "patron_refused_units", "Units that the database refused, by SQLSTATE and constraint.", ("kind", "constraint")
)
QUEUE_REFUSALS = Counter("patron_queue_refusals", "Writes refused because their lane was full or too slow.")
