"""What a publication is answered with, and what it leaves in its customer's feed (spec C 6.1)."""

from typing import Any

import msgspec
from msgspec import UNSET

from patron.db.actions import Ctx, Reply
from patron.db.rows import Rows
from patron.domains.customers import SimpleCustomer, whole
from patron.domains.customers.model import CUSTOMER_TOTALS, NO_SOURCE_ID, Customer
from patron.domains.customers.wire import CustomerKnown
from patron.domains.events import Campaign as CampaignOfEntry
from patron.domains.events import record
from patron.domains.events.model import ACTION, FAILURE, Publication, Recorded
from patron.domains.publications.actions.again import told_of
from patron.domains.publications.wire.told import (
    CampaignName,
    CustomerById,
    PublicationEntry,
    PublicationOut,
    PublishedVoucher,
    codes_of,
    told,
)
from patron.domains.vouchers import Campaigns
from patron.domains.vouchers.model import Voucher
from patron.domains.vouchers.wire.told import VoucherOut
from patron.http.answers import envelope_of
from patron.kernel.problems import Problem

_encode = msgspec.json.encode
FROM_PAGE = "CLIENT_API"


def answer(rows: Rows, ctx: Ctx, publication: Publication, customer: Customer, voucher: Voucher | None) -> Reply:
    """The answer to a publication: with the voucher, or with the codes of several, or of one that was deleted.

    A page is told no more of the customer than the names: anybody may send any source_id.
    """
    codes: Any = codes_of(publication)
    if voucher is None and codes is UNSET:
        codes = [publication.code]
    out = PublicationOut(
        **{**told(publication), "customer_id": customer.id},
        customer=_named(customer) if ctx.channel == FROM_PAGE else _whole(rows, ctx, customer),
        voucher=_voucher(rows, ctx, voucher) if voucher and codes is UNSET else UNSET,
        vouchers=codes,
    )
    return Reply(200, _encode(out), subject=customer.id)


def _whole(rows: Rows, ctx: Ctx, customer: Customer) -> Any:
    totals = rows.get(CUSTOMER_TOTALS, (ctx.project_id, customer.id))
    assert totals is not None
    return msgspec.Raw(whole(customer, totals))


def _voucher(rows: Rows, ctx: Ctx, voucher: Voucher) -> VoucherOut:
    return VoucherOut.of(Campaigns.of(rows.rulebook), *told_of(rows, ctx, voucher))


def _named(customer: Customer) -> Any:
    source_id = UNSET if customer.source_id == NO_SOURCE_ID else customer.source_id
    return CustomerKnown(id=customer.id, source_id=source_id)


def refuse(ctx: Ctx, publication: Publication, problem: Problem) -> Reply:
    """The answer to a publication that failed, which names it."""
    named = Problem(
        problem.status,
        problem.key,
        problem.message,
        problem.details,
        resource_id=publication.id,
        resource_type="publication",
    )
    return Reply(problem.status, envelope_of(named, ctx.request_id), subject=publication.customer_id)


def record_publication(
    rows: Rows, ctx: Ctx, publication: Publication, customer: Customer, vouchers: list[Voucher]
) -> None:
    """Tell the customer's feed of a publication, with the voucher where it is of one."""
    found = told_of(rows, ctx, vouchers[0]) if len(vouchers) == 1 else None
    failed = publication.result == FAILURE
    entry = PublicationEntry(
        **told(publication),
        result="FAILURE" if failed else "SUCCESS",
        customer=CustomerById(customer.id),
        voucher=UNSET
        if failed or found is None
        else PublishedVoucher.of(Campaigns.of(rows.rulebook), publication, found),
        vouchers=codes_of(publication),
        failure_code=publication.failure_code or UNSET,
        failure_message=publication.failure_message or UNSET,
    )
    data: dict[str, Any] = {"customer": SimpleCustomer.of(customer), "publication": entry}
    if found is not None:
        data["voucher"] = _voucher(rows, ctx, vouchers[0])
    campaign = None if publication.campaign_id is None else Campaigns.of(rows.rulebook).find(publication.campaign_id)
    if campaign is not None:
        data["campaign"] = CampaignName(campaign.id, campaign.name, campaign.campaign_type, campaign.type)
    kind: Recorded = "customer.publication.failed" if failed else "customer.publication.succeeded"
    of = None if campaign is None else CampaignOfEntry(campaign.id, campaign.campaign_type, campaign.name)
    record(rows, ctx, customer.id, kind, ACTION, _encode(data), campaign=of, code=publication.code)
