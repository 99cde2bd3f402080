"""The operations of campaigns."""

from msgspec import UNSET

from patron.db.actions import Reply
from patron.domains import vouchers
from patron.domains.async_actions.wire import AsyncActionId
from patron.domains.campaigns.actions.add import ADD_MANY, ADD_ONE, Add
from patron.domains.campaigns.actions.create import CREATE
from patron.domains.campaigns.actions.delete import DELETE, Delete
from patron.domains.campaigns.actions.find import find, list_campaigns
from patron.domains.campaigns.actions.show import tell
from patron.domains.campaigns.actions.switch import SWITCH, Switch
from patron.domains.campaigns.actions.tell import Counting, list_transactions, summarize
from patron.domains.campaigns.actions.update import UPDATE, Update
from patron.domains.campaigns.wire.asked import AddQuery, CampaignsQuery, DeleteQuery, SummaryQuery
from patron.domains.campaigns.wire.given import AddedVoucherIn, AddedVouchersIn, CampaignIn, CampaignPatch, under
from patron.domains.campaigns.wire.summary import CampaignSummary
from patron.domains.campaigns.wire.told import CampaignList, CampaignOut, Nothing
from patron.domains.vouchers.wire.asked import TransactionsQuery
from patron.domains.vouchers.wire.balance import VoucherTransactionList, VoucherTransactionOut
from patron.domains.vouchers.wire.told import VoucherOut
from patron.http.routes import Call, Route

TAG = "Campaigns"


async def index(call: Call[None, CampaignsQuery]) -> Reply:
    page = await list_campaigns(call.read, call.ctx, call.query, call.cursors)
    return call.json(
        CampaignList(
            campaigns=await tell(call.read, call.ctx.project_id, page.entries),
            total=page.total,
            has_more=page.next_cursor is not None,
            next_cursor=page.next_cursor or UNSET,
        )
    )


async def create(call: Call[CampaignIn, None]) -> Reply:
    return await call.write(CREATE, call.body)


async def show(call: Call[None, None]) -> Reply:
    found = await find(call.read, call.ctx.project_id, call.params["campaignId"])
    [told] = await tell(call.read, call.ctx.project_id, [found])
    return call.json(told)


async def change(call: Call[CampaignPatch, None]) -> Reply:
    return await call.write(UPDATE, Update(call.params["campaignId"], call.body))


async def remove(call: Call[None, DeleteQuery]) -> Reply:
    return await call.write(DELETE, Delete(call.params["campaignId"], call.query.force))


async def enable(call: Call[None, None]) -> Reply:
    return await call.write(SWITCH, Switch(call.params["campaignId"], active=True))


async def disable(call: Call[None, None]) -> Reply:
    return await call.write(SWITCH, Switch(call.params["campaignId"], active=False))


async def add(call: Call[AddedVouchersIn, AddQuery]) -> Reply:
    n = call.query.vouchers_count
    if n > 1:
        return await call.write(ADD_MANY, Add(call.params["campaignId"], call.body, n))
    return await vouchers.with_assets(call, await call.write(ADD_ONE, Add(call.params["campaignId"], call.body)))


async def add_under(call: Call[AddedVoucherIn, None]) -> Reply:
    body = under(call.params["code"], call.body)
    return await vouchers.with_assets(call, await call.write(ADD_ONE, Add(call.params["campaignId"], body)))


async def transactions(call: Call[None, TransactionsQuery]) -> Reply:
    entries, more = await list_transactions(call.read, call.ctx, call.params["campaignId"], call.query)
    data = [VoucherTransactionOut.of(entry) for entry in entries]
    return call.json(
        VoucherTransactionList(data=data, has_more=more, more_starting_after=data[-1].id if more else UNSET)
    )


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
    Route(
        "PUT",
        "/v1/campaigns/{campaignId}",
        change,
        summary="Change a campaign, and in the background its vouchers that nobody has yet",
        tag=TAG,
        body=CampaignPatch,
        answers={200: CampaignOut},
    ),
    Route(
        "DELETE",
        "/v1/campaigns/{campaignId}",
        remove,
        summary="Delete a campaign with its tiers, and in the background its vouchers: into the bin, or for good",
        tag=TAG,
        query=DeleteQuery,
        answers={202: AsyncActionId},
    ),
    Route(
        "POST",
        "/v1/campaigns/{campaignId}/enable",
        enable,
        summary="Enable a campaign",
        tag=TAG,
        answers={200: Nothing},
    ),
    Route(
        "POST",
        "/v1/campaigns/{campaignId}/disable",
        disable,
        summary="Disable a campaign",
        tag=TAG,
        answers={200: Nothing},
    ),
    Route(
        "POST",
        "/v1/campaigns/{campaignId}/vouchers",
        add,
        summary="Add vouchers to a campaign; more than one are made in the background",
        tag=TAG,
        body=AddedVouchersIn,
        query=AddQuery,
        answers={200: VoucherOut, 202: AsyncActionId},
        problems=(409,),
    ),
    Route(
        "POST",
        "/v1/campaigns/{campaignId}/vouchers/{code}",
        add_under,
        summary="Add a voucher with this code to a campaign",
        tag=TAG,
        body=AddedVoucherIn,
        answers={200: VoucherOut},
        problems=(409,),
    ),
    Route(
        "GET",
        "/v1/campaigns/{campaignId}/transactions",
        transactions,
        summary="List the transactions of the cards of a campaign",
        tag=TAG,
        query=TransactionsQuery,
        answers={200: VoucherTransactionList},
    ),
]


def summary_routes(*counting: Counting) -> tuple[Route, ...]:
    """The summary of a campaign, with what these count."""

    async def summary(call: Call[None, SummaryQuery]) -> Reply:
        sums = await summarize(call.read, call.ctx.project_id, call.params["campaignId"], call.query, counting)
        [told] = await tell(call.read, call.ctx.project_id, [sums.campaign])
        return call.json(CampaignSummary.of(told, sums.by_name))

    return (
        Route(
            "GET",
            "/v1/campaigns/{campaignId}/summary",
            summary,
            summary="Summarize what happened in a campaign",
            tag=TAG,
            query=SummaryQuery,
            answers={200: CampaignSummary},
        ),
    )
