"""The operations of vouchers, and the pictures of their codes."""

from msgspec import UNSET

from patron.db.actions import Reply
from patron.domains.async_actions import Start, of_file, of_list, of_names
from patron.domains.async_actions.wire import AsyncActionId
from patron.domains.vouchers.actions.balance import MOVE, Move
from patron.domains.vouchers.actions.bulk import START_BULK
from patron.domains.vouchers.actions.change import SWITCH, UPDATE, Switch, Update
from patron.domains.vouchers.actions.create import CREATE
from patron.domains.vouchers.actions.delete import BIN, FORCE, Delete
from patron.domains.vouchers.actions.find import find
from patron.domains.vouchers.actions.list import list_transactions, list_vouchers
from patron.domains.vouchers.actions.pictures import barcode, qr
from patron.domains.vouchers.actions.redeemables import list_redeemables
from patron.domains.vouchers.assets import whole, with_assets
from patron.domains.vouchers.campaign import Campaigns
from patron.domains.vouchers.columns import VoucherColumns
from patron.domains.vouchers.policy import status_of
from patron.domains.vouchers.store import Found
from patron.domains.vouchers.wire.asked import DeleteQuery, TransactionsQuery, VouchersQuery
from patron.domains.vouchers.wire.balance import (
    VoucherBalanceIn,
    VoucherBalanceOut,
    VoucherTransactionList,
    VoucherTransactionOut,
)
from patron.domains.vouchers.wire.given import VoucherIn, VoucherPatch, under
from patron.domains.vouchers.wire.imported import (
    MOST_CODES,
    VoucherImportIn,
    VoucherMetadataIn,
    VouchersMetadataIn,
    check_each_once,
)
from patron.domains.vouchers.wire.redeemables import (
    CustomerRedeemable,
    HeldVoucher,
    RedeemableList,
    RedeemablesQuery,
)
from patron.domains.vouchers.wire.told import VoucherList, VoucherOut
from patron.http.pages import PageRoute, Visit
from patron.http.routes import Call, Route
from patron.http.uploads import Upload
from patron.kernel.clock import to_iso


async def index(call: Call[None, VouchersQuery]) -> Reply:
    page = await list_vouchers(call.read, call.ctx, call.query, call.cursors)
    return call.json(
        VoucherList(
            vouchers=await whole(call, page.entries),
            total=page.total,
            has_more=page.next_cursor is not None,
            next_cursor=page.next_cursor or UNSET,
        )
    )


async def create(call: Call[VoucherIn, None]) -> Reply:
    return await with_assets(call, await call.write(CREATE, call.body))


async def create_under(call: Call[VoucherIn, None]) -> Reply:
    return await with_assets(call, await call.write(CREATE, under(call.params["code"], call.body)))


async def show(call: Call[None, None]) -> Reply:
    found = await find(call.read, call.ctx.project_id, call.params["code"])
    [told] = await whole(call, [found])
    return call.json(told)


async def change(call: Call[VoucherPatch, None]) -> Reply:
    return await with_assets(call, await call.write(UPDATE, Update(call.params["code"], call.body)))


async def remove(call: Call[None, DeleteQuery]) -> Reply:
    return await call.write(FORCE if call.query.force else BIN, Delete(call.params["code"]))


async def enable(call: Call[None, None]) -> Reply:
    return await with_assets(call, await call.write(SWITCH, Switch(call.params["code"], active=True)))


async def disable(call: Call[None, None]) -> Reply:
    return await with_assets(call, await call.write(SWITCH, Switch(call.params["code"], active=False)))


async def move_balance(call: Call[VoucherBalanceIn, None]) -> Reply:
    return await call.write(MOVE, Move(call.params["code"], call.body))


async def transactions(call: Call[None, TransactionsQuery]) -> Reply:
    entries, more = await list_transactions(call.read, call.ctx, call.params["code"], call.query)
    data = [VoucherTransactionOut.of(entry) for entry in entries]
    return call.json(
        VoucherTransactionList(data=data, has_more=more, more_starting_after=data[-1].id if more else UNSET)
    )


async def bring(call: Call[list[VoucherImportIn], None]) -> Reply:
    check_each_once(call.body)
    return await call.write(START_BULK, Start(await of_list("VOUCHERS.IMPORT", call.body, most=MOST_CODES)))


async def bring_file(call: Call[Upload, None]) -> Reply:
    brought = await of_file("VOUCHERS.IMPORT_CSV", call.body.content, VoucherColumns, most=MOST_CODES, each_once=True)
    return await call.write(START_BULK, Start(brought))


async def change_many(call: Call[list[VoucherMetadataIn], None]) -> Reply:
    return await call.write(START_BULK, Start(await of_list("VOUCHERS.BULK_UPDATE", call.body, most=MOST_CODES)))


async def change_metadata(call: Call[VouchersMetadataIn, None]) -> Reply:
    codes, metadata = call.body.codes, call.body.metadata
    brought = await of_names("VOUCHERS.METADATA_UPDATE", codes, metadata, most=MOST_CODES)
    return await call.write(START_BULK, Start(brought))


