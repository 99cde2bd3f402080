"""Listing vouchers, and the transactions of one (spec I 1.5, 1.6)."""

import re
from typing import Any

import msgspec

from patron.db.actions import Ctx, Read
from patron.db.counts import TOTAL
from patron.db.filters.listed import Narrowing
from patron.domains import customers
from patron.domains.metadata_schemas import narrowing
from patron.domains.vouchers.actions.find import find
from patron.domains.vouchers.fields import TRANSACTION_FIELDS, VOUCHER_FIELDS
from patron.domains.vouchers.model import LIST, PREFIX, VoucherTransaction
from patron.domains.vouchers.of_campaign import CAMPAIGN_BY_NAME
from patron.domains.vouchers.store import (
    AFTER_THE_LAST,
    BEFORE_THE_FIRST,
    TRANSACTION,
    Found,
    count_of,
    page_of,
    transactions_of,
)
from patron.domains.vouchers.wire.asked import MOST_IDS, TransactionsQuery, VouchersQuery
from patron.http.cursors import Cursors
from patron.http.listing import Page
from patron.http.queries import moment_of
from patron.kernel.ids import earliest_id
from patron.kernel.problems import invalid_query_params

_ID = re.compile(r"\w+", re.ASCII)
NO_CAMPAIGN = ""
"""The id of none: what no campaign has by its name is found by this."""
_TEXTS = ("category", "campaign_id", "code")


async def list_vouchers(read: Read, ctx: Ctx, query: VouchersQuery, cursors: Cursors) -> Page[Found]:
    """The page that a query asks for.

    Problem 400 names a parameter that cannot be used, 404 an unknown customer.
    """
    narrowed = narrowing(VOUCHER_FIELDS, query.filters, read.rulebook, ctx.now, "voucher")
    filters = _by_holder(narrowed) | await _filters(read, ctx.project_id, query)
    where = _position(query, cursors)
    names = tuple(filters)
    common = {"project_id": ctx.project_id, **filters, **narrowed.values}
    page = {**common, **where, "limit": query.limit + 1, "offset": query.offset}
    all_of_them = (TOTAL, {"project_id": ctx.project_id, "name": LIST})
    count = all_of_them if not filters and narrowed.is_whole else (narrowed.of(count_of(names)), common)
    rows, [total] = await read.snapshot((narrowed.of(page_of(query.order, names, after=bool(where))), page), count)
    entries = rows[: query.limit]
    more = len(rows) > len(entries)
    return Page(entries, total, cursors.seal(_last(query, entries)) if more else None)


def _by_holder(narrowed: Narrowing) -> dict[str, Any]:
    """What the holder of a filter has is found through their holdings, rather than by a look at every voucher."""
    holder_id = narrowed.only("holder_id")
    return {} if holder_id is None else {"customer_id": holder_id}


async def _filters(read: Read, project_id: str, query: VouchersQuery) -> dict[str, Any]:
    given: dict[str, Any] = {name: getattr(query, name) for name in _TEXTS if getattr(query, name) is not None}
    if query.campaign is not None:
        campaign = await read.one(CAMPAIGN_BY_NAME, project_id=project_id, name=query.campaign)
        known = campaign is not None and query.campaign_id in (None, campaign.id)
        given["campaign_id"] = campaign.id if campaign is not None and known else NO_CAMPAIGN
    if query.customer is not None:
        customer, _ = await customers.find(read, project_id, query.customer)
        given["customer_id"] = customer.id
    if query.ids is not None:
        given["ids"] = msgspec.json.encode(_ids(query.ids)).decode()
    return {**given, **_moments(query)}


def _ids(texts: list[str]) -> list[str]:
    """The ids in these texts, each of which may hold several: the Python client sends a list as Python writes it."""
    ids = sorted({voucher_id for text in texts for voucher_id in _ID.findall(text)})
    if len(ids) > MOST_IDS:
        raise invalid_query_params(f"ids: expected at most {MOST_IDS}")
    return ids


def _moments(query: VouchersQuery) -> dict[str, Any]:
    """The bounds of time, neither moment included; creation is told by ids."""
    given: dict[str, Any] = {}
    if query.created_before is not None:
        given["created_before"] = earliest_id(PREFIX, moment_of("created_at[before]", query.created_before))
    if query.created_after is not None:
        given["created_after"] = earliest_id(PREFIX, moment_of("created_at[after]", query.created_after) + 1)
    if query.updated_before is not None:
        given["updated_before"] = moment_of("updated_at[before]", query.updated_before)
    if query.updated_after is not None:
        given["updated_after"] = moment_of("updated_at[after]", query.updated_after)
    return given


def _position(query: VouchersQuery, cursors: Cursors) -> dict[str, Any]:
    """Where the page begins, as the parameters of its statement; empty where it begins at the beginning."""
    if query.cursor is None:
        return {}
    order, value, voucher_id = cursors.open(query.cursor)
    if order != query.order:
        raise invalid_query_params("cursor: expected the order of the page that it came with")
    return {"value": value, "id": voucher_id}


def _last(query: VouchersQuery, entries: list[Found]) -> tuple[str | int | None, ...]:
    voucher = entries[-1][0]
    field = query.order.removeprefix("-")
    return query.order, voucher.id if field == "created_at" else getattr(voucher, field), voucher.id


async def list_transactions(
    read: Read, ctx: Ctx, reference: str, query: TransactionsQuery
) -> tuple[list[VoucherTransaction], bool]:
    """A page of the transactions of the voucher with this id or code, and whether there is more.

    Problem 404 for an unknown voucher, 400 for a transaction that is not this voucher's, or for what is no filter.
    """
    narrowed = narrowing(TRANSACTION_FIELDS, query.filters, read.rulebook, ctx.now)
    voucher, _, _ = await find(read, ctx.project_id, reference)
    down = query.order == "-id"
    above, below = BEFORE_THE_FIRST, AFTER_THE_LAST
    if query.starting_after_id is not None:
        n = await read.one(TRANSACTION, project_id=ctx.project_id, code=voucher.code, id=query.starting_after_id)
        if n is None:
            raise invalid_query_params("starting_after_id: expected the id of a transaction of this voucher")
        above, below = (above, n) if down else (n, below)
    page = {"project_id": ctx.project_id, "code": voucher.code, "above": above, "below": below, **narrowed.values}
    entries = await read.scan(narrowed.of(transactions_of(down=down)), **page, limit=query.limit + 1)
    return entries[: query.limit], len(entries) > query.limit
