"""Finding the customer that a request speaks of, before and under lock."""

from collections.abc import Callable, Iterable
from typing import Any

from patron.db.actions import Ctx, Need, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.customers.model import CUSTOMER_KEYS, CUSTOMER_TOTALS, CUSTOMERS, PREFIX, Customer
from patron.domains.customers.store import BY_ID, BY_SOURCE_ID, ID, KEY, Found
from patron.domains.customers.told import whole
from patron.kernel.problems import Problem, not_found


async def find(read: Read, project_id: str, reference: str) -> Found:
    """The customer with this id or source_id, and its totals. An id wins; Problem 404 where neither is known."""
    found = None
    if reference.startswith(PREFIX):
        found = await read.one(BY_ID, project_id=project_id, id=reference)
    if found is None:
        found = await read.one(BY_SOURCE_ID, project_id=project_id, source_id=reference)
    if found is None:
        raise unknown(reference)
    return found


async def want(read: Read, ctx: Ctx, wants: Wants, reference: str, *, to_delete: bool = False) -> str:
    """Name the rows of the customer with this id or source_id; its id. Problem 404 where neither is known."""
    is_id = reference.startswith(PREFIX) and await read.one(ID, project_id=ctx.project_id, id=reference) is not None
    if is_id:
        want_rows(ctx, wants, reference, to_delete=to_delete)
        return reference
    key = await read.one(KEY, project_id=ctx.project_id, source_id=reference)
    if key is None or key.customer_id is None:
        raise unknown(reference)
    wants.lock(CUSTOMER_KEYS, (ctx.project_id, reference), to_delete=to_delete)
    want_rows(ctx, wants, key.customer_id, to_delete=to_delete)
    return key.customer_id


def want_rows(ctx: Ctx, wants: Wants, customer_id: str, *, to_delete: bool = False) -> None:
    """Name the rows of one customer by its id."""
    wants.lock(CUSTOMERS, (ctx.project_id, customer_id), to_delete=to_delete)
    wants.lock(CUSTOMER_TOTALS, (ctx.project_id, customer_id), to_delete=to_delete)


def found(rows: Rows, ctx: Ctx, reference: str, expected: Callable[[str], Iterable[Any]]) -> Customer | Need:
    """The customer that `want` named, under lock.

    `Need` where the source_id has become another customer's since; `expected` gives the events that may then be
    announced of that one, by its id. Problem 404 where it is nobody's.
    """
    if rows.knows(CUSTOMERS, (ctx.project_id, reference)):
        customer = rows.get(CUSTOMERS, (ctx.project_id, reference))
    else:
        key = rows.get(CUSTOMER_KEYS, (ctx.project_id, reference))
        if key is None or key.customer_id is None:
            raise unknown(reference)
        if not rows.knows(CUSTOMERS, (ctx.project_id, key.customer_id)):
            wants = Wants()
            want_rows(ctx, wants, key.customer_id, to_delete=True)  # whichever verb asks, this is rare
            for event in expected(key.customer_id):
                wants.expect(event)
            return Need(wants)
        customer = rows.get(CUSTOMERS, (ctx.project_id, key.customer_id))
    if customer is None:
        raise unknown(reference)
    return customer


def shown(rows: Rows, customer: Customer) -> Reply:
    """The answer that shows a customer as it is at the end of this write."""
    totals = rows.get(CUSTOMER_TOTALS, (customer.project_id, customer.id))
    assert totals is not None
    return Reply(200, whole(customer, totals), about=customer, subject=customer.id)


def unknown(reference: str) -> Problem:
    """404 in the reference's words."""
    return not_found("customer", reference)
