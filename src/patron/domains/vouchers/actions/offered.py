"""Which vouchers may be offered to a customer: those that they hold, and those that are for everybody (spec I 6)."""

from collections.abc import Sequence

import msgspec

from patron.db.actions import Read
from patron.domains.vouchers.campaign import STANDALONE, Campaigns
from patron.domains.vouchers.of_campaign import ONLY_VOUCHERS_OF
from patron.domains.vouchers.store import Found, page_of

MOST_CAMPAIGNS = 200
LAST_ID = "v_~"
"""After the ids of all vouchers."""


async def of_one_for_all(read: Read, project_id: str) -> list[Found]:
    """The vouchers of campaigns that have one for all, of the newest of those that are switched on."""
    campaigns = Campaigns.of(read.rulebook).of_type(STANDALONE)
    newest = sorted((each for each in campaigns if each.active), key=lambda each: each.id, reverse=True)
    if not newest:
        return []
    ids = msgspec.json.encode([each.id for each in newest[:MOST_CAMPAIGNS]]).decode()
    found = await read.all(ONLY_VOUCHERS_OF, project_id=project_id, campaigns=ids)
    return [each for each in found if each is not None]


async def offered(
    read: Read, project_id: str, customer_id: str | None, generic: Sequence[Found] | None, *, below: str, limit: int
) -> list[Found]:
    """The newest vouchers before this id that a customer holds, and that nobody else does.

    With `generic` (those `of_one_for_all`) also those, and vouchers that are of no campaign; else only what is held.
    Vouchers of other campaigns are for whoever they were published to.
    """
    found: dict[str, Found] = {}
    page = {"project_id": project_id, "value": below, "limit": limit, "offset": 0}
    if customer_id is not None:
        held = await read.all(page_of("-created_at", ("customer_id",), after=True), **page, customer_id=customer_id)
        found |= {each[0].id: each for each in held}
    if generic is not None:
        standalone = await read.all(page_of("-created_at", ("standalone",), after=True), **page)
        found |= {each[0].id: each for each in (*standalone, *generic) if each[0].id < below}
    newest = sorted(found, reverse=True)[:limit]
    return [found[voucher_id] for voucher_id in newest]
