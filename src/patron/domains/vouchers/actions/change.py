"""Changing what a voucher is, and switching it on and off (spec I 1.5)."""

from collections.abc import Mapping

import msgspec

from patron.db.actions import Action, Ctx, Outcome, Read, Wants
from patron.db.rows import Rows
from patron.domains.categories import with_category
from patron.domains.vouchers.actions.campaigns import check_unprotected
from patron.domains.vouchers.actions.find import found, shown, want
from patron.domains.vouchers.model import VOUCHERS
from patron.domains.vouchers.policy import check_schema, patched, switched
from patron.domains.vouchers.wire.given import VoucherPatch


class Update(msgspec.Struct, frozen=True):
    """A patch for the voucher with this id or code."""

    reference: str
    patch: VoucherPatch


class Switch(msgspec.Struct, frozen=True):
    """Switch the voucher with this id or code on or off."""

    reference: str
    active: bool


async def _gather(read: Read, ctx: Ctx, body: Update | Switch) -> Wants:
    wants = Wants()
    await want(read, ctx, wants, body.reference)
    return wants


def _update(rows: Rows, ctx: Ctx, body: Update) -> Outcome:
    voucher = found(rows, ctx, body.reference)
    check_unprotected(rows, voucher)
    after = patched(voucher, with_category(rows.rulebook, body.patch), ctx.now)
    if isinstance(body.patch.metadata, Mapping):
        check_schema(rows.rulebook, after)
    if after is not voucher:
        rows.put(VOUCHERS, after)
    return shown(rows, after)


def _switch(rows: Rows, ctx: Ctx, body: Switch) -> Outcome:
    voucher = found(rows, ctx, body.reference)
    check_unprotected(rows, voucher)
    after = switched(voucher, active=body.active, now=ctx.now)
    if after is not voucher:
        rows.put(VOUCHERS, after)
    return shown(rows, after)


UPDATE: Action[Update] = Action("vouchers.update", _gather, _update)
"""Body: `Update`. Answers 200 with the voucher; Problem 404 for an unknown one or category, 400 for another kind."""

SWITCH: Action[Switch] = Action("vouchers.switch", _gather, _switch)
"""Body: `Switch`. Answers 200 with the voucher; Problem 404 for an unknown one."""
