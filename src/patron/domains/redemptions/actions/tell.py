"""What a write tells of redemptions: beside a row, in its answer, and in its customer's feed (spec C 6.1)."""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from patron.db.actions import Ctx
from patron.db.rows import Rows
from patron.domains.customers import SimpleCustomer
from patron.domains.customers.model import CUSTOMERS, Customer
from patron.domains.events import Campaign as CampaignOfEntry
from patron.domains.events import record
from patron.domains.events.model import ACTION, Recorded
from patron.domains.redemptions.model import FAILURE, NOBODY, REDEMPTION, ROLLBACK, SEVERAL, Redemption
from patron.domains.redemptions.wire.told import Around, FoundVoucher, RedemptionOut, RollbackOut
from patron.domains.validation_rules.model import VOUCHER_RULES
from patron.domains.vouchers import Campaigns, its_totals
from patron.domains.vouchers.model import VOUCHER_HOLDERS, Voucher
from patron.domains.vouchers.wire.told import VoucherOut

_encode = msgspec.json.encode


class CampaignInShort(msgspec.Struct, frozen=True):
    """The campaign of what was redeemed."""

    id: str
    name: str
    campaign_type: str
    type: str
    object: str = "campaign"


class RedemptionInShort(msgspec.Struct, frozen=True, kw_only=True):
    """A redemption or rollback in a feed; what else there is to tell stands beside it."""

    id: str
    date: str
    customer_id: str | None
    tracking_id: str | UnsetType
    amount: int | UnsetType
    redemption: str | UnsetType
    result: str
    status: str
    metadata: dict[str, Any]
    failure_code: str | UnsetType
    failure_message: str | UnsetType
    reason: str | UnsetType
    object: str

    @classmethod
    def of(cls, out: RedemptionOut | RollbackOut) -> "RedemptionInShort":
        """The short form of what is told."""
        return cls(
            id=out.id,
            date=out.date,
            customer_id=out.customer_id,
            tracking_id=out.tracking_id or UNSET,
            amount=out.amount,
            redemption=out.redemption or UNSET,
            result=out.result,
            status=out.status.replace("_", " "),
            metadata=out.metadata,
            failure_code=out.failure_code,
            failure_message=out.failure_message,
            reason=out.reason if isinstance(out, RollbackOut) else UNSET,
            object=ROLLBACK if isinstance(out, RollbackOut) else REDEMPTION,
        )


def customer_of(rows: Rows, ctx: Ctx, customer_id: str) -> Customer | None:
    """The customer of a row, under lock; None for nobody, and for one who was deleted."""
    return None if customer_id == NOBODY else rows.get(CUSTOMERS, (ctx.project_id, customer_id))


def beside(rows: Rows, ctx: Ctx, voucher: Voucher | None) -> FoundVoucher | None:
    """A voucher as it is told beside a row, at the end of this write."""
    if voucher is None:
        return None
    key = (ctx.project_id, voucher.code)
    holder = rows.get(VOUCHER_HOLDERS, key)
    rule = rows.get(VOUCHER_RULES, key) if rows.knows(VOUCHER_RULES, key) else None
    return voucher, its_totals(rows, voucher), None if holder is None else holder.customer_id, rule


def record_redemption(
    rows: Rows, ctx: Ctx, row: Redemption, around: Around, out: RedemptionOut | RollbackOut, order: bytes | None
) -> None:
    """Tell of a redemption or rollback in its customer's feed; a parent stands for others, of which the feed tells.

    `order` is that order as JSON.
    """
    if around.customer is None or row.related_type == SEVERAL:
        return
    data: dict[str, Any] = {
        "customer": SimpleCustomer.of(around.customer),
        row.object: RedemptionInShort.of(out),
    }
    if order is not None:
        data["order"] = msgspec.Raw(order)
    if isinstance(out.voucher, VoucherOut):
        data["voucher"] = out.voucher
    if out.promotion_tier is not UNSET:
        data["promotion_tier"] = out.promotion_tier
    campaign = None if row.campaign_id is None else Campaigns.of(rows.rulebook).find(row.campaign_id)
    if campaign is not None:
        data["campaign"] = CampaignInShort(campaign.id, campaign.name, campaign.campaign_type, campaign.type)
    record(
        rows,
        ctx,
        around.customer.id,
        _kind(row),
        ACTION,
        _encode(data),
        campaign=None if campaign is None else CampaignOfEntry(campaign.id, campaign.campaign_type, campaign.name),
        code=row.code,
    )


def _kind(row: Redemption) -> Recorded:
    failed = row.result == FAILURE
    if row.object == ROLLBACK:
        return "customer.redemption.rollback.failed" if failed else "customer.redemption.rollback.succeeded"
    return "customer.redemption.failed" if failed else "customer.redemption.succeeded"
