"""Releasing what a session holds of one voucher (spec I 3.6)."""

import msgspec

from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.redeemables.actions.sessions import release, want_session
from patron.domains.vouchers import found, want
from patron.kernel.problems import not_found


class EndSession(msgspec.Struct, frozen=True):
    """Release what the session with this key holds of the voucher with this id or code."""

    reference: str
    session_key: str


async def _gather(read: Read, ctx: Ctx, body: EndSession) -> Wants:
    wants = Wants()
    code = await want(read, ctx, wants, body.reference)
    want_session(ctx, wants, body.session_key, [code])
    return wants


def _apply(rows: Rows, ctx: Ctx, body: EndSession) -> Outcome:
    voucher = found(rows, ctx, body.reference)
    if not release(rows, ctx, body.session_key, [voucher.code]):
        raise not_found("session", body.session_key)
    return Reply(204)


END_SESSION = Action("redeemables.end_session", _gather, _apply)
"""Body: `EndSession`. Answers 204; Problem 404 where there is no such voucher, or the session holds nothing of it."""
