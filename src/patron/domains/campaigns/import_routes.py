"""The operations that bring codes into a campaign (spec I 2.2)."""

from typing import Any

from patron.db.actions import Reply
from patron.domains.async_actions import Brought, Start, of_file, of_list
from patron.domains.async_actions.wire import AsyncActionId
from patron.domains.vouchers import START_BULK, CampaignVoucherColumns, check_takes_vouchers, find_campaign
from patron.domains.vouchers.wire.imported import MOST_CODES, VoucherImportIn, check_each_once
from patron.http.routes import Call, Route
from patron.http.uploads import Upload


async def bring(call: Call[list[VoucherImportIn], None]) -> Reply:
    check_each_once(call.body)
    return await _begin(call, await of_list("CAMPAIGN.VOUCHERS_IMPORT", call.body, most=MOST_CODES))


async def bring_file(call: Call[Upload, None]) -> Reply:
    content = call.body.content
    brought = await of_file(
        "CAMPAIGN.VOUCHERS_IMPORT_CSV", content, CampaignVoucherColumns, most=MOST_CODES, each_once=True
    )
    return await _begin(call, brought)


async def _begin(call: Call[Any, None], brought: Brought) -> Reply:
    campaign = await find_campaign(call.read, call.ctx.project_id, call.params["campaignId"])
    check_takes_vouchers(campaign)
    return await call.write(START_BULK, Start(brought, way=campaign.id))


ROUTES = [
    Route(
        "POST",
        "/v1/campaigns/{campaignId}/import",
        bring,
        summary="Import vouchers to a campaign",
        tag="Campaigns",
        body=list[VoucherImportIn],
        answers={202: AsyncActionId},
    ),
    Route(
        "POST",
        "/v1/campaigns/{campaignId}/importCSV",
        bring_file,
        summary="Import vouchers to a campaign from a CSV file",
        tag="Campaigns",
        body=Upload,
        answers={202: AsyncActionId},
    ),
]
