"""Looking for what a customer may redeem (spec I 6)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from msgspec import UNSET
from msgspec.structs import replace as replaced

from patron.db.actions import Ctx, Read
from patron.domains.projects.model import ProjectSettings
from patron.domains.qualifications.policy import NOT_CHECKED, Qualified, fields_of, in_order, qualified, told
from patron.domains.qualifications.wire import (
    Filters,
    QualificationIn,
    QualificationOptions,
    QualificationOut,
    QualifiedList,
)
from patron.domains.redeemables import (
    Candidate,
    Facts,
    find_ruled,
    find_units,
    held_by_others,
    judge,
    look,
    order_before,
)
from patron.domains.redeemables.model import NOTHING_HELD
from patron.domains.redeemables.wire.asked import RedeemableIn
from patron.domains.stacking_rules import told_rules
from patron.domains.vouchers import LAST_ID, Campaigns, Found, find_by_codes, of_one_for_all, offered
from patron.http.cursors import Cursors
from patron.http.queries import moment_of
from patron.kernel.ids import earliest_id
from patron.kernel.problems import Problem, invalid_payload

LIMIT = 5
CHUNK = 50
MOST_LOOKED_AT = 300
"""Vouchers that one request looks at; the next page goes on from there."""
_FROM_PAGE = "CLIENT_API"
_VOUCHER = "v_"


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: `limit` of those that qualify in a scenario, for a request whose facts these are."""

    scenario: str
    options: QualificationOptions
    facts: Facts

    @property
    def limit(self) -> int:
        return self.options.limit or LIMIT

    @property
    def filters(self) -> Filters:
        return self.options.filters or Filters()

    @property
    def sorting_rule(self) -> str:
        return self.options.sorting_rule or "DEFAULT"


async def qualify(
    read: Read, ctx: Ctx, body: QualificationIn, tracking_id: str | None, cursors: Cursors
) -> QualificationOut:
    """What the customer may redeem for the order, each by itself. Problem 404 for an order by an unknown id."""
    facts = await look(read, ctx, body.asked(), tracking_id)
    search = Search(body.scenario or "ALL", body.options or QualificationOptions(), facts)
    before = judge(read.rulebook, ctx.now, facts)
    entries, last = await _find(read, ctx, search, _begin(search.options, cursors))
    return QualificationOut(
        redeemables=_page(ctx, search, entries, last, cursors),
        tracking_id=tracking_id or UNSET,
        order=order_before(before),
        stacking_rules=told_rules(read.rulebook),
        not_checked=NOT_CHECKED.get(search.scenario, []),
    )


def _begin(options: QualificationOptions, cursors: Cursors) -> str:
    """The id before which vouchers are looked at. Problem 400."""
    if options.cursor:
        return str(cursors.open(options.cursor)[0])
    if not options.starting_after:
        return LAST_ID
    try:
        return earliest_id(_VOUCHER, moment_of("starting_after", options.starting_after))
    except Problem as problem:
        raise invalid_payload(f"options.{problem.details}") from None


async def _find(read: Read, ctx: Ctx, search: Search, below: str) -> tuple[list[Qualified], str | None]:
    """Those that qualify, and the id of the last voucher that was looked at, where there may be more after it.

    Where they are sorted by what they take off, all that are looked at count; else as many as a page has.
    """
    entries: list[Qualified] = []
    looked_at, last = 0, None
    async for chunk in _chunks(read, ctx, search, below):
        for found in await _judged(read, ctx, search, chunk):
            if isinstance(found, Qualified):
                if search.sorting_rule == "DEFAULT" and len(entries) == search.limit:
                    return entries, last
                entries.append(found)
                last = found.found[0].id
            else:
                last = found
        looked_at += len(chunk)
        if looked_at >= MOST_LOOKED_AT:
            return entries, last
    return entries, None


