"""Consents of a shop that does not exist, for looking around: a newsletter, parcel news, and the group of both."""

from collections.abc import Iterator
from random import Random  # noqa: TID251 - of a fixed seed: the demo shop is the same everywhere

from patron.domains.consents.actions.choose import Choose
from patron.domains.consents.model import UNSUBSCRIBED
from patron.domains.consents.wire import ConsentGroupIn, ConsentIn

DEMO_CONSENTS = (
    ConsentIn(
        name="Newsletter",
        description="News and offers by e-mail, twice a month at most.",
        category="e-mail",
    ),
    ConsentIn(
        name="Text messages",
        description="A message to your phone when a voucher of yours is about to expire.",
        category="phone",
    ),
)


def demo_group(consents: list[str]) -> ConsentGroupIn:
    """The group of these consents, by their ids."""
    return ConsentGroupIn(name="Messages", description="How we may reach you.", consents=consents)


def demo_choices(source_ids: list[str], consents: list[str], seed: int = 1) -> Iterator[Choose]:
    """What some of these customers say to these consents."""
    random = Random(seed)  # noqa: S311
    for source_id in source_ids:
        choices = {consent_id: random.random() < 0.6 for consent_id in consents if random.random() < 0.7}
        if random.random() < 0.1:
            choices[UNSUBSCRIBED] = True
        if choices:
            yield Choose(source_id, choices)
