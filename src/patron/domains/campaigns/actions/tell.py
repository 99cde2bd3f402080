"""What happened in a campaign: its summary, and the transactions of its cards (spec I 2.2)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec

from patron.db.actions import Ctx, Read
from patron.domains.campaigns.actions.find import find
from patron.domains.campaigns.store import Found
from patron.domains.campaigns.wire.asked import SummaryQuery
from patron.domains.metadata_schemas import narrowing
from patron.domains.vouchers import (
    AFTER_THE_LAST,
    BEFORE_THE_FIRST,
    DAY_MS,
    DAY_SUMS,
    DAYS,
    GIFT_VOUCHERS,
    TRANSACTION_FIELDS,
    Campaign,
    day_of,
    transactions_in,
)
from patron.domains.vouchers.model import TRANSACTION_PREFIX, VoucherTransaction
from patron.domains.vouchers.wire.asked import TransactionsQuery
from patron.http.queries import moment_of
from patron.kernel.problems import invalid_query_params

Counting = Callable[[Read, Campaign, int, int], Awaitable[Mapping[str, int]]]
"""What was done in a campaign from one moment (epoch ms) up to another, by the names that figures have in a summary.

Publications and redemptions stand above campaigns: whoever counts them is handed over.
"""

FIRST_DAY, LAST_DAY = -1_000_000, 10_000_000


class Sums(msgspec.Struct, frozen=True):
    """What happened in a campaign, with the fields of a day, and what was counted when it was asked."""

    campaign: Found
    by_name: Mapping[str, int]


async def summarize(
    read: Read, project_id: str, reference: str, query: SummaryQuery, counting: Sequence[Counting]
) -> Sums:
    """The sums over the days that a query names. Problem 404 for an unknown campaign, 400 for what is no day."""
    first = day_of(moment_of("start_date", query.start_date)) if query.start_date else FIRST_DAY
    last = day_of(moment_of("end_date", query.end_date)) if query.end_date else LAST_DAY
    if first > last:
        raise invalid_query_params("end_date: expected no earlier than start_date")
    found = await find(read, project_id, reference)
    where = {"project_id": project_id, "campaign_id": found[0].id, "first": first, "last": last}
    [sums] = await read.all(DAYS, **where)
    by_name = dict(zip(DAY_SUMS, sums, strict=True))
    for count in counting:
        by_name |= await count(read, found[0], first * DAY_MS, (last + 1) * DAY_MS)
    return Sums(found, by_name)


async def list_transactions(
    read: Read, ctx: Ctx, reference: str, query: TransactionsQuery
) -> tuple[list[VoucherTransaction], bool]:
    """A page of the transactions of a campaign's cards, and whether there is more; none where it has no cards.

    Problem 404 for an unknown campaign, 400 for what is no transaction's id, or no filter.
    """
    narrowed = narrowing(TRANSACTION_FIELDS, query.filters, read.rulebook, ctx.now)
    campaign, _ = await find(read, ctx.project_id, reference)
    after = query.starting_after_id
    if after is not None and not after.startswith(TRANSACTION_PREFIX):
        raise invalid_query_params("starting_after_id: expected the id of a transaction")
    if campaign.campaign_type != GIFT_VOUCHERS:
        return [], False
    down = query.order == "-id"
    where: dict[str, Any] = {"above": BEFORE_THE_FIRST, "below": AFTER_THE_LAST}
    if after is not None:
        where["below" if down else "above"] = after
    whose = {"project_id": ctx.project_id, "campaign_id": campaign.id, **narrowed.values}
    entries = await read.scan(narrowed.of(transactions_in(down=down)), **whose, **where, limit=query.limit + 1)
    return entries[: query.limit], len(entries) > query.limit
