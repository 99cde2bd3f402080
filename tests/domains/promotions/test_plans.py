"""What is asked of tiers and stacks goes by an index, and looks at no more rows when there are more."""

from typing import Any

import msgspec
import pytest

from bench.shop import BEGIN_MS, analyze, fill, project_of, write
from patron.db.statements import Statement
from patron.domains.promotions.model import (
    PROMOTION_STACKS,
    PROMOTION_TIER_TOTALS,
    PROMOTION_TIERS,
    PromotionStack,
    PromotionTier,
    PromotionTierTotals,
)
from patron.domains.promotions.store import (
    BINNED_STACKS_OF,
    BINNED_TIERS_OF,
    STACK,
    STACKS_OF,
    TIER,
    TIERS_OF,
    TOTALS_OF,
)
from tests.support.plans import plan_of

MANY, OF_ONE = 4_000, 10
CAMPAIGN = "camp_0007"
IDS = msgspec.json.encode([f"promo_{n:07}" for n in range(70, 80)]).decode()
READS: dict[str, tuple[Statement[Any], dict[str, Any]]] = {
    "tier": (TIER, {"id": "promo_0000071"}),
    "stack": (STACK, {"id": "stack_0000071"}),
    "tiers of a campaign": (TIERS_OF, {"campaign_id": CAMPAIGN}),
    "stacks of a campaign": (STACKS_OF, {"campaign_id": CAMPAIGN}),
    "tiers in the bin": (BINNED_TIERS_OF, {"campaign_id": CAMPAIGN}),
    "stacks in the bin": (BINNED_STACKS_OF, {"campaign_id": CAMPAIGN}),
    "totals": (TOTALS_OF, {"ids": IDS}),
}


@pytest.fixture(scope="module")
def filled(shared_database_url: str) -> tuple[str, str]:
    """A database with ten tiers and stacks in each of many campaigns, every other in the bin; its URL and project."""
    fill(shared_database_url, 10)
    project_id = project_of(shared_database_url)
    numbers = range(MANY)
    write(
        shared_database_url,
        {
            PROMOTION_TIERS: [_tier(project_id, n) for n in numbers],
            PROMOTION_STACKS: [_stack(project_id, n) for n in numbers],
            PROMOTION_TIER_TOTALS: [PromotionTierTotals(project_id, f"promo_{n:07}") for n in numbers],
        },
    )
    analyze(shared_database_url)
    return shared_database_url, project_id


def _tier(project_id: str, n: int) -> PromotionTier:
    return PromotionTier(
        project_id=project_id,
        id=f"promo_{n:07}",
        campaign_id=f"camp_{n // OF_ONE:04}",
        name="Ten off",
        banner=None,
        discount="{}",
        metadata="{}",
        hierarchy=n % OF_ONE,
        active=1,
        start_at=None,
        expires_at=None,
        validity=None,
        category_id=None,
        in_bin=n % 2,
        created_at=BEGIN_MS,
        updated_at=None,
        deleted_at=BEGIN_MS if n % 2 else None,
        version=1,
    )


def _stack(project_id: str, n: int) -> PromotionStack:
    return PromotionStack(
        project_id=project_id,
        id=f"stack_{n:07}",
        campaign_id=f"camp_{n // OF_ONE:04}",
        name="Both",
        tier_ids="[]",
        category_id=None,
        in_bin=n % 2,
        created_at=BEGIN_MS,
        updated_at=None,
        deleted_at=BEGIN_MS if n % 2 else None,
        version=1,
    )


@pytest.mark.parametrize("name", READS)
def test_a_read_goes_by_an_index(filled: tuple[str, str], name: str) -> None:
    url, project_id = filled
    statement, params = READS[name]
    plan = plan_of(url, statement, {"project_id": project_id, **params})
    assert plan.steps
    assert not plan.faults, plan.steps
    assert plan.rows_read <= 2 * OF_ONE
