"""Creating a customer, or updating the one that is known by the id or source_id given (spec C 2.2).

Other verbs that bring a customer along (an event, an order, a row of an import) do so through `want_upsert`, `who`,
`missing` and `upsert`; of several in one write, each has a `label` of its own.
"""

from collections.abc import Mapping

import msgspec

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Wants
from patron.db.rows import Rows
from patron.domains.customers.actions.find import current, now_of, shown, unknown, want_id, want_rows
from patron.domains.customers.actions.update import apply_patch
from patron.domains.customers.model import (
    CUSTOMER_KEYS,
    CUSTOMER_TOTALS,
    CUSTOMERS,
    LIST,
    MERGED_CUSTOMERS,
    PREFIX,
    Customer,
    CustomerCreated,
    CustomerImported,
    CustomerKey,
    CustomerTotals,
    CustomerUpdated,
)
from patron.domains.customers.policy import check_schema, new_customer, patched
from patron.domains.customers.store import HEIRS, KEY, OWNERS
from patron.domains.customers.wire import CustomerIn

_encode = msgspec.json.encode


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
        customer_id = await want_id(read, ctx, wants, body.id) or body.id
        _want_known(ctx, wants, customer_id)
        return customer_id
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
        return now_of(rows, ctx, body.id)
    key = rows.get(CUSTOMER_KEYS, (ctx.project_id, body.source_id)) if body.source_id else None
    return ctx.id(PREFIX, label) if key is None or key.customer_id is None else key.customer_id


async def want_imports(read: Read, ctx: Ctx, wants: Wants, bodies: Mapping[str, CustomerIn]) -> None:
    """`want_upsert` for many customers by their labels, with one read; `CustomerImported` will be told of them.

    A source_id that is nobody's is not made first, as `want_upsert` does, but added in `apply`: a third of the work
    of a new customer. Another process that takes it meanwhile has this unit refused and run again (docs/adr/0005).
    """
    given = {body.source_id for body in bodies.values() if not body.id and body.source_id}
    source_ids = _encode(sorted(given)).decode()
    owners = dict(await read.all(OWNERS, project_id=ctx.project_id, source_ids=source_ids))
    heirs = await _heirs(read, ctx, {body.id for body in bodies.values() if body.id})
    wants.count(ctx.project_id, LIST)
    for label, body in bodies.items():
        owner = heirs.get(body.id) if body.id else owners.get(body.source_id or "")
        _want_import(ctx, wants, body, owner, label)


async def _heirs(read: Read, ctx: Ctx, customer_ids: set[str]) -> dict[str, str]:
    """Of these ids, those that stand for another customer, and for whom."""
    if not customer_ids:
        return {}
    ids = _encode(sorted(customer_ids)).decode()
    return {each: heir for each, heir in await read.all(HEIRS, project_id=ctx.project_id, ids=ids) if heir is not None}


def missing_import(rows: Rows, ctx: Ctx, body: CustomerIn, label: str) -> Wants | None:
    """`missing` for a customer that `want_imports` has named."""
    if body.id:
        return _lacking(rows, ctx, body.id, CustomerImported)
    if not body.source_id:
        return None
    key = rows.get(CUSTOMER_KEYS, (ctx.project_id, body.source_id))
    owner = None if key is None else key.customer_id
    if rows.knows(CUSTOMERS, (ctx.project_id, owner or ctx.id(PREFIX, label))):
        return None
    wants = Wants()
    _want_import(ctx, wants, body, owner, label)
    return wants


