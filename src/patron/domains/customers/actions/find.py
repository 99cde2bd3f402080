"""Finding the customer that a request speaks of, before and under lock."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from patron.db.actions import Ctx, Need, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.customers.links import CockpitLink
from patron.domains.customers.model import (
    CUSTOMER_KEYS,
    CUSTOMER_TOTALS,
    CUSTOMERS,
    MERGED_CUSTOMERS,
    PREFIX,
    Customer,
)
from patron.domains.customers.store import BY_FORMER_ID, BY_ID, BY_IDS, BY_SOURCE_ID, HEIRS, ID, KEY, Found
from patron.domains.customers.told import whole
from patron.domains.customers.wire import CustomerIn
from patron.kernel.problems import Problem, not_found

Expected = Callable[[str], Iterable[Any]]
"""The events that may be announced of the customer with this id."""


async def find(read: Read, project_id: str, reference: str) -> Found:
    """The customer with this id or source_id, and its totals. An id wins; Problem 404 where neither is known.

    Of a customer who was merged into another, both names lead to that one.
    """
    found = await _by_id(read, project_id, reference) if reference.startswith(PREFIX) else None
    if found is None:
        found = await read.one(BY_SOURCE_ID, project_id=project_id, source_id=reference)
    if found is None:
        raise unknown(reference)
    return found


async def find_sent(read: Read, project_id: str, body: CustomerIn) -> Found | None:
    """The customer whom a body means by its `id`, which wins, or by its `source_id`, and the totals; None: nobody."""
    if body.id:
        return await _by_id(read, project_id, body.id)
    if not body.source_id:
        return None
    return await read.one(BY_SOURCE_ID, project_id=project_id, source_id=body.source_id)


async def _by_id(read: Read, project_id: str, customer_id: str) -> Found | None:
    found = await read.one(BY_ID, project_id=project_id, id=customer_id)
    if found is None:
        former = await read.one(BY_FORMER_ID, project_id=project_id, id=customer_id)
        found = None if former is None else former[1]
    return found


async def find_many(read: Read, project_id: str, ids: Iterable[str]) -> dict[str, Found]:
    """Whom these ids stand for, by those ids, and their totals; those who are not there are left out."""
    asked = sorted(set(ids))
    heirs = {each: heir for each, heir in await read.all(HEIRS, project_id=project_id, ids=_array(asked)) if heir}
    now = {each: heirs.get(each, each) for each in asked}
    found = {row[0].id: row for row in await read.all(BY_IDS, project_id=project_id, ids=_array(set(now.values())))}
    return {each: found[now_id] for each, now_id in now.items() if now_id in found}


def _array(ids: Iterable[str]) -> str:
    return msgspec.json.encode(sorted(ids)).decode()


async def find_by_link(read: Read, link: CockpitLink, now: int) -> Found | None:
    """The customer whose page a link opens at this moment (epoch ms), and its totals; None where it opens none."""
    found = await read.one(BY_ID, project_id=link.project_id, id=link.customer_id)
    if found is not None:
        return found if link.opens(found[0], now) else None
    former = await read.one(BY_FORMER_ID, project_id=link.project_id, id=link.customer_id)
    if former is None:
        return None
    merged, found = former
    return found if link.opens_as(merged, found[0], now) else None


async def want(read: Read, ctx: Ctx, wants: Wants, reference: str, *, to_delete: bool = False) -> str:
    """Name the rows of the customer with this id or source_id; its id. Problem 404 where neither is known."""
    customer_id = await want_id(read, ctx, wants, reference) if reference.startswith(PREFIX) else None
    if customer_id is None:
        key = await read.one(KEY, project_id=ctx.project_id, source_id=reference)
        if key is None or key.customer_id is None:
            raise unknown(reference)
        wants.lock(CUSTOMER_KEYS, (ctx.project_id, reference), to_delete=to_delete)
        customer_id = key.customer_id
    want_rows(ctx, wants, customer_id, to_delete=to_delete)
    return customer_id


async def want_id(read: Read, ctx: Ctx, wants: Wants, customer_id: str) -> str | None:
    """Name what tells whom this id stands for; the id of that customer, None for nobody."""
    now_id = await read.one(ID, project_id=ctx.project_id, id=customer_id)
    if now_id != customer_id:
        wants.lock(MERGED_CUSTOMERS, (ctx.project_id, customer_id))
    return now_id


def want_rows(ctx: Ctx, wants: Wants, customer_id: str, *, to_delete: bool = False) -> None:
    """Name the rows of one customer by its id."""
    wants.lock(CUSTOMERS, (ctx.project_id, customer_id), to_delete=to_delete)
    wants.lock(CUSTOMER_TOTALS, (ctx.project_id, customer_id), to_delete=to_delete)


def found(rows: Rows, ctx: Ctx, reference: str, expected: Expected) -> Customer | Need:
    """The customer that `want` named, under lock.

    `Need` where the name leads to another customer since; `expected` gives the events that may then be announced of
    that one, by its id. Problem 404 where it is nobody's.
    """
    key = (ctx.project_id, reference)
    customer_id: str | None = reference
    if not rows.knows(CUSTOMERS, key) and not rows.knows(MERGED_CUSTOMERS, key):
        owner = rows.get(CUSTOMER_KEYS, key)
        customer_id = None if owner is None else owner.customer_id
    customer = None if customer_id is None else current(rows, ctx, customer_id, expected)
    if isinstance(customer, Wants):
        return Need(customer)
    if customer is None:
        raise unknown(reference)
    return customer


def current(rows: Rows, ctx: Ctx, customer_id: str, expected: Expected) -> Customer | Wants | None:
    """The customer whom an id stands for, under lock; None for nobody. `Wants` where rows lack that tell it."""
    customer_id = now_of(rows, ctx, customer_id)
    key = (ctx.project_id, customer_id)
    wants = Wants()
    if not rows.knows(CUSTOMERS, key):
        want_rows(ctx, wants, customer_id, to_delete=True)  # whichever verb asks, this is rare
        for event in expected(customer_id):
            wants.expect(event)
        return wants
    customer = rows.get(CUSTOMERS, key)
    if customer is None and not rows.knows(MERGED_CUSTOMERS, key):
        wants.lock(MERGED_CUSTOMERS, key)
        return wants
    return customer


def now_of(rows: Rows, ctx: Ctx, customer_id: str) -> str:
    """The id of whom an id stands for, as far as rows under lock tell."""
    key = (ctx.project_id, customer_id)
    merged = rows.get(MERGED_CUSTOMERS, key) if rows.knows(MERGED_CUSTOMERS, key) else None
    return customer_id if merged is None else merged.into_id


def shown(rows: Rows, customer: Customer) -> Reply:
    """The answer that shows a customer as it is at the end of this write."""
    totals = rows.get(CUSTOMER_TOTALS, (customer.project_id, customer.id))
    assert totals is not None
    return Reply(200, whole(customer, totals), about=customer, subject=customer.id)


def unknown(reference: str) -> Problem:
    """404 in the reference's words."""
    return not_found("customer", reference)
