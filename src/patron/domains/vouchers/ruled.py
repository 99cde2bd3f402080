"""Vouchers as objects that validation rules are assigned to."""

from patron.db.actions import Ctx, Read, Wants
from patron.db.rows import Rows
from patron.domains.validation_rules import Target
from patron.domains.validation_rules.model import VOUCHER
from patron.domains.vouchers.actions.find import find, found, want


async def _want(read: Read, ctx: Ctx, wants: Wants, reference: str) -> tuple[str, str]:
    voucher, _, _ = await find(read, ctx.project_id, reference)
    await want(read, ctx, wants, reference)
    return voucher.code, voucher.id


def _found(rows: Rows, ctx: Ctx, reference: str) -> tuple[str, str]:
    voucher = found(rows, ctx, reference)
    return voucher.code, voucher.id


TARGETS = (Target(VOUCHER, _want, _found),)
