"""Listing redemptions and rollbacks: all of them, and those of one voucher (spec I 1.5, 4.6)."""

from typing import Any
from urllib.parse import quote

import msgspec
from msgspec import UNSET

from patron.db.actions import Ctx, Read
from patron.db.counts import TOTAL
from patron.db.filters.listed import WHOLE, Narrowing
from patron.domains import customers, vouchers
from patron.domains.metadata_schemas import narrowing
from patron.domains.redemptions.actions.find import with_surroundings
from patron.domains.redemptions.fields import REDEMPTION_FIELDS
from patron.domains.redemptions.model import LIST, Redemption
from patron.domains.redemptions.store import COLUMNS, count_of, page_of
from patron.domains.redemptions.wire.asked import OfVoucherQuery, RedemptionsQuery
from patron.domains.redemptions.wire.told import RedemptionOut, RollbackOut, VoucherRedemptions
from patron.domains.vouchers import Campaigns
from patron.domains.vouchers.model import GIFT
from patron.http.cursors import Cursors
from patron.http.listing import Page
from patron.http.queries import moment_of
from patron.kernel.ids import earliest_id
from patron.kernel.problems import invalid_query_params

Entry = RedemptionOut | RollbackOut
NO_CAMPAIGN = ""
"""The id of none: what no campaign has by its name is found by this."""
NEWEST_FIRST = "-created_at"


async def list_redemptions(read: Read, ctx: Ctx, query: RedemptionsQuery, cursors: Cursors) -> Page[Entry]:
    """The page that a query asks for. Problem 400 names a parameter that cannot be used, 404 an unknown customer."""
    narrowed = narrowing(REDEMPTION_FIELDS, query.filters, read.rulebook, ctx.now, "redemption")
    filters = await _filters(read, ctx.project_id, query)
    return await _page(read, ctx.project_id, query, query.order, filters, cursors, narrowed)


async def list_of_voucher(
    read: Read, project_id: str, reference: str, query: OfVoucherQuery, cursors: Cursors
) -> VoucherRedemptions:
    """What was done with the voucher that has this code or id, the newest first. Problem 404."""
    voucher, totals, _ = await vouchers.find(read, project_id, reference)
    page = await _page(read, project_id, query, NEWEST_FIRST, {"related_id": voucher.id}, cursors)
    return VoucherRedemptions(
        quantity=voucher.quantity,
        redeemed_quantity=totals.redeemed_quantity,
        redeemed_amount=totals.redeemed_amount if voucher.type == GIFT else UNSET,
        url=f"/v1/vouchers/{quote(voucher.code, safe='')}/redemption?page={query.page}",
        total=page.total,
        redemption_entries=page.entries,
        has_more=page.next_cursor is not None,
        next_cursor=page.next_cursor or UNSET,
    )


async def _page(
    read: Read,
    project_id: str,
    query: RedemptionsQuery | OfVoucherQuery,
    order: str,
    filters: dict[str, Any],
    cursors: Cursors,
    narrowed: Narrowing = WHOLE,
) -> Page[Entry]:
    where = _position(query.cursor, order, cursors)
    names = tuple(filters)
    common = {"project_id": project_id, **filters, **narrowed.values}
    page = {**common, **where, "limit": query.limit + 1, "offset": query.offset}
    all_of_them = (TOTAL, {"project_id": project_id, "name": LIST})
    count = all_of_them if not filters and narrowed.is_whole else (narrowed.of(count_of(names)), common)
    rows, [total] = await read.snapshot((narrowed.of(page_of(order, names, after=bool(where))), page), count)
    entries = rows[: query.limit]
    last = cursors.seal(_last(order, entries[-1])) if len(rows) > len(entries) else None
    return Page(await with_surroundings(read, project_id, entries), total, last)


async def _filters(read: Read, project_id: str, query: RedemptionsQuery) -> dict[str, Any]:
    """What narrows the list, by the names of its conditions."""
    given: dict[str, Any] = {}
    if query.campaign is not None:
        campaign = Campaigns.of(read.rulebook).find(query.campaign)
        given["campaign_id"] = NO_CAMPAIGN if campaign is None else campaign.id
    if query.customer is not None:
        customer, _ = await customers.find(read, project_id, query.customer)
        ids = await customers.histories(read, customer)
        given |= {"customer": ids[0]} if len(ids) == 1 else {"customers": msgspec.json.encode(ids).decode()}
    if len(results := set(query.result or ())) == 1:
        given["failed" if "FAILURE" in results else "succeeded"] = True
    if query.created_before is not None:
        given["before"] = earliest_id("", moment_of("created_at[before]", query.created_before))
    if query.created_after is not None:
        given["after"] = earliest_id("", moment_of("created_at[after]", query.created_after) + 1)
    return given


def _position(cursor: str | None, order: str, cursors: Cursors) -> dict[str, Any]:
    """Where the page begins, as the parameters of its statement; empty where it begins at the beginning."""
    if cursor is None:
        return {}
    sealed, value, place = cursors.open(cursor)
    if sealed != order:
        raise invalid_query_params("cursor: expected the order of the page that it came with")
    return {"value": value, "id": place}


def _last(order: str, row: Redemption) -> tuple[str | int | None, ...]:
    return order, getattr(row, COLUMNS[order.removeprefix("-")].name), row.place
