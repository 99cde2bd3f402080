"""Balances and the transactions that explain them (spec I 1.5, 1.6)."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.vouchers.model import REDEMPTION, REFUND, VoucherTransaction
from patron.kernel.clock import to_iso


class VoucherBalanceIn(msgspec.Struct, frozen=True, kw_only=True):
    """By how much to move a balance, in minor units: what is positive is added, what is negative is taken.

    `source_id` is the caller's own name of this one change: sent again for the same card with the same amount, it
    moves nothing and is answered as the first time.
    """

    amount: int
    source_id: Annotated[str, Meta(min_length=1, max_length=255)] | None | UnsetType = UNSET
    reason: Annotated[str, Meta(max_length=1_000)] | None | UnsetType = UNSET


class RelatedVoucher(msgspec.Struct, frozen=True, kw_only=True):
    type: Literal["voucher"] = "voucher"
    id: str


class VoucherBalanceOut(msgspec.Struct, frozen=True, kw_only=True):
    """A balance after it moved by `amount`; `total` is all credits that the card ever got. In minor units."""

    amount: int
    total: int
    balance: int
    type: Literal["gift_voucher"] = "gift_voucher"
    operation_type: Literal["MANUAL", "AUTOMATIC"] = "MANUAL"
    object: Literal["balance"] = "balance"
    related_object: RelatedVoucher


class Cause(msgspec.Struct, frozen=True):
    """The id of what moved a balance."""

    id: str


class TransactionDetails(msgspec.Struct, frozen=True):
    """The balance, and by which redemption or rollback it moved: neither where that was by hand, or by an import."""

    balance: VoucherBalanceOut
    redemption: Cause | UnsetType = UNSET
    rollback: Cause | UnsetType = UNSET


class VoucherTransactionOut(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a balance."""

    id: str
    source_id: str | None
    voucher_id: str
    campaign_id: str | None
    type: Literal["CREDITS_ADDITION", "CREDITS_REMOVAL", "CREDITS_REDEMPTION", "CREDITS_REFUND"]
    source: str | None
    reason: str | None
    details: TransactionDetails
    related_transaction_id: None = None
    created_at: str

    @classmethod
    def of(cls, transaction: VoucherTransaction) -> "VoucherTransactionOut":
        """The answer for a stored transaction."""
        kind: Any = transaction.type
        causes = _causes(transaction)
        balance = VoucherBalanceOut(
            amount=transaction.amount,
            total=transaction.total,
            balance=transaction.balance,
            operation_type="AUTOMATIC" if causes else "MANUAL",
            related_object=RelatedVoucher(id=transaction.voucher_id),
        )
        return cls(
            id=transaction.id,
            source_id=transaction.source_id,
            voucher_id=transaction.voucher_id,
            campaign_id=transaction.campaign_id,
            type=kind,
            source=transaction.source,
            reason=transaction.reason,
            details=TransactionDetails(balance, **causes),
            created_at=to_iso(transaction.created_at),
        )


def _causes(transaction: VoucherTransaction) -> dict[str, Cause]:
    """What moved a balance by itself, by its name in the details."""
    name = _CAUSES.get(transaction.type)
    return {} if name is None or transaction.source_id is None else {name: Cause(transaction.source_id)}


_CAUSES = {REDEMPTION: "redemption", REFUND: "rollback"}


class VoucherTransactionList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of transactions. `more_starting_after` is absent on the last page."""

    object: Literal["list"] = "list"
    data_ref: Literal["data"] = "data"
    data: list[VoucherTransactionOut]
    has_more: bool
    more_starting_after: str | UnsetType = UNSET
