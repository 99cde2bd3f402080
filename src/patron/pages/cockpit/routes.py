"""The customer's page: looked at, changed, and refused to whoever has no good link."""

from typing import NamedTuple

from patron.db.actions import Read, Reply
from patron.domains.consents import CHOOSE, Choose
from patron.domains.customers.actions.find import find_by_link
from patron.domains.customers.links import PATH, known_link
from patron.domains.customers.model import Customer, CustomerTotals
from patron.domains.projects.model import ProjectSettings
from patron.http.pages import PageRoute, Visit, see_other
from patron.pages.cockpit.activity import ACTIVITY
from patron.pages.cockpit.consents import CONSENTS, askable, choices_of
from patron.pages.cockpit.details import DETAILS
from patron.pages.cockpit.languages import Words, words_for
from patron.pages.cockpit.look import ICON, PLAIN, STYLE, Look, look_of, page, part
from patron.pages.cockpit.redemptions import REDEMPTIONS
from patron.pages.cockpit.sections import Reader, seen
from patron.pages.cockpit.vouchers import VOUCHERS

KEPT = (("Cache-Control", "public, max-age=31536000, immutable"),)
"""A browser keeps the page's parts for good: their addresses change with them."""
NOWHERE = "UTC"
SAVED = "saved"
SECTIONS = (DETAILS, VOUCHERS, REDEMPTIONS, CONSENTS, ACTIVITY)
"""What the page shows, in this order."""


class Admitted(NamedTuple):
    """Who came in by a good link, and what the page is made with."""

    customer: Customer
    totals: CustomerTotals
    expires_at: int
    read: Read
    words: Words
    look: Look


class Refused(NamedTuple):
    """Nobody came in: the link was never one of ours (404), or it is no longer good (410)."""

    status: int
    reason: str
    words: Words
    look: Look

    def page(self, up: str = "") -> Reply:
        """What is shown instead. It is the same for an expired and a revoked link, and where the customer is gone."""
        return page("refusal", self.words, self.look, status=self.status, reason=self.reason, up=up)


async def _admit(visit: Visit) -> Admitted | Refused:
    link = known_link(visit.links, visit.params["token"], visit.now)
    if link is None:
        return Refused(404, "unknown", words_for(visit.languages, NOWHERE), PLAIN)
    read = await visit.read(link.project_id)
    words = words_for(visit.languages, ProjectSettings.of(read.rulebook).timezone)
    look = look_of(read.rulebook)
    if look is None:
        return Refused(404, "unknown", words, PLAIN)
    found = await find_by_link(read, link, visit.now)
    if found is None:
        return Refused(410, "gone", words, look)
    return Admitted(*found, link.expires_at, read, words, look)


async def show(visit: Visit) -> Reply:
    admitted = await _admit(visit)
    if isinstance(admitted, Refused):
        return admitted.page()
    reader = Reader(
        admitted.customer, admitted.totals, admitted.words, admitted.read, visit.links, visit.query, visit.now
    )
    return page(
        "page",
        admitted.words,
        admitted.look,
        whose=admitted.customer.name,
        sections=await seen(SECTIONS, reader),
        last_day=admitted.expires_at - 1,
        notice=SAVED if SAVED in visit.query else None,
        token=visit.params["token"],
    )


async def save(visit: Visit) -> Reply:
    admitted = await _admit(visit)
    if isinstance(admitted, Refused):
        return admitted.page(up="../")
    customer = admitted.customer
    choices = choices_of(visit.form, await askable(admitted.read, customer.project_id))
    if choices:
        await visit.write(visit.ctx(customer.project_id), CHOOSE, Choose(customer.id, choices))
    return see_other(f"../{visit.params['token']}?{SAVED}#notice")


async def style(_visit: Visit) -> Reply:
    return Reply(200, part(STYLE), "text/css; charset=utf-8", KEPT)


async def icon(_visit: Visit) -> Reply:
    return Reply(200, part(ICON), "image/svg+xml", KEPT)


PAGES = [
    PageRoute("GET", f"/cockpit/{STYLE}", style),
    PageRoute("GET", f"/cockpit/{ICON}", icon),
    PageRoute("GET", PATH, show),
    PageRoute("POST", f"{PATH}/consents", save),
]
