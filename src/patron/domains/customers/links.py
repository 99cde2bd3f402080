"""Links to a customer's own page: whose, until when, and how they are told (`assets.cockpit_url`, spec C 1.6).

A link is signed and kept nowhere. It changes at midnight UTC, so that of two answers of one day both tell the same.
"""

from typing import NamedTuple

from patron.domains.customers.model import Customer, MergedCustomer
from patron.http.links import Links

PURPOSE = "cockpit"
PATH = "/cockpit/{token}"
DAY_MS = 24 * 60 * 60 * 1000
REMEMBERED_MS = 365 * DAY_MS
"""How long an expired link is still known for one that was good, so that its holder is told so."""


class CockpitLink(NamedTuple):
    """Whose page a link opens. `revoked_at` is the last revocation before the link, 0 for none. Times are epoch ms."""

    project_id: str
    customer_id: str
    revoked_at: int
    expires_at: int

    def opens(self, customer: Customer, now: int) -> bool:
        """Whether it is good for this customer: neither expired nor revoked."""
        return now < self.expires_at and self.revoked_at == (customer.links_revoked_at or 0)

    def opens_as(self, merged: MergedCustomer, customer: Customer, now: int) -> bool:
        """Whether a link of one who was merged into this customer is good: not revoked before that, nor since."""
        is_revoked = merged.links_revoked_at != self.revoked_at
        return now < self.expires_at and not is_revoked and merged.links_good_at == (customer.links_revoked_at or 0)


def cockpit_url(links: Links, public_url: str, customer: Customer, days: int, now: int) -> str:
    """The address of a customer's page, good for at least so many days: until the end of the last one, UTC."""
    expires_at = (now // DAY_MS + 1 + days) * DAY_MS
    link = CockpitLink(customer.project_id, customer.id, customer.links_revoked_at or 0, expires_at)
    return public_url + PATH.format(token=links.seal(PURPOSE, link, expires_at + REMEMBERED_MS))


def known_link(links: Links, token: str, now: int) -> CockpitLink | None:
    """The link that was sealed in this token, be it good or not; None for anything that this server did not seal."""
    claims = links.open(PURPOSE, token, now)
    return None if claims is None else CockpitLink(*claims)
