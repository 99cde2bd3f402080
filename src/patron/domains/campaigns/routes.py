"""The operations of campaigns."""

from msgspec import UNSET

from patron.db.actions import Reply
from patron.domains.campaigns.actions.create import CREATE
from patron.domains.campaigns.actions.find import find, list_campaigns
from patron.domains.campaigns.wire.asked import CampaignsQuery
from patron.domains.campaigns.wire.given import CampaignIn
from patron.domains.campaigns.wire.told import CampaignList, CampaignOut
from patron.http.routes import Call, Route

TAG = "Campaigns"


async def index(call: Call[None, CampaignsQuery]) -> Reply:
    entries, total, cursor = await list_campaigns(call.read, call.ctx.project_id, call.query, call.cursors)
    return call.json(
        CampaignList(
            campaigns=[CampaignOut.of(*entry) for entry in entries],
            total=total,
            has_more=cursor is not None,
            next_cursor=cursor or UNSET,
        )
    )


async def create(call: Call[CampaignIn, None]) -> Reply:
    return await call.write(CREATE, call.body)


async def show(call: Call[None, None]) -> Reply:
    return call.json(CampaignOut.of(*await find(call.read, call.ctx.project_id, call.params["campaignId"])))


ROUTES = [
    Route(
        "GET",
        "/v1/campaigns",
        index,
        summary="List campaigns",
        tag=TAG,
        query=CampaignsQuery,
        answers={200: CampaignList},
    ),
    Route(
        "POST",
        "/v1/campaigns",
        create,
        summary="Create a campaign; more codes than one are made in the background",
        tag=TAG,
        body=CampaignIn,
        answers={200: CampaignOut},
        problems=(404, 409),
    ),
    Route(
        "GET",
        "/v1/campaigns/{campaignId}",
        show,
        summary="Get a campaign by id or name",
        tag=TAG,
        answers={200: CampaignOut},
    ),
]
