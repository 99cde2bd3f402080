"""Vouchers as objects that validation rules are assigned to."""

from patron.db.actions import Ctx
from patron.db.rows import Rows
from patron.domains.validation_rules import Target
from patron.domains.validation_rules.model import VOUCHER
from patron.domains.vouchers.actions.find import found, want


def _found(rows: Rows, ctx: Ctx, reference: str) -> tuple[str, str]:
    voucher = found(rows, ctx, reference)
    return voucher.code, voucher.id


TARGETS = (Target(VOUCHER, want, _found),)
