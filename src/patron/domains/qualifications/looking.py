"""What is looked at for a customer, the newest first: vouchers, promotion tiers and stacks (spec I 6)."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from heapq import merge

from patron.db.actions import Ctx, Read
from patron.domains.projects.model import ProjectSettings
from patron.domains.promotions import Promotions, PromotionStack, PromotionTier, age_of
from patron.domains.qualifications.policy import Offer, Search
from patron.domains.qualifications.wire import Filters
from patron.domains.vouchers import PROMOTION, Found, find_by_codes, of_one_for_all, offered

CHUNK = 50
_FROM_PAGE = "CLIENT_API"
_OF_VOUCHERS = "v_"
_OF_PROMOTIONS = {"campaign_type": PROMOTION, "voucher_type": None, "code": None, "holder_role": None}


def wallet_of(read: Read, ctx: Ctx, search: Search) -> str | None:
    """Whose vouchers are looked at. A page may name anybody: only where its project lets pages list vouchers."""
    person = search.facts.person
    if person is None:
        return None
    listed = ProjectSettings.of(read.rulebook).profile.client_list_vouchers_enabled
    return person.id if listed or ctx.channel != _FROM_PAGE else None


async def offers(read: Read, ctx: Ctx, search: Search, below: str) -> AsyncIterator[list[Offer]]:
    """What was made before this age, the newest first, some at a time; others are served between two portions."""
    chunk: list[Offer] = []
    promotions = map(Offer.of_promotion, _promotions(Promotions.of(read.rulebook), search, below))
    async for offer in _by_age(_vouchers(read, ctx, search, below), promotions):
        chunk.append(offer)
        if sum(each.weight for each in chunk) >= CHUNK:
            yield chunk
            chunk = []
            await asyncio.sleep(0)
    if chunk:
        yield chunk


async def _by_age(pages: AsyncIterator[list[Found]], promotions: Iterator[Offer]) -> AsyncIterator[Offer]:
    """Both together, the newest first; each of them is sorted so."""
    promotion = next(promotions, None)
    async for page in pages:
        for offer in map(Offer.of_voucher, page):
            while promotion is not None and promotion.age > offer.age:
                yield promotion
                promotion = next(promotions, None)
            yield offer
    while promotion is not None:
        yield promotion
        promotion = next(promotions, None)


async def _vouchers(read: Read, ctx: Ctx, search: Search, below: str) -> AsyncIterator[list[Found]]:
    """Vouchers, page by page; among them may be some that others hold."""
    if search.scenario == "PROMOTION_STACKS" or search.filters.exclude({"resource_type": "voucher"}):
        return
    last = f"{_OF_VOUCHERS}{below}"
    codes = search.filters.only("code")
    if codes is not None:
        named = [each for each in (await find_by_codes(read, ctx.project_id, codes)).values() if each[0].id < last]
        yield sorted(named, key=lambda each: each[0].id, reverse=True)
        return
    customer_id = wallet_of(read, ctx, search)
    generic = None if search.scenario == "CUSTOMER_WALLET" else await of_one_for_all(read, ctx.project_id)
    while page := await offered(read, ctx.project_id, customer_id, generic, below=last, limit=CHUNK):
        yield page
        last = page[-1][0].id


def _promotions(promotions: Promotions, search: Search, below: str) -> Iterable[PromotionTier | PromotionStack]:
    """Tiers and stacks, which are for everybody."""
    if search.scenario == "CUSTOMER_WALLET" or search.filters.exclude(_OF_PROMOTIONS):
        return ()
    filters = search.filters
    with_tiers = search.scenario != "PROMOTION_STACKS" and not filters.exclude({"resource_type": "promotion_tier"})
    with_stacks = not filters.exclude({"resource_type": "promotion_stack"})
    named = _named(promotions, filters)
    if named is None:
        tiers = promotions.older_tiers(below) if with_tiers else ()
        stacks = promotions.older_stacks(below) if with_stacks else ()
        return merge(tiers, stacks, key=age_of, reverse=True)
    wanted = [row for row in named if (with_tiers if isinstance(row, PromotionTier) else with_stacks)]
    return sorted((row for row in wanted if age_of(row) < below), key=age_of, reverse=True)


def _named(promotions: Promotions, filters: Filters) -> list[PromotionTier | PromotionStack] | None:
    """The only tiers and stacks that filters of ids or campaigns let pass; None where there is no such filter."""
    ids, campaign_ids = filters.only("resource_id"), filters.only("campaign_id")
    if ids is not None:
        tiers, stacks = map(promotions.tier, ids), map(promotions.stack, ids)
        return list({each.id: each for each in (*tiers, *stacks) if each is not None}.values())
    if campaign_ids is None:
        return None
    campaigns = dict.fromkeys(campaign_ids)
    of_tiers = [tier for each in campaigns for tier in promotions.tiers_of(each)]
    return [*of_tiers, *(stack for each in campaigns for stack in promotions.stacks_of(each))]