def missing(rows: Rows, ctx: Ctx, body: CustomerIn, label: str = "") -> Wants | None:
    """The rows that `upsert` needs beyond those that were named, since the source_id changed hands; None: it has all.

    Ask this of every customer of a write before the first change.
    """
    if body.id:
        return _lacking(rows, ctx, body.id, CustomerUpdated)
    if not body.source_id:
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
    """The customer as it is after the patch, created where it was not there. Problem 404 for an unknown `id`.

    A source_id's key row is locked, so of many that bring one new source_id, one creates and the others update.
    """
    customer = known(rows, ctx, body)
    if customer is not None:
        return apply_patch(rows, ctx, customer, body)
    customer = create(rows, ctx, body, label)
    rows.count(LIST, 1)
    rows.announce(CustomerCreated(ctx.project_id, customer.id))
    return customer


def upsert_import(rows: Rows, ctx: Ctx, body: CustomerIn, label: str) -> Customer:
    """`upsert` for a customer that `want_imports` has named; tells of it as bulk work does. Problem 400 or 404."""
    before = known(rows, ctx, body)
    if before is None:
        after = create(rows, ctx, body, label)
        rows.count(LIST, 1)
    else:
        after = patched(before, body, ctx.now)
        if isinstance(body.metadata, Mapping):
            check_schema(rows.rulebook, after)
        if after is not before:
            rows.put(CUSTOMERS, after)
    if after is not before:
        rows.announce(CustomerImported(ctx.project_id, after.id))
    return after


def known(rows: Rows, ctx: Ctx, body: CustomerIn) -> Customer | None:
    """The customer that a body speaks of; None where it is to be created. Problem 404 for an unknown `id`."""
    if body.id:
        customer = rows.get(CUSTOMERS, (ctx.project_id, now_of(rows, ctx, body.id)))
        if customer is None:
            raise unknown(body.id)
        return customer
    if not body.source_id:
        return None
    key = rows.get(CUSTOMER_KEYS, (ctx.project_id, body.source_id))
    if key is None or key.customer_id is None:
        return None
    customer = rows.get(CUSTOMERS, (ctx.project_id, key.customer_id))
    assert customer is not None
    return customer


def create(rows: Rows, ctx: Ctx, body: CustomerIn, label: str = "") -> Customer:
    """The new customer of a body that `known` has told to be nobody's. Neither counted nor announced.

    Problem 400 where the metadata is not as its schema wants it.
    """
    source_id = body.source_id or None
    customer = new_customer(ctx.project_id, ctx.id(PREFIX, label), source_id, body, ctx.now)
    check_schema(rows.rulebook, customer)
    if source_id is not None:
        is_free = rows.get(CUSTOMER_KEYS, (ctx.project_id, source_id)) is None
        (rows.add if is_free else rows.put)(CUSTOMER_KEYS, CustomerKey(ctx.project_id, source_id, customer.id))
    rows.add(CUSTOMERS, customer)
    rows.add(CUSTOMER_TOTALS, CustomerTotals(ctx.project_id, customer.id))
    return customer


def _want_import(ctx: Ctx, wants: Wants, body: CustomerIn, owner: str | None, label: str) -> None:
    if not body.id and body.source_id:
        wants.lock(CUSTOMER_KEYS, (ctx.project_id, body.source_id))
    if body.id and owner:
        wants.lock(MERGED_CUSTOMERS, (ctx.project_id, body.id))
    customer_id = owner or body.id or ctx.id(PREFIX, label)
    if body.id or owner:
        want_rows(ctx, wants, customer_id)
    else:
        wants.lock(CUSTOMERS, (ctx.project_id, customer_id))  # nobody's: it says which id is expected of this label
    wants.expect(CustomerImported(ctx.project_id, customer_id))


def _lacking(rows: Rows, ctx: Ctx, customer_id: str, event: type[CustomerUpdated | CustomerImported]) -> Wants | None:
    """The rows that tell whom an id stands for, as far as they were not named."""
    customer = current(rows, ctx, customer_id, lambda now_id: (event(ctx.project_id, now_id),))
    return customer if isinstance(customer, Wants) else None


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


UPSERT = Action("customers.upsert", _gather, _apply)
"""Body: `CustomerIn`. Answers 200 with the customer; Problem 404 for an unknown `id`."""
