"""Sessions: holding a part of what was validated, so that nobody else can redeem it meanwhile (spec I 3.6).

A use of a voucher that may be redeemed so often, and credits of a gift card, are held until the session ends. What is
held stands as sums in the voucher's totals, a row that whoever redeems or holds the voucher has under lock; so limits
are exact however many ask at once, and a voucher that nobody holds costs nobody a further read. When a session may have
ended, what is held is counted anew under the lock: its end is a moment, whenever its row is purged.
"""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from patron.db.actions import Ctx, Need, Read, Wants
from patron.db.rows import Rows
from patron.domains.redeemables.model import NOTHING_HELD, SESSION_LOCKS, Held, SessionLock
from patron.domains.redeemables.store import CODES_OF_SESSION, RECOUNT
from patron.domains.vouchers import want_code_rows
from patron.domains.vouchers.model import GIFT, VOUCHER_TOTALS, VOUCHERS, Voucher, VoucherTotals

MOST_OF_SESSION = 200
"""How many vouchers of a session are looked at, when it is held anew or released."""


async def codes_of_session(read: Read, ctx: Ctx, session_key: str) -> list[str]:
    """The codes of which a session holds something, without a lock."""
    return await read.all(CODES_OF_SESSION, project_id=ctx.project_id, session_key=session_key, limit=MOST_OF_SESSION)


def want_session(ctx: Ctx, wants: Wants, session_key: str, codes: Iterable[str]) -> None:
    """Name what a session holds of the vouchers with these codes."""
    for code in codes:
        want_code_rows(ctx, wants, code)
        wants.lock(SESSION_LOCKS, (ctx.project_id, code, session_key), to_delete=True)


def want_recount(ctx: Ctx, wants: Wants, voucher: Voucher, totals: VoucherTotals) -> None:
    """Have what is held of a voucher counted under lock, where a session may have ended since it was counted."""
    if (totals.held_quantity or totals.held_amount) and totals.held_until <= ctx.now:
        wants.scan(RECOUNT, scope=f"{SESSION_LOCKS.name}/{voucher.code}", **_question(ctx, voucher))


def held_by_others(
    rows: Rows, ctx: Ctx, voucher: Voucher, totals: VoucherTotals, session_key: str | None
) -> Held | Need:
    """What sessions but this one hold of a voucher, under lock. `Need` where that must be counted anew."""
    if not (totals.held_quantity or totals.held_amount):
        return NOTHING_HELD
    counted = _counted(rows, ctx, voucher, totals)
    if isinstance(counted, Need):
        return counted
    own = NOTHING_HELD if session_key is None else _own(rows, ctx, counted, voucher, session_key)
    return Held(counted.held_quantity - own.quantity, counted.held_amount - own.amount)


def hold(rows: Rows, ctx: Ctx, session_key: str, expires_at: int, parts: Sequence[tuple[Voucher, Held]]) -> None:
    """Let a session hold these parts of vouchers until a moment (epoch ms); it holds nothing of them before."""
    for voucher, asked in parts:
        part = Held(0 if voucher.quantity is None else asked.quantity, asked.amount if voucher.type == GIFT else 0)
        lock = SessionLock(
            project_id=ctx.project_id,
            code=voucher.code,
            session_key=session_key,
            voucher_id=voucher.id,
            quantity=part.quantity,
            amount=part.amount,
            created_at=ctx.now,
            expires_at=expires_at,
        )
        rows.add(SESSION_LOCKS, lock)
        if any(part):
            _move(rows, ctx, voucher, part, expires_at)


def release(rows: Rows, ctx: Ctx, session_key: str, codes: Iterable[str]) -> bool:
    """Let a session hold nothing of these vouchers any more; whether it held any. `want_session` named the rows.

    A successful redemption with the key calls it with `Facts.session_codes`.
    """
    keys = [(ctx.project_id, code, session_key) for code in codes]
    locks = [lock for key in keys if (lock := rows.get(SESSION_LOCKS, key)) is not None]
    for lock in locks:
        _release(rows, ctx, lock)
    return any(lock.expires_at > ctx.now for lock in locks)


def _release(rows: Rows, ctx: Ctx, lock: SessionLock) -> None:
    rows.remove(SESSION_LOCKS, lock)
    key = (ctx.project_id, lock.code)
    voucher, totals = rows.get(VOUCHERS, key), rows.get(VOUCHER_TOTALS, key)
    if voucher is None or totals is None or not _is_counted(ctx, totals, voucher, lock):
        return
    rows.put(
        VOUCHER_TOTALS,
        replace(
            totals,
            held_quantity=totals.held_quantity - lock.quantity,
            held_amount=totals.held_amount - lock.amount,
        ),
    )


def _is_counted(ctx: Ctx, totals: VoucherTotals, voucher: Voucher, lock: SessionLock) -> bool:
    """Whether the sums in the totals have this lock in them."""
    return lock.voucher_id == voucher.id and lock.expires_at >= totals.held_until and lock.expires_at > ctx.now


def _own(rows: Rows, ctx: Ctx, totals: VoucherTotals, voucher: Voucher, session_key: str) -> Held:
    lock = rows.get(SESSION_LOCKS, (ctx.project_id, voucher.code, session_key))
    if lock is None or not _is_counted(ctx, totals, voucher, lock):
        return NOTHING_HELD
    return Held(lock.quantity, lock.amount)


def _counted(rows: Rows, ctx: Ctx, voucher: Voucher, totals: VoucherTotals) -> VoucherTotals | Need:
    """The totals with what is held at this moment."""
    if totals.held_until > ctx.now:
        return totals
    question = _question(ctx, voucher)
    if rows.has_scanned(RECOUNT, **question):
        [recount] = rows.scanned(RECOUNT, **question)
        if recount.before == (totals.held_quantity, totals.held_amount, totals.held_until):
            after = replace(
                totals,
                held_quantity=recount.held.quantity,
                held_amount=recount.held.amount,
                held_until=recount.until or ctx.now + 1,
            )
            rows.put(VOUCHER_TOTALS, after)
            return after
    wants = Wants()
    want_recount(ctx, wants, voucher, totals)
    return Need(wants)


def _move(rows: Rows, ctx: Ctx, voucher: Voucher, part: Held, expires_at: int) -> None:
    key = (ctx.project_id, voucher.code)
    totals = rows.get(VOUCHER_TOTALS, key)
    before = VoucherTotals(*key) if totals is None else totals
    is_first = not (before.held_quantity or before.held_amount)
    after = replace(
        before,
        held_quantity=before.held_quantity + part.quantity,
        held_amount=before.held_amount + part.amount,
        held_until=expires_at if is_first else min(before.held_until, expires_at),
    )
    (rows.add if totals is None else rows.put)(VOUCHER_TOTALS, after)


def _question(ctx: Ctx, voucher: Voucher) -> dict[str, str | int]:
    return {"project_id": ctx.project_id, "code": voucher.code, "voucher_id": voucher.id, "now": ctx.now}
