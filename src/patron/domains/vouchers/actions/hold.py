"""Whose a voucher is. A customer's `gift.amount_to_go` moves with every change of what they hold (spec I 8.2).

For domains above: `want_holder` (and `want_customer` for who is to hold it) in `gather`, `missing` before the first
change, then `hold` or `release`.
"""

from msgspec.structs import replace

from patron.db.actions import Ctx, Read, Wants
from patron.db.rows import Rows
from patron.domains.customers.model import CUSTOMER_TOTALS, CUSTOMERS, Customer, CustomerTotalsMoved
from patron.domains.vouchers.actions.find import its_totals
from patron.domains.vouchers.model import HOLDER_PREFIX, VOUCHER_HOLDERS, VOUCHERS, Voucher, VoucherHolder
from patron.domains.vouchers.store import HOLDER_OF


async def want_holder(read: Read, ctx: Ctx, wants: Wants, code: str, *, to_delete: bool = False) -> None:
    """Name who holds the voucher with this code, and their totals; `to_delete` where it may be released."""
    wants.lock(VOUCHER_HOLDERS, (ctx.project_id, code), to_delete=to_delete)
    customer_id = await read.one(HOLDER_OF, project_id=ctx.project_id, code=code)
    if customer_id is not None:
        want_customer(ctx, wants, customer_id)


def want_customer(ctx: Ctx, wants: Wants, customer_id: str) -> None:
    """Name the rows of a customer who holds, or is to hold, a voucher."""
    wants.lock(CUSTOMERS, (ctx.project_id, customer_id))
    wants.lock(CUSTOMER_TOTALS, (ctx.project_id, customer_id))
    wants.expect(CustomerTotalsMoved(ctx.project_id, customer_id))


def missing(rows: Rows, ctx: Ctx, voucher: Voucher) -> Wants | None:
    """The rows of the holder, where that is another one than `want_holder` saw; None: all are named."""
    holder = rows.get(VOUCHER_HOLDERS, (ctx.project_id, voucher.code))
    if holder is None or rows.knows(CUSTOMER_TOTALS, (ctx.project_id, holder.customer_id)):
        return None
    wants = Wants()
    want_customer(ctx, wants, holder.customer_id)
    return wants


def hold(rows: Rows, ctx: Ctx, voucher: Voucher, customer_id: str) -> Voucher:
    """Give a voucher to a customer, taking it from whoever held it; the voucher as it is then."""
    before = rows.get(VOUCHER_HOLDERS, (ctx.project_id, voucher.code))
    balance = its_totals(rows, voucher).balance
    if before is not None:
        move_to_go(rows, ctx, before.customer_id, -balance)
    after = VoucherHolder(
        project_id=ctx.project_id,
        code=voucher.code,
        customer_id=customer_id,
        id=ctx.id(HOLDER_PREFIX, voucher.code),
        voucher_id=voucher.id,
        created_at=ctx.now,
    )
    (rows.add if before is None else rows.put)(VOUCHER_HOLDERS, after)
    move_to_go(rows, ctx, customer_id, balance)
    return _noted(rows, ctx, voucher)


def publish(rows: Rows, ctx: Ctx, voucher: Voucher, customer_id: str, *, expires_at: int | None = None) -> Voucher:
    """Give a voucher to a customer as one publication more; it then expires at `expires_at`, where that is given."""
    held = hold(rows, ctx, voucher, customer_id)
    after = replace(
        held,
        publish_count=held.publish_count + 1,
        expires_at=held.expires_at if expires_at is None else expires_at,
    )
    rows.put(VOUCHERS, after)
    return after


def release(rows: Rows, ctx: Ctx, voucher: Voucher) -> Voucher:
    """Let nobody hold a voucher; the voucher as it is then."""
    holder = rows.get(VOUCHER_HOLDERS, (ctx.project_id, voucher.code))
    if holder is None:
        return voucher
    move_to_go(rows, ctx, holder.customer_id, -its_totals(rows, voucher).balance)
    rows.remove(VOUCHER_HOLDERS, holder)
    return _noted(rows, ctx, voucher)


def holder_of(rows: Rows, ctx: Ctx, voucher: Voucher) -> Customer | None:
    """The customer who holds a voucher; None for nobody, and for one that was deleted."""
    holder = rows.get(VOUCHER_HOLDERS, (ctx.project_id, voucher.code))
    return None if holder is None else rows.get(CUSTOMERS, (ctx.project_id, holder.customer_id))


def move_to_go(rows: Rows, ctx: Ctx, customer_id: str, amount: int) -> None:
    """Move what a customer has left on gift cards; a deleted one has no totals."""
    totals = rows.get(CUSTOMER_TOTALS, (ctx.project_id, customer_id))
    if totals is not None and amount:
        after = replace(totals, gift_amount_to_go=totals.gift_amount_to_go + amount)
        rows.put(CUSTOMER_TOTALS, after)
        rows.announce(CustomerTotalsMoved(ctx.project_id, customer_id))


def _noted(rows: Rows, ctx: Ctx, voucher: Voucher) -> Voucher:
    after = replace(voucher, updated_at=ctx.now)
    rows.put(VOUCHERS, after)
    return after
