"""Adding an entry to a customer's feed, in the unit of what it tells of (spec C 2.8).

For domains above: call `record` in `apply`. It reads nothing and locks nothing, so `gather` need name no row for it.
Whoever counts such entries follows `EntryRecorded`, which a gather may expect where it expects nothing else of the
customer: else the write is made a second time.
"""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from patron.db.actions import Ctx
from patron.db.rows import Rows
from patron.domains.events.model import ACTIVITY, ENTRY_PREFIX, Activity, EntryRecorded, Recorded

Category = Literal["ACTION", "EFFECT"]

_INTERNAL = "INTERNAL"
_WITH_KEYS = frozenset({"API", "CLIENT_API"})
_FROM_OUTSIDE = _WITH_KEYS | {"USER_PORTAL"}
"""The channels that are told; whatever else happens comes from within."""

_encode = msgspec.json.encode


class Campaign(msgspec.Struct, frozen=True):
    """The campaign that an entry has to do with; `type` is GIFT_VOUCHERS, LOYALTY_PROGRAM …"""

    id: str
    type: str
    name: str


class _ApiKey(msgspec.Struct, frozen=True):
    name: str
    app_id: str


class _Source(msgspec.Struct, frozen=True):
    channel: str
    api_key: _ApiKey | UnsetType = UNSET


def record(
    rows: Rows,
    ctx: Ctx,
    customer_id: str,
    kind: Recorded,
    category: Category,
    data: bytes,
    *,
    campaign: Campaign | None = None,
    code: str = "",
    product_id: str | None = None,
) -> None:
    """Add an entry of this kind (`customer.created` …), whose `data` is a JSON object as it will be told.

    An ACTION is what the customer or a caller did, an EFFECT what followed from it. Entries of one write keep the
    order in which they were recorded.
    """
    rows.add(
        ACTIVITY,
        Activity(
            project_id=ctx.project_id,
            customer_id=customer_id,
            id=ctx.serial_id(ENTRY_PREFIX, customer_id, rows.next_serial()),
            type=kind,
            category=category,
            campaign_id=None if campaign is None else campaign.id,
            campaign_type=None if campaign is None else campaign.type,
            campaign="" if campaign is None else campaign.name,
            code=code,
            product_id=product_id,
            group_id=ctx.request_id,
            source=source_of(ctx),
            data=data.decode(),
            created_at=ctx.now,
        ),
    )
    rows.announce(EntryRecorded(ctx.project_id, customer_id, kind))


def source_of(ctx: Ctx) -> str:
    """Through what the write came, as it will be told."""
    channel = ctx.channel if ctx.channel in _FROM_OUTSIDE else _INTERNAL
    key = _ApiKey(ctx.key_name, ctx.key_id) if channel in _WITH_KEYS else UNSET
    return _encode(_Source(channel, key)).decode()
