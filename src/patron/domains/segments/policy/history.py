"""What a customer has done: what filters look at of it, and what is known of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from patron.domains.events.model import RECORDED, EventCount

EVENTS, PUBLICATIONS = "events", "publications"
_PUBLISHED = "customer.publication.succeeded"


@dataclass(frozen=True, slots=True)
class Reads:
    """What filters look at of what a customer has done: events of the shop's own, entries of the feed by their types,
    and whether publications.

    The first have a counter for each customer; the others are looked at when somebody asks.
    """

    events: frozenset[str]
    entries: frozenset[str]
    publications: bool

    def __bool__(self) -> bool:
        return bool(self.events or self.entries or self.publications)

    @property
    def followed(self) -> frozenset[str]:
        """The types of entries that may change what a filter comes to."""
        return self.entries | {_PUBLISHED} if self.publications else self.entries

    @staticmethod
    def of(paths: Iterable[tuple[str, ...]]) -> "Reads":
        """By the paths of facts that filters look at."""
        read = frozenset(paths)
        names = frozenset(path[1] for path in read if path[0] == EVENTS)
        return Reads(names.difference(RECORDED), names.intersection(RECORDED), (PUBLICATIONS,) in read)


class Given(NamedTuple):
    """That a customer was given a voucher, and when (epoch ms)."""

    created_at: int
    voucher_id: str


@dataclass(frozen=True, slots=True)
class History:
    """What a customer has done, as far as somebody looks at it: how often what happened, by the name of the event or
    the type of the entry; and the vouchers that it was given, the first one first.
    """

    counts: Mapping[str, EventCount] = field(default_factory=dict)
    given: Sequence[Given] = ()


NO_HISTORY = History()
