"""Creating a customer, or updating the one that is known by the id or source_id given (spec C 2.2)."""

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Wants
from patron.db.rows import Rows
from patron.domains.customers.actions.find import shown, unknown, want_rows
from patron.domains.customers.actions.update import apply_patch
from patron.domains.customers.model import (
    CUSTOMER_KEYS,
    CUSTOMER_TOTALS,
    CUSTOMERS,
    LIST,
    PREFIX,
    Customer,
    CustomerCreated,
    CustomerKey,
    CustomerTotals,
    CustomerUpdated,
)
from patron.domains.customers.policy import new_customer
from patron.domains.customers.store import KEY
from patron.domains.customers.wire import CustomerIn


async def _gather(read: Read, ctx: Ctx, body: CustomerIn) -> Wants:
    wants = Wants()
    if body.id:
        want_rows(ctx, wants, body.id)
        wants.expect(CustomerUpdated(ctx.project_id, body.id))
    elif body.source_id:
        await _want_key(read, ctx, wants, body.source_id)
    else:
        _want_new(ctx, wants)
    return wants


async def _want_key(read: Read, ctx: Ctx, wants: Wants, source_id: str) -> None:
    key = await read.one(KEY, project_id=ctx.project_id, source_id=source_id)
    if key is None or key.customer_id is None:
        _want_new_key(ctx, wants, source_id)
        return
    wants.lock(CUSTOMER_KEYS, (ctx.project_id, source_id))
    want_rows(ctx, wants, key.customer_id)
    wants.expect(CustomerUpdated(ctx.project_id, key.customer_id))


def _want_new_key(ctx: Ctx, wants: Wants, source_id: str) -> None:
    wants.make(CUSTOMER_KEYS, CustomerKey(ctx.project_id, source_id, None))
    _want_new(ctx, wants)


def _want_new(ctx: Ctx, wants: Wants) -> None:
    wants.count(ctx.project_id, LIST)
    wants.expect(CustomerCreated(ctx.project_id, ctx.id(PREFIX)))


def _apply(rows: Rows, ctx: Ctx, body: CustomerIn) -> Outcome:
    if body.id:
        customer = rows.get(CUSTOMERS, (ctx.project_id, body.id))
        if customer is None:
            raise unknown(body.id)
        return shown(rows, apply_patch(rows, ctx, customer, body))
    if body.source_id:
        return _apply_by_key(rows, ctx, body, body.source_id)
    return shown(rows, _create(rows, ctx, None, body))


def _apply_by_key(rows: Rows, ctx: Ctx, body: CustomerIn, source_id: str) -> Outcome:
    """The key row is locked, so of many that bring one new source_id, one creates and the others update."""
    key = rows.get(CUSTOMER_KEYS, (ctx.project_id, source_id))
    wants = Wants()
    if key is None:
        _want_new_key(ctx, wants, source_id)
        return Need(wants)
    if key.customer_id is None:
        rows.put(CUSTOMER_KEYS, CustomerKey(ctx.project_id, source_id, ctx.id(PREFIX)))
        return shown(rows, _create(rows, ctx, source_id, body))
    if not rows.knows(CUSTOMERS, (ctx.project_id, key.customer_id)):
        want_rows(ctx, wants, key.customer_id)
        wants.expect(CustomerUpdated(ctx.project_id, key.customer_id))
        return Need(wants)
    customer = rows.get(CUSTOMERS, (ctx.project_id, key.customer_id))
    assert customer is not None
    return shown(rows, apply_patch(rows, ctx, customer, body))


def _create(rows: Rows, ctx: Ctx, source_id: str | None, body: CustomerIn) -> Customer:
    customer = new_customer(ctx.project_id, ctx.id(PREFIX), source_id, body, ctx.now)
    rows.add(CUSTOMERS, customer)
    rows.add(CUSTOMER_TOTALS, CustomerTotals(ctx.project_id, customer.id))
    rows.count(LIST, 1)
    rows.announce(CustomerCreated(ctx.project_id, customer.id))
    return customer


UPSERT = Action("customers.upsert", _gather, _apply)
"""Body: `CustomerIn`. Answers 200 with the customer; Problem 404 for an unknown `id`."""
