"""Telling which consents there are (spec C 2.11), and what one customer has said to each."""

from patron.db.actions import Read
from patron.domains.consents.model import UNSUBSCRIBED
from patron.domains.consents.policy import UNSUBSCRIBED_NAME
from patron.domains.consents.store import CONSENT, LIVE, LIVE_GROUPS
from patron.domains.consents.wire import ConsentsOut, CustomerConsent
from patron.domains.customers import consents_of
from patron.domains.customers.model import Customer
from patron.domains.customers.wire import Consent as Said


async def all_consents(read: Read, project_id: str) -> ConsentsOut:
    """Everything that a project has defined, the oldest first."""
    consents = await read.all(LIVE, project_id=project_id)
    groups = await read.all(LIVE_GROUPS, project_id=project_id)
    return ConsentsOut.of(
        sorted(consents, key=lambda each: (each.created_at, each.id)),
        sorted(groups, key=lambda each: (each.created_at, each.id)),
    )


async def standing(read: Read, customer: Customer) -> list[CustomerConsent]:
    """What a customer has said to `UNSUBSCRIBED`, to each consent of the project, and to those that are deleted."""
    said = consents_of(customer)
    live = await read.all(LIVE, project_id=customer.project_id)
    definitions = sorted(live, key=lambda each: (each.created_at, each.id))
    for consent_id in sorted(said.keys() - {each.id for each in live} - {UNSUBSCRIBED}):
        deleted = await read.one(CONSENT, project_id=customer.project_id, id=consent_id)
        assert deleted is not None
        definitions.append(deleted)
    return [
        _standing(said.get(UNSUBSCRIBED), UNSUBSCRIBED, UNSUBSCRIBED_NAME),
        *(
            _standing(
                said.get(each.id),
                each.id,
                each.name,
                each.description,
                each.category,
                deleted=each.deleted_at is not None,
            )
            for each in definitions
        ),
    ]


def _standing(
    said: Said | None, consent_id: str, name: str, description: str = "", category: str = "", *, deleted: bool = False
) -> CustomerConsent:
    return CustomerConsent(
        id=consent_id,
        name=name,
        description=description,
        category=category,
        value=None if said is None else said.value,
        date=None if said is None else said.date,
        deleted=deleted,
    )
