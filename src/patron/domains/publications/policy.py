"""Pure decisions about a publication: what was asked for, and what is kept of it."""

from typing import Any

import msgspec

from patron.domains.customers.model import Customer
from patron.domains.customers.wire import CustomerIn
from patron.domains.events.model import FAILURE, NO_CODE, SUCCESS, Publication
from patron.domains.publications.wire.asked import CampaignChoice, PublicationIn
from patron.domains.vouchers import Campaign
from patron.domains.vouchers.model import Voucher
from patron.engine.durations import duration_of, later
from patron.kernel.clock import from_iso
from patron.kernel.incentive_problems import missing_vouchers, no_voucher_suitable_for_publication
from patron.kernel.incentive_problems import too_many_vouchers_requested as too_many
from patron.kernel.problems import Problem
from patron.kernel.zones import zone_of

_encode = msgspec.json.encode

CHANNEL = "API"


class Publish(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for, however it was asked. `campaign` is a name or an id; of `voucher` and it, one is there."""

    customer: CustomerIn
    voucher: str | None
    campaign: str | None
    count: int
    join_once: bool
    source_id: str | None
    channel: str
    metadata: dict[str, Any]


def asked(body: PublicationIn, *, join_once: bool, campaign: str | None = None) -> Publish:
    """What a body asks for; `campaign` is the one beside it. Problem 400 for nothing, or for too much."""
    given, count = body.campaign, 1
    if isinstance(given, CampaignChoice):
        count = given.count if isinstance(given.count, int) else 1
        given = given.name
    chosen = given or campaign
    if not body.voucher and not chosen:
        raise missing_vouchers("Either campaign or voucher is required")
    if body.voucher and count > 1:
        raise too_many("campaign.count: expected 1 beside voucher, which is one code")
    if body.source_id and count > 1:
        raise too_many("campaign.count: expected 1 beside source_id, which stands for one code")
    return Publish(
        customer=body.customer,
        voucher=body.voucher or None,
        campaign=chosen or None,
        count=count,
        join_once=join_once,
        source_id=body.source_id or None,
        channel=body.channel or CHANNEL,
        metadata=body.metadata or {},
    )


def unusable(voucher: Voucher, now: int) -> Problem | None:
    """Why a voucher is not to be given away, whoever asks for it; None: it may be."""
    if not voucher.active:
        return no_voucher_suitable_for_publication(f"Voucher '{voucher.code}' is disabled")
    if voucher.expires_at is not None and voucher.expires_at <= now:
        return no_voucher_suitable_for_publication(f"Voucher '{voucher.code}' has expired")
    return None


class Given(msgspec.Struct, frozen=True):
    """What a publication is to be: whom and what it is about, and why it failed where it did."""

    id: str
    customer: Customer
    vouchers: list[Voucher]
    campaign: Campaign | None = None
    refusal: Problem | None = None


def new_publication(given: Given, body: Publish, now: int) -> Publication:
    """The publication to store."""
    codes = [voucher.code for voucher in given.vouchers]
    refusal = given.refusal
    return Publication(
        project_id=given.customer.project_id,
        id=given.id,
        customer_id=given.customer.id,
        tracking_id=given.customer.source_id,
        source_id=body.source_id,
        channel=body.channel,
        metadata=_encode(body.metadata).decode(),
        campaign_id=None if given.campaign is None else given.campaign.id,
        campaign=None if given.campaign is None else given.campaign.name,
        voucher_type=given.vouchers[0].type if given.vouchers else None,
        code=codes[0] if codes else NO_CODE,
        codes=_encode(codes).decode() if body.count > 1 and refusal is None else None,
        voucher_ids=_encode([voucher.id for voucher in given.vouchers]).decode(),
        result=SUCCESS if refusal is None else FAILURE,
        failure_code=None if refusal is None else refusal.key,
        failure_message=None if refusal is None else refusal.details,
        created_at=now,
    )


_LATEST = from_iso("9999-12-30")
_UTC = zone_of("UTC")


def end_of(moment: int, lifetime: str) -> int:
    """When what begins at this moment (epoch ms) and lasts for an ISO 8601 duration ends, by the calendar of UTC.

    A month after the 31st is the last day of the next month. No end is later than the year 9999.

    >>> end_of(0, "P1D"), end_of(0, "PT90M"), end_of(30 * 86_400_000, "P1M") // 86_400_000
    (86400000, 5400000, 58)
    """
    duration = duration_of(lifetime)
    return moment if duration is None else min(later(moment, duration, 1, _UTC), _LATEST)
