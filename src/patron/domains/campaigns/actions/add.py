"""Adding vouchers to a campaign: one in the call, more of them by a job (spec I 2.2)."""

from typing import Any

import msgspec

from patron.db.actions import Action, Ctx, More, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.db.rulebook import Rulebook
from patron.domains.async_actions.wire import AsyncActionId
from patron.domains.campaigns.actions.generate import begin_generating, check_enough
from patron.domains.campaigns.policy import changes_of, config_of
from patron.domains.campaigns.wire.given import AddedVouchersIn
from patron.domains.categories import with_category
from patron.domains.vouchers import (
    Campaign,
    add_voucher,
    being_taken,
    check_dates,
    check_schema,
    check_takes_vouchers,
    codes_of,
    find_campaign,
    free_code,
    is_free,
    lock_campaign,
    shown,
    voucher_of,
    want_additions,
    want_free,
    want_new_voucher,
)
from patron.domains.vouchers.model import LIST, VOUCHERS
from patron.kernel.codes import CodeConfig
from patron.kernel.problems import duplicate_found, invalid_payload


class Add(msgspec.Struct, frozen=True):
    """Add so many vouchers to the campaign with this id or name; one that is alone may bring its code."""

    reference: str
    body: AddedVouchersIn
    n: int = 1


async def _gather_one(read: Read, ctx: Ctx, add: Add) -> Wants:
    campaign = await _campaign_for(read, ctx, add)
    wants = Wants()
    if not add.body.code:
        await want_new_voucher(read, ctx, wants, campaign, config=_config(read.rulebook, campaign, add))
        return wants
    want_additions(ctx, wants, campaign.id)
    wants.count(ctx.project_id, LIST)
    want_free(ctx, wants, add.body.code)
    wants.make(VOUCHERS, being_taken(ctx, add.body.code))
    return wants


def _add_one(rows: Rows, ctx: Ctx, add: Add) -> Outcome:
    campaign = lock_campaign(rows, ctx, add.reference)
    if campaign is None:
        return More()
    check_takes_vouchers(campaign)
    code = add.body.code or free_code(rows, ctx, _config(rows.rulebook, campaign, add))
    if code is None:
        return More()
    if not is_free(rows, ctx, code):
        raise duplicate_found("voucher", "id", code)
    return shown(rows, add_voucher(rows, ctx, campaign.id, code, _changes(rows, ctx, campaign, add)))


async def _gather_many(read: Read, ctx: Ctx, add: Add) -> Wants:
    campaign = await _campaign_for(read, ctx, add)
    if add.body.code:
        raise invalid_payload("code: expected none, as more vouchers than one are to be added")
    await check_enough(read, ctx.project_id, _config(read.rulebook, campaign, add), add.n)
    wants = Wants()
    want_additions(ctx, wants, campaign.id)
    return wants


def _add_many(rows: Rows, ctx: Ctx, add: Add) -> Outcome:
    campaign = lock_campaign(rows, ctx, add.reference)
    if campaign is None:
        return More()
    check_takes_vouchers(campaign)
    changes = _changes(rows, ctx, campaign, add)
    action = begin_generating(rows, ctx, campaign, _config(rows.rulebook, campaign, add), add.n, changes)
    return Reply(202, msgspec.json.encode(AsyncActionId(action.id)))


async def _campaign_for(read: Read, ctx: Ctx, add: Add) -> Campaign:
    campaign = await find_campaign(read, ctx.project_id, add.reference)
    check_takes_vouchers(campaign)
    return campaign


def _config(rulebook: Rulebook, campaign: Campaign, add: Add) -> CodeConfig:
    return config_of(rulebook, add.body.code_config) if add.body.code_config else codes_of(campaign)


def _changes(rows: Rows, ctx: Ctx, campaign: Campaign, add: Add) -> dict[str, Any]:
    """In which columns the vouchers differ from their campaign's template.

    Problem 404 for an unknown category, 400 for dates that do not go together or metadata that no schema allows.
    """
    changes = changes_of(with_category(rows.rulebook, add.body))
    voucher = voucher_of(campaign, "", "", ctx.now, changes)
    check_dates(voucher)
    check_schema(rows.rulebook, voucher)
    return changes


ADD_ONE = Action("campaigns.add_voucher", _gather_one, _add_one)
"""Body: `Add`. Answers 200 with the voucher; Problem 404 for an unknown campaign or category, 400 for one that takes no
vouchers, 409 for a code that is taken.
"""

ADD_MANY = Action("campaigns.add_vouchers", _gather_many, _add_many)
"""Body: `Add`. Answers 202 with the id of the async action; Problem 404 for an unknown campaign, 400 for one that takes
no vouchers, or where too few codes can be made.
"""