async def _chunks(read: Read, ctx: Ctx, search: Search, below: str) -> AsyncIterator[list[Found]]:
    """Vouchers to look at, the newest first."""
    if search.scenario == "PROMOTION_STACKS":
        return
    codes = search.filters.only("code")
    if codes is not None:
        named = [each for each in (await find_by_codes(read, ctx.project_id, codes)).values() if each[0].id < below]
        yield sorted(named, key=lambda each: each[0].id, reverse=True)
        return
    customer_id = _wallet_of(read, ctx, search.facts)
    generic = None if search.scenario == "CUSTOMER_WALLET" else await of_one_for_all(read, ctx.project_id)
    while chunk := await offered(read, ctx.project_id, customer_id, generic, below=below, limit=CHUNK):
        yield chunk
        below = chunk[-1][0].id
        await asyncio.sleep(0)  # others are served between two chunks


def _wallet_of(read: Read, ctx: Ctx, facts: Facts) -> str | None:
    """Whose vouchers are looked at. A page may name anybody: only where its project lets pages list vouchers."""
    if facts.person is None:
        return None
    listed = ProjectSettings.of(read.rulebook).profile.client_list_vouchers_enabled
    return facts.person.id if listed or ctx.channel != _FROM_PAGE else None


async def _judged(read: Read, ctx: Ctx, search: Search, chunk: list[Found]) -> list[Qualified | str]:
    """Each voucher of a chunk that qualifies, and of the others their ids."""
    held = await held_by_others(read, ctx, None, chunk)
    units = await find_units(read, ctx.project_id, [each[0].discount for each in chunk if each[0].discount])
    candidates = [Candidate(*each, held.get(each[0].id, NOTHING_HELD)) for each in chunk]
    by_code = {each.voucher.code: each for each in candidates}
    facts = replace(search.facts, units=units, vouchers=by_code)
    facts = replace(facts, ruled=replace(await find_ruled(read, ctx, facts), budgets=False))
    return [_qualified(read, ctx, search, facts, each) or each.voucher.id for each in candidates]


def _qualified(read: Read, ctx: Ctx, search: Search, facts: Facts, candidate: Candidate) -> Qualified | None:
    voucher = candidate.voucher
    found = (voucher, candidate.totals, candidate.holder_id)
    customer_id = _wallet_of(read, ctx, facts)
    if not _is_for(read, candidate, customer_id):
        return None
    campaign = None if voucher.campaign_id is None else Campaigns.of(read.rulebook).find(voucher.campaign_id)
    if not search.filters.hold(fields_of(found, campaign, customer_id)):
        return None
    asked = replaced(facts.asked, redeemables=[RedeemableIn(object="voucher", id=voucher.code)])
    judgement = judge(read.rulebook, ctx.now, replace(facts, asked=asked, vouchers={voucher.code: candidate}))
    return qualified(found, judgement, search.scenario)


def _is_for(read: Read, candidate: Candidate, customer_id: str | None) -> bool:
    """Whether it is the customer's, or everybody's: nobody's, and of no campaign that gives each its own."""
    if candidate.holder_id is not None:
        return candidate.holder_id == customer_id
    campaign_id = candidate.voucher.campaign_id
    campaign = None if campaign_id is None else Campaigns.of(read.rulebook).find(campaign_id)
    return campaign_id is None or (campaign is not None and campaign.type == "STANDALONE")


def _page(ctx: Ctx, search: Search, entries: list[Qualified], last: str | None, cursors: Cursors) -> QualifiedList:
    chosen = in_order(entries, search.sorting_rule)[: search.limit]
    expand = frozenset[str](search.options.expand or ())
    by_time = search.sorting_rule == "DEFAULT"
    goes_on = last is not None and by_time
    data = [told(entry, expand, ctx.request_id) for entry in chosen]
    return QualifiedList(
        data=data,
        total=len(data),
        has_more=goes_on or len(entries) > len(chosen),
        more_starting_after=data[-1].created_at if goes_on and data else UNSET,
        next_cursor=cursors.seal((last,)) if goes_on else UNSET,
    )
