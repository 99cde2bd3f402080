"""Listing what a customer holds (spec I 1.5)."""

from patron.db.actions import Read
from patron.domains import customers
from patron.domains.metadata_schemas import narrowing
from patron.domains.vouchers.fields import HOLDING_FIELDS
from patron.domains.vouchers.model import HOLDER_PREFIX
from patron.domains.vouchers.store import FIRST_HOLDING, HOLDINGS, LAST_HOLDING, Holding, holdings_of
from patron.domains.vouchers.wire.redeemables import RedeemablesQuery
from patron.kernel.problems import invalid_query_params


async def list_redeemables(
    read: Read, project_id: str, reference: str, query: RedeemablesQuery, now: int
) -> tuple[list[Holding], int, bool]:
    """A page of what the customer with this id or source_id holds, how much that is in all, and whether there is more.

    `now` is epoch ms. Problem 404 for an unknown customer, 400 for what is no entry's id, or no filter.
    """
    narrowed = narrowing(HOLDING_FIELDS, query.filters, read.rulebook, now)
    customer, _ = await customers.find(read, project_id, reference)
    whose = {"project_id": project_id, "customer_id": customer.id, **narrowed.values}
    down = query.order == "-id"
    above, below = FIRST_HOLDING, LAST_HOLDING
    if query.starting_after_id is not None:
        after = query.starting_after_id
        if not after.startswith(HOLDER_PREFIX):
            raise invalid_query_params("starting_after_id: expected the id of an entry of this list")
        above, below = (above, after) if down else (after, below)
    page = {**whose, "above": above, "below": below, "limit": query.limit + 1}
    entries, [total] = await read.snapshot((narrowed.of(holdings_of(down=down)), page), (narrowed.of(HOLDINGS), whose))
    return entries[: query.limit], total, len(entries) > query.limit
