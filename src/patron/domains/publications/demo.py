"""Who has been given which code in a shop that does not exist."""

from collections.abc import Iterator, Sequence

from patron.domains.customers.wire import CustomerIn
from patron.domains.publications.policy import Publish, asked
from patron.domains.publications.wire.asked import PublicationIn


def demo_publications(source_ids: Sequence[str], coupons: Sequence[str], cards: Sequence[str]) -> Iterator[Publish]:
    """Half of the coupons and of the cards; the first of these customers has one of each."""
    for codes in (coupons, cards):
        for source_id, code in zip(source_ids, codes[: len(codes) // 2], strict=False):
            yield asked(PublicationIn(customer=CustomerIn(source_id=source_id), voucher=code), join_once=False)
