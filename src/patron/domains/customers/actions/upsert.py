"""Creating a customer, or updating the one that is known by the id or source_id given (spec C 2.2).

Other verbs that bring a customer along (an event, an order, a row of an import) do so through `want_upsert`, `who`,
`missing` and `upsert`; of several in one write, each has a `label` of its own.
"""

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
from patron.domains.customers.policy import check_schema, new_customer
from patron.domains.customers.store import KEY
from patron.domains.customers.wire import CustomerIn


async def _gather(read: Read, ctx: Ctx, body: CustomerIn) -> Wants:
    wants = Wants()
    await want_upsert(read, ctx, wants, body)
    return wants


def _apply(rows: Rows, ctx: Ctx, body: CustomerIn) -> Outcome:
    lacking = missing(rows, ctx, body)
    if lacking is not None:
        return Need(lacking)
    return shown(rows, upsert(rows, ctx, body))


async def want_upsert(read: Read, ctx: Ctx, wants: Wants, body: CustomerIn, label: str = "") -> str:
    """Name the rows of the customer that `upsert` will find or create; the id that it has or will have."""
    if body.id:
        _want_known(ctx, wants, body.id)
        return body.id
    if not body.source_id:
        return _want_new(ctx, wants, label)
    key = await read.one(KEY, project_id=ctx.project_id, source_id=body.source_id)
    if key is None or key.customer_id is None:
        return _want_new_key(ctx, wants, body.source_id, label)
    wants.lock(CUSTOMER_KEYS, (ctx.project_id, body.source_id))
    _want_known(ctx, wants, key.customer_id)
    return key.customer_id


def who(rows: Rows, ctx: Ctx, body: CustomerIn, label: str = "") -> str:
    """The id of the customer that `upsert` will find or create, under lock."""
    if body.id:
        return body.id
    key = rows.get(CUSTOMER_KEYS, (ctx.project_id, body.source_id)) if body.source_id else None
    return ctx.id(PREFIX, label) if key is None or key.customer_id is None else key.customer_id


def missing(rows: Rows, ctx: Ctx, body: CustomerIn, label: str = "") -> Wants | None:
    """The rows that `upsert` needs beyond those that were named, since the source_id changed hands; None: it has all.

    Ask this of every customer of a write before the first change.
    """
    if body.id or not body.source_id:
        return None
    wants = Wants()
    key = rows.get(CUSTOMER_KEYS, (ctx.project_id, body.source_id))
    if key is None:
        _want_new_key(ctx, wants, body.source_id, label)
        return wants
    if key.customer_id is not None and not rows.knows(CUSTOMERS, (ctx.project_id, key.customer_id)):
        _want_known(ctx, wants, key.customer_id)
        return wants
    return None


def upsert(rows: Rows, ctx: Ctx, body: CustomerIn, label: str = "") -> Customer:
    """The customer as it is after the patch, created where it was not there.

    Problem 404 for an unknown `id`, 400 where the metadata is not as its schema wants it.

    A source_id's key row is locked, so of many that bring one new source_id, one creates and the others update.
    """
    if body.id:
        customer = rows.get(CUSTOMERS, (ctx.project_id, body.id))
        if customer is None:
            raise unknown(body.id)
        return apply_patch(rows, ctx, customer, body)
    if not body.source_id:
        return _create(rows, ctx, None, body, label)
    key = rows.get(CUSTOMER_KEYS, (ctx.project_id, body.source_id))
    assert key is not None
    if key.customer_id is None:
        return _create(rows, ctx, body.source_id, body, label)
    customer = rows.get(CUSTOMERS, (ctx.project_id, key.customer_id))
    assert customer is not None
    return apply_patch(rows, ctx, customer, body)


def _want_known(ctx: Ctx, wants: Wants, customer_id: str) -> None:
    want_rows(ctx, wants, customer_id)
    wants.expect(CustomerUpdated(ctx.project_id, customer_id))


def _want_new_key(ctx: Ctx, wants: Wants, source_id: str, label: str) -> str:
    wants.make(CUSTOMER_KEYS, CustomerKey(ctx.project_id, source_id, None))
    return _want_new(ctx, wants, label)


def _want_new(ctx: Ctx, wants: Wants, label: str) -> str:
    customer_id = ctx.id(PREFIX, label)
    wants.count(ctx.project_id, LIST)
    wants.expect(CustomerCreated(ctx.project_id, customer_id))
    return customer_id


def _create(rows: Rows, ctx: Ctx, source_id: str | None, body: CustomerIn, label: str) -> Customer:
    customer = new_customer(ctx.project_id, ctx.id(PREFIX, label), source_id, body, ctx.now)
    check_schema(rows.rulebook, customer)
    if source_id is not None:
        rows.put(CUSTOMER_KEYS, CustomerKey(ctx.project_id, source_id, customer.id))
    rows.add(CUSTOMERS, customer)
    rows.add(CUSTOMER_TOTALS, CustomerTotals(ctx.project_id, customer.id))
    rows.count(LIST, 1)
    rows.announce(CustomerCreated(ctx.project_id, customer.id))
    return customer


UPSERT = Action("customers.upsert", _gather, _apply)
"""Body: `CustomerIn`. Answers 200 with the customer; Problem 404 for an unknown `id`."""
