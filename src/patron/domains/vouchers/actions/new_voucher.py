"""A new voucher of a campaign under a free random code, as a part of another write."""

from collections.abc import Mapping
from typing import Any

from patron.db.actions import Ctx, Read, Wants
from patron.db.rows import Rows
from patron.domains.vouchers.actions.campaigns import counted, taking, want_additions
from patron.domains.vouchers.actions.codes import free_code, want_code
from patron.domains.vouchers.actions.transact import open_card
from patron.domains.vouchers.campaign import Campaign
from patron.domains.vouchers.model import GIFT, LIST, PREFIX, VOUCHERS, Voucher
from patron.domains.vouchers.template import codes_of, voucher_of
from patron.kernel.codes import CodeConfig


async def want_new_voucher(
    read: Read, ctx: Ctx, wants: Wants, campaign: Campaign, n: int = 1, *, config: CodeConfig | None = None
) -> None:
    """Name what `n` new vouchers of a campaign need, under codes by its configuration or by another one.

    Problem 400 `invalid_code_config` where too few codes are free.
    """
    want_additions(ctx, wants, campaign.id)
    wants.count(ctx.project_id, LIST)
    await want_code(read, ctx, wants, config or codes_of(campaign), n)


def new_voucher_of(
    rows: Rows,
    ctx: Ctx,
    campaign: Campaign,
    changes: Mapping[str, Any] | None = None,
    *,
    config: CodeConfig | None = None,
) -> Voucher | None:
    """A new voucher by the campaign's template as it is now; `changes` are columns in which it differs.

    None where the codes that `want_new_voucher` named were all taken since: answer `More()`. Problem 404 for a campaign
    that was deleted.
    """
    code = free_code(rows, ctx, config or codes_of(campaign))
    return None if code is None else add_voucher(rows, ctx, campaign.id, code, changes)


def add_voucher(rows: Rows, ctx: Ctx, campaign_id: str, code: str, changes: Mapping[str, Any] | None = None) -> Voucher:
    """Add a voucher to a campaign that `want_additions` named, under a code that is known to be free.

    The caller has named the total of the list. Problem 404 for a campaign that was deleted.
    """
    campaign = taking(rows, ctx, campaign_id)
    voucher = voucher_of(campaign, code, ctx.id(PREFIX, code), ctx.now, changes)
    is_made = rows.knows(VOUCHERS, (ctx.project_id, code)) and rows.get(VOUCHERS, (ctx.project_id, code)) is not None
    (rows.put if is_made else rows.add)(VOUCHERS, voucher)
    rows.count(LIST, 1)
    if voucher.type == GIFT:
        open_card(rows, ctx, voucher, campaign.gift_amount or 0)
    counted(rows, ctx, campaign_id, vouchers=1, amount_created=campaign.gift_amount or 0)
    return voucher
