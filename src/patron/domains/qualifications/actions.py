"""Looking for what a customer may redeem (spec I 6)."""

from dataclasses import replace

from msgspec import UNSET
from msgspec.structs import replace as replaced

from patron.db.actions import Ctx, Read
from patron.domains.qualifications.looking import offers, wallet_of
from patron.domains.qualifications.policy import (
    Offer,
    Qualified,
    Search,
    fields_of,
    in_order,
    is_for,
    not_checked,
    qualified,
)
from patron.domains.qualifications.telling import Teller
from patron.domains.qualifications.wire import QualificationIn, QualificationOptions, QualificationOut, QualifiedList
from patron.domains.redeemables import (
    Candidate,
    Facts,
    find_publications,
    find_ruled,
    find_units,
    held_by_others,
    judge,
    look,
    order_before,
    read_by_formulas,
    tiers_asked,
)
from patron.domains.redeemables.model import NOTHING_HELD
from patron.domains.redeemables.wire.asked import RedeemableIn
from patron.domains.stacking_rules import told_rules
from patron.domains.validation_rules import of_vouchers
from patron.domains.vouchers import Campaigns
from patron.http.cursors import Cursors
from patron.http.queries import moment_of
from patron.kernel.clock import to_iso
from patron.kernel.ids import TIME_DIGITS, earliest_id, moment_of_id
from patron.kernel.problems import Problem, invalid_payload

MOST_LOOKED_AT = 300
"""Redeemables that one request looks at, each tier of a stack as one; the next page goes on from there."""
_NEWEST = "~"
"""Younger than all."""


async def qualify(
    read: Read, ctx: Ctx, body: QualificationIn, tracking_id: str | None, cursors: Cursors
) -> QualificationOut:
    """What the customer may redeem for the order, each by itself. Problem 404 for an order by an unknown id."""
    facts = await look(read, ctx, body.asked(), tracking_id)
    search = Search(body.scenario or "ALL", body.options or QualificationOptions(), facts)
    before = judge(read.rulebook, ctx.now, facts)
    entries, last = await _find(read, ctx, search, _begin(search.options, cursors))
    return QualificationOut(
        redeemables=await _page(read, ctx, search, entries, last, cursors),
        tracking_id=tracking_id or UNSET,
        order=order_before(before),
        stacking_rules=told_rules(read.rulebook),
        not_checked=not_checked(search.scenario),
    )


def _begin(options: QualificationOptions, cursors: Cursors) -> str:
    """The age below which redeemables are looked at. Problem 400."""
    if options.cursor:
        return str(cursors.open(options.cursor)[0])
    if not options.starting_after:
        return _NEWEST
    try:
        return earliest_id("", moment_of("starting_after", options.starting_after))
    except Problem as problem:
        raise invalid_payload(f"options.{problem.details}") from None


async def _find(read: Read, ctx: Ctx, search: Search, below: str) -> tuple[list[Qualified], str | None]:
    """Those that qualify, and the age of the last that was looked at, where there may be more after it.

    Where they are sorted by what they take off, all that are looked at count; else as many as a page has.
    """
    entries: list[Qualified] = []
    looked_at, last = 0, None
    async for chunk in offers(read, ctx, search, below):
        found = await _judged(read, ctx, search, chunk)
        for offer in chunk:
            entry = found.get(offer.age)
            if entry is not None:
                if search.sorting_rule == "DEFAULT" and len(entries) == search.limit:
                    return entries, last
                entries.append(entry)
            last = offer.age
        looked_at += sum(offer.weight for offer in chunk)
        if looked_at >= MOST_LOOKED_AT:
            return entries, last
    return entries, None


async def _judged(read: Read, ctx: Ctx, search: Search, chunk: list[Offer]) -> dict[str, Qualified]:
    """Those of some offers that qualify, by their age. The reads are the same in number however many there are."""
    customer_id = wallet_of(read, ctx, search)
    meant = [offer for offer in chunk if _is_meant(read, search, offer, customer_id)]
    facts = await _facts(read, ctx, search, meant)
    entries: dict[str, Qualified] = {}
    for offer in meant:
        asked = replaced(facts.asked, redeemables=[RedeemableIn(object=offer.kind, id=offer.name)])
        alone = {offer.name: facts.vouchers[offer.name]} if offer.found is not None else {}
        judgement = judge(read.rulebook, ctx.now, replace(facts, asked=asked, vouchers=alone))
        entry = qualified(offer, judgement, search.scenario)
        if entry is not None:
            entries[offer.age] = entry
    return entries


def _is_meant(read: Read, search: Search, offer: Offer, customer_id: str | None) -> bool:
    campaign_id = offer.row.campaign_id
    campaign = None if campaign_id is None else Campaigns.of(read.rulebook).find(campaign_id)
    return is_for(offer, campaign, customer_id) and search.filters.hold(fields_of(offer, campaign, customer_id))


async def _facts(read: Read, ctx: Ctx, search: Search, meant: list[Offer]) -> Facts:
    """The facts of the request with all that is known of these offers."""
    found = [offer.found for offer in meant if offer.found is not None]
    held = await held_by_others(read, ctx, None, found)
    tier_ids = dict.fromkeys(tier_id for offer in meant for tier_id in offer.tier_ids)
    tiers = [RedeemableIn(object="promotion_tier", id=tier_id) for tier_id in tier_ids]
    facts = replace(
        search.facts,
        asked=replaced(search.facts.asked, redeemables=tiers),
        vouchers={each[0].code: Candidate(*each, held.get(each[0].id, NOTHING_HELD)) for each in found},
    )
    discounts = [each[0].discount for each in found if each[0].discount is not None]
    discounts += [tier.discount for tier in tiers_asked(read.rulebook, facts.asked)]
    facts = replace(
        facts,
        units=await find_units(read, ctx.project_id, discounts),
        publications=await find_publications(
            read, ctx.project_id, read_by_formulas(read.rulebook, found), _person_id(facts)
        ),
    )
    return replace(facts, ruled=replace(await find_ruled(read, ctx, facts), budgets=False))


def _person_id(facts: Facts) -> str | None:
    return None if facts.person is None else facts.person.id


async def _page(
    read: Read, ctx: Ctx, search: Search, entries: list[Qualified], last: str | None, cursors: Cursors
) -> QualifiedList:
    chosen = in_order(entries, search.sorting_rule)[: search.limit]
    goes_on = last if search.sorting_rule == "DEFAULT" else None
    assigned = None
    if "validation_rules" in search.expand:
        codes = [entry.offer.name for entry in chosen if entry.offer.found is not None]
        assigned = await of_vouchers(read, ctx.project_id, codes)
    teller = Teller(read.rulebook, search.expand, ctx.request_id, assigned)
    data = [teller.tell(entry) for entry in chosen]
    return QualifiedList(
        data=data,
        total=len(data),
        has_more=goes_on is not None or len(entries) > len(chosen),
        more_starting_after=UNSET if goes_on is None else to_iso(moment_of_id(goes_on[:TIME_DIGITS])),
        next_cursor=UNSET if goes_on is None else cursors.seal((goes_on,)),
    )
