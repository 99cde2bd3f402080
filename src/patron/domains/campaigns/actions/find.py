"""Finding campaigns, and listing them (spec I 2.2)."""

from typing import Any

from patron.db.actions import Ctx, Read
from patron.domains.campaigns.fields import CAMPAIGN_FIELDS
from patron.domains.campaigns.store import BY_ID, BY_NAME, Found, count_of, page_of
from patron.domains.campaigns.wire.asked import CampaignsQuery
from patron.domains.metadata_schemas import narrowing
from patron.domains.vouchers import unknown_campaign
from patron.http.cursors import Cursors
from patron.http.listing import Page
from patron.kernel.problems import invalid_query_params


async def find(read: Read, project_id: str, reference: str) -> Found:
    """The campaign with this id or name as it is stored, with its totals; an id wins. Problem 404."""
    found = await read.one(BY_ID, project_id=project_id, id=reference)
    if found is None:
        found = await read.one(BY_NAME, project_id=project_id, name=reference)
    if found is None:
        raise unknown_campaign(reference)
    return found


async def list_campaigns(read: Read, ctx: Ctx, query: CampaignsQuery, cursors: Cursors) -> Page[Found]:
    """The page that a query asks for. Problem 400 names a parameter that cannot be used.

    No campaign has referral codes.
    """
    narrowed = narrowing(CAMPAIGN_FIELDS, query.filters, read.rulebook, ctx.now, "campaign")
    if query.is_referral_code:
        return Page([], 0, None)
    typed = query.campaign_type is not None
    common: dict[str, Any] = {"project_id": ctx.project_id, **narrowed.values}
    if typed:
        common["campaign_type"] = query.campaign_type
    where = _position(query, cursors)
    page = {**common, **where, "limit": query.limit + 1, "offset": query.offset}
    rows, [total] = await read.snapshot(
        (narrowed.of(page_of(query.order, query.campaign_status, typed=typed, after=bool(where))), page),
        (narrowed.of(count_of(query.campaign_status, typed=typed)), common),
    )
    entries = rows[: query.limit]
    if len(rows) == len(entries):
        return Page(entries, total, None)
    last, _ = entries[-1]
    value = last.id if query.order.endswith("created_at") else last.updated_at
    return Page(entries, total, cursors.seal((query.order, value, last.id)))


def _position(query: CampaignsQuery, cursors: Cursors) -> dict[str, Any]:
    """Where the page begins, as the parameters of its statement; empty where it begins at the beginning."""
    if query.cursor is None:
        return {}
    order, value, campaign_id = cursors.open(query.cursor)
    if order != query.order:
        raise invalid_query_params("cursor: expected the order of the page that it came with")
    return {"value": value, "id": campaign_id}
