"""Finding redemptions, and what is told beside them."""

from collections.abc import Iterable, Sequence

import msgspec

from patron.db.actions import Read
from patron.domains import customers, vouchers
from patron.domains.customers.model import Customer
from patron.domains.promotions import Promotions, totals_by_tier
from patron.domains.promotions.wire.told import TierOut, its_totals
from patron.domains.redemptions.model import NOBODY, SEVERAL, TIER, VOUCHER, Redemption, place_of
from patron.domains.redemptions.store import BY_ID, PARTS_OF_MANY, REDEEMED_BY
from patron.domains.redemptions.wire.told import Around, FoundVoucher, RedemptionOut, RollbackOut, told
from patron.domains.validation_rules import of_vouchers
from patron.domains.validation_rules.model import VALIDATION_RULES
from patron.domains.vouchers import Campaigns
from patron.kernel.problems import Problem, not_found


async def find(read: Read, project_id: str, redemption_id: str) -> Redemption:
    """The redemption or rollback with this id. Problem 404."""
    row = await read.one(BY_ID, project_id=project_id, place=place_of(redemption_id), id=redemption_id)
    if row is None:
        raise unknown(redemption_id)
    return row


async def with_surroundings(
    read: Read, project_id: str, rows: Sequence[Redemption]
) -> list[RedemptionOut | RollbackOut]:
    """Stored rows as they are told, with their customers and vouchers as those are now."""
    whose = await customers.find_many(read, project_id, (row.customer_id for row in rows if row.customer_id != NOBODY))
    found = await _vouchers(read, project_id, [row.related_id for row in rows if row.related_type == VOUCHER])
    tiers = await _tiers(read, project_id, {row.related_id for row in rows if row.related_type == TIER})
    parts = await _parts(read, project_id, [row.id for row in rows if row.related_type == SEVERAL])
    campaigns = Campaigns.of(read.rulebook)
    return [
        told(
            campaigns,
            row,
            Around(
                customer=whose[row.customer_id][0] if row.customer_id in whose else None,
                voucher=found.get(row.related_id),
                tier=tiers.get(row.related_id),
                parts=parts.get(row.id, ()),
            ),
        )
        for row in rows
    ]


async def _vouchers(read: Read, project_id: str, ids: list[str]) -> dict[str, FoundVoucher]:
    """The vouchers with these ids, as far as they are there, each with its rule; nobody asks where there are none."""
    found = await vouchers.find_many(read, project_id, ids)
    codes = [voucher.code for voucher, _, _ in found.values()]
    rules = await of_vouchers(read, project_id, codes) if codes and read.rulebook.rows(VALIDATION_RULES) else {}
    return {voucher_id: (*of, rules.get(of[0].code)) for voucher_id, of in found.items()}


async def _tiers(read: Read, project_id: str, tier_ids: Iterable[str]) -> dict[str, TierOut]:
    """The tiers with these ids, as far as they are there; as every process knows them, a second old at most."""
    known = Promotions.of(read.rulebook)
    tiers = [tier for tier_id in sorted(tier_ids) if (tier := known.tier(tier_id)) is not None]
    totals = await totals_by_tier(read, project_id, [tier.id for tier in tiers])
    return {tier.id: TierOut.of(read.rulebook, tier, its_totals(tier, totals)) for tier in tiers}


async def _parts(read: Read, project_id: str, parent_ids: Iterable[str]) -> dict[str, list[Redemption]]:
    asked = sorted(parent_ids)
    if not asked:
        return {}
    parts: dict[str, list[Redemption]] = {}
    given = msgspec.json.encode(asked).decode()
    found = await read.all(PARTS_OF_MANY, project_id=project_id, parent_ids=given)
    for part in sorted(found, key=lambda part: part.place):
        parts.setdefault(part.parent_id or "", []).append(part)
    return parts


def unknown(redemption_id: str) -> Problem:
    """404 in the reference's words."""
    return not_found("redemption", redemption_id)


async def redeemed_by(read: Read, customer: Customer, limit: int) -> list[Redemption]:
    """What a customer redeemed last, one by one, the newest first; also what was rolled back since."""
    found: list[Redemption] = []
    for customer_id in await customers.histories(read, customer):
        found += await read.all(REDEEMED_BY, project_id=customer.project_id, customer=customer_id, limit=limit)
    return sorted(found, key=lambda row: row.place, reverse=True)[:limit]
