"""Feeds of any size, written in bulk."""

from bench.shop import BEGIN_MS, analyze, project_of, write
from patron.domains.events.model import (
    ACTIVITY,
    EFFECT,
    ENTRY_PREFIX,
    EVENT_COUNTS,
    EVENTS,
    Activity,
    Event,
    EventCount,
)
from patron.kernel.ids import make_id

HOT, QUIET = "cust_hot", "cust_quiet"
BATCH = 50_000


def fill(url: str, size: int) -> str:
    """A feed of so many entries of one customer, and a few of another; the project's id."""
    project_id = project_of(url)
    for first in range(0, size, BATCH):
        numbers = range(first, min(first + BATCH, size))
        write(url, {ACTIVITY: [entry(project_id, HOT if n % 50 else QUIET, n) for n in numbers]})
        write(url, {EVENTS: [event(project_id, HOT if n % 50 else QUIET, n) for n in numbers]})
    write(url, {EVENT_COUNTS: [EventCount(project_id, HOT, f"event-{n}", 1, BEGIN_MS) for n in range(10)]})
    analyze(url)
    return project_id


def id_of(prefix: str, n: int) -> str:
    return make_id(prefix, BEGIN_MS + n, b"plans", str(n))


def entry(project_id: str, customer_id: str, n: int) -> Activity:
    """Every hundredth is an effect, and every hundredth has to do with a campaign."""
    return Activity(
        project_id=project_id,
        customer_id=customer_id,
        id=id_of(ENTRY_PREFIX, n),
        type="customer.rewarded" if n % 100 == 1 else "customer.updated",
        category=EFFECT if n % 100 == 1 else "ACTION",
        campaign_id="camp_rare" if n % 100 == 3 else None,
        campaign_type="GIFT_VOUCHERS" if n % 100 == 3 else None,
        campaign="",
        code="",
        product_id=None,
        group_id="v-1",
        source='{"channel":"API"}',
        data="{}",
        created_at=BEGIN_MS + n,
    )


def event(project_id: str, customer_id: str, n: int) -> Event:
    return Event(project_id, customer_id, id_of("event_", n), f"event-{n % 10}", "{}", BEGIN_MS + n)
