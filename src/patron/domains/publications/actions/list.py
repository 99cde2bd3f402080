"""Listing publications (spec I 2.4)."""

from typing import Any

import msgspec
from msgspec import UNSET

from patron.db.actions import Ctx, Read
from patron.db.counts import TOTAL
from patron.domains import customers, vouchers
from patron.domains.customers.wire import CustomerOut
from patron.domains.events.model import SUCCESS, Publication
from patron.domains.metadata_schemas import narrowing
from patron.domains.publications.fields import PUBLICATION_FIELDS
from patron.domains.publications.model import LIST
from patron.domains.publications.store import COLUMNS, count_of, page_of
from patron.domains.publications.wire.asked import PublicationsQuery
from patron.domains.publications.wire.told import (
    CustomerById,
    PublicationEntry,
    PublishedVoucher,
    codes_of,
    told,
)
from patron.domains.vouchers import Campaigns
from patron.domains.vouchers.model import DISCOUNT, GIFT
from patron.http.cursors import Cursors
from patron.http.listing import Page
from patron.kernel.problems import invalid_query_params

_TYPES = {"discount": DISCOUNT, "gift": GIFT, "loyalty": "LOYALTY_CARD"}
_TEXTS = ("voucher", "campaign", "source_id")


async def list_publications(read: Read, ctx: Ctx, query: PublicationsQuery, cursors: Cursors) -> Page[PublicationEntry]:
    """The page that a query asks for. Problem 400 names a parameter that cannot be used, 404 an unknown customer."""
    narrowed = narrowing(PUBLICATION_FIELDS, query.filters, read.rulebook, ctx.now, "publication")
    filters = await _filters(read, ctx.project_id, query)
    if query.is_referral_code:
        return Page([], 0, None)
    where = _position(query, cursors)
    names = tuple(filters)
    common = {"project_id": ctx.project_id, **filters, **narrowed.values}
    page = {**common, **where, "limit": query.limit + 1, "offset": query.offset}
    all_of_them = (TOTAL, {"project_id": ctx.project_id, "name": LIST})
    count = all_of_them if not filters and narrowed.is_whole else (narrowed.of(count_of(names)), common)
    rows, [total] = await read.snapshot((narrowed.of(page_of(query.order, names, after=bool(where))), page), count)
    entries = rows[: query.limit]
    more = len(rows) > len(entries)
    return Page(
        await _told(read, ctx.project_id, entries), total, cursors.seal(_last(query, entries[-1])) if more else None
    )


async def _filters(read: Read, project_id: str, query: PublicationsQuery) -> dict[str, Any]:
    """What narrows the list, by the names of its conditions. There are no referral codes."""
    given: dict[str, Any] = {name: getattr(query, name) for name in _TEXTS if getattr(query, name) is not None}
    if query.customer is not None:
        customer, _ = await customers.find(read, project_id, query.customer)
        ids = await customers.histories(read, customer)
        given |= {"customer": ids[0]} if len(ids) == 1 else {"customers": msgspec.json.encode(ids).decode()}
    if query.result is not None:
        given["succeeded" if query.result == SUCCESS else "failed"] = True
    kind = "discount" if query.voucher_type is None and query.is_referral_code is False else query.voucher_type
    if kind is not None:
        given["voucher_type"] = _TYPES[kind.lower().removesuffix("_card")]
    return given


def _position(query: PublicationsQuery, cursors: Cursors) -> dict[str, Any]:
    """Where the page begins, as the parameters of its statement; empty where it begins at the beginning."""
    if query.cursor is None:
        return {}
    order, value, publication_id = cursors.open(query.cursor)
    if order != query.order:
        raise invalid_query_params("cursor: expected the order of the page that it came with")
    return {"value": value, "id": publication_id}


def _last(query: PublicationsQuery, publication: Publication) -> tuple[str | int | None, ...]:
    return query.order, getattr(publication, COLUMNS[query.order.removeprefix("-")].name), publication.id


async def _told(read: Read, project_id: str, publications: list[Publication]) -> list[PublicationEntry]:
    """Publications with their customers and vouchers as they are now."""
    whose = await customers.find_many(read, project_id, (each.customer_id for each in publications))
    first = {each.id: _first_voucher(each) for each in publications}
    found = await vouchers.find_many(read, project_id, (voucher_id for voucher_id in first.values() if voucher_id))
    campaigns = Campaigns.of(read.rulebook)
    return [
        _entry(campaigns, each, whose.get(each.customer_id), found.get(first[each.id] or "")) for each in publications
    ]


def _first_voucher(publication: Publication) -> str | None:
    ids = msgspec.json.decode(publication.voucher_ids, type=list[str])
    return ids[0] if len(ids) == 1 else None


def _entry(campaigns: Campaigns, publication: Publication, customer: Any, found: Any) -> PublicationEntry:
    result: Any = publication.result
    codes = codes_of(publication)
    return PublicationEntry(
        **{**told(publication), "customer_id": customer[0].id if customer else publication.customer_id},
        result=result,
        customer=CustomerOut.of(*customer) if customer else CustomerById(publication.customer_id),
        voucher=PublishedVoucher.of(campaigns, publication, found) if codes is UNSET else UNSET,
        vouchers=codes,
        failure_code=publication.failure_code or UNSET,
        failure_message=publication.failure_message or UNSET,
    )