async def redeemables(call: Call[None, RedeemablesQuery]) -> Reply:
    ctx = call.ctx
    held, total, more = await list_redeemables(
        call.read, ctx.project_id, call.params["customerId"], call.query, ctx.now
    )
    told = await whole(call, [found for _, _, found in held])
    data = [_redeemable(call, *holding, voucher) for holding, voucher in zip(held, told, strict=True)]
    last = data[-1].id if more else UNSET
    return call.json(RedeemableList(data=data, total=total, has_more=more, more_starting_after=last))


def _redeemable(
    call: Call[None, RedeemablesQuery], holding_id: str, since: int, found: Found, told: VoucherOut
) -> CustomerRedeemable:
    voucher, totals, holder_id = found
    campaign = Campaigns.of(call.read.rulebook).find(voucher.campaign_id) if voucher.campaign_id else None
    return CustomerRedeemable(
        id=holding_id,
        created_at=to_iso(since),
        redeemable_id=voucher.id,
        customer_id=holder_id or "",
        campaign_id=voucher.campaign_id,
        campaign_type=None if campaign is None else campaign.campaign_type,
        voucher_type=told.type,
        redeemable=HeldVoucher(voucher=told, status=status_of(voucher, totals, call.ctx.now)),
    )


async def show_qr(visit: Visit) -> Reply:
    return await qr(visit.read, visit.links, visit.params["id"], visit.query)


async def show_barcode(visit: Visit) -> Reply:
    return await barcode(visit.read, visit.links, visit.params["id"], visit.query)


ROUTES = [
    Route(
        "GET",
        "/v1/vouchers",
        index,
        summary="List vouchers",
        tag="Vouchers",
        query=VouchersQuery,
        answers={200: VoucherList},
        problems=(404,),
    ),
    Route(
        "POST",
        "/v1/vouchers",
        create,
        summary="Create a voucher, under a random code where none is given",
        tag="Vouchers",
        body=VoucherIn,
        answers={200: VoucherOut},
        problems=(404,),
    ),
    Route(
        "POST",
        "/v1/vouchers/import",
        bring,
        summary="Import vouchers",
        tag="Vouchers",
        body=list[VoucherImportIn],
        answers={202: AsyncActionId},
    ),
    Route(
        "POST",
        "/v1/vouchers/importCSV",
        bring_file,
        summary="Import vouchers from a CSV file",
        tag="Vouchers",
        body=Upload,
        answers={202: AsyncActionId},
    ),
    Route(
        "POST",
        "/v1/vouchers/bulk/async",
        change_many,
        summary="Change the metadata of many vouchers, each as it is said",
        tag="Vouchers",
        body=list[VoucherMetadataIn],
        answers={202: AsyncActionId},
    ),
    Route(
        "POST",
        "/v1/vouchers/metadata/async",
        change_metadata,
        summary="Change the metadata of many vouchers in the same way",
        tag="Vouchers",
        body=VouchersMetadataIn,
        answers={202: AsyncActionId},
    ),
    Route(
        "POST",
        "/v1/vouchers/{code}",
        create_under,
        summary="Create a voucher under this code",
        tag="Vouchers",
        body=VoucherIn,
        answers={200: VoucherOut},
    ),
    Route(
        "GET",
        "/v1/vouchers/{code}",
        show,
        summary="Get a voucher by code or id",
        tag="Vouchers",
        answers={200: VoucherOut},
    ),
    Route(
        "PUT",
        "/v1/vouchers/{code}",
        change,
        summary="Change a voucher",
        tag="Vouchers",
        body=VoucherPatch,
        answers={200: VoucherOut},
    ),
    Route(
        "DELETE",
        "/v1/vouchers/{code}",
        remove,
        summary="Delete a voucher: into the bin, or for good",
        tag="Vouchers",
        query=DeleteQuery,
        answers={204: None},
    ),
    Route(
        "POST",
        "/v1/vouchers/{code}/enable",
        enable,
        summary="Enable a voucher",
        tag="Vouchers",
        answers={200: VoucherOut},
    ),
    Route(
        "POST",
        "/v1/vouchers/{code}/disable",
        disable,
        summary="Disable a voucher",
        tag="Vouchers",
        answers={200: VoucherOut},
    ),
    Route(
        "POST",
        "/v1/vouchers/{code}/balance",
        move_balance,
        summary="Add credits to a gift card, or take some",
        tag="Vouchers",
        body=VoucherBalanceIn,
        answers={200: VoucherBalanceOut},
    ),
    Route(
        "GET",
        "/v1/vouchers/{code}/transactions",
        transactions,
        summary="List the transactions of a voucher's balance",
        tag="Vouchers",
        query=TransactionsQuery,
        answers={200: VoucherTransactionList},
    ),
    Route(
        "GET",
        "/v1/customers/{customerId}/redeemables",
        redeemables,
        summary="List what a customer holds and may redeem",
        tag="Customers",
        query=RedeemablesQuery,
        answers={200: RedeemableList},
    ),
]

PAGES = [
    PageRoute("GET", "/v1/assets/qr/{id}", show_qr),
    PageRoute("GET", "/v1/assets/barcode/{id}", show_barcode),
]
