"""The operations of customers."""

from typing import Any

from msgspec import UNSET

from patron.db.actions import Reply
from patron.domains.async_actions.wire import AsyncActionId
from patron.domains.customers.actions.bulk import Way
from patron.domains.customers.actions.change_source_id import CHANGE_SOURCE_ID, ChangeSourceId
from patron.domains.customers.actions.delete import DELETE, Delete
from patron.domains.customers.actions.drop_metadata_key import DROP_METADATA_KEY, DropMetadataKey
from patron.domains.customers.actions.erase import Erase, Traces, erase_of
from patron.domains.customers.actions.find import find
from patron.domains.customers.actions.list import ListMembers, list_customers
from patron.domains.customers.actions.merge import Merge, merge_of
from patron.domains.customers.actions.personal_data import personal_data
from patron.domains.customers.actions.register import REGISTER
from patron.domains.customers.actions.revoke_links import REVOKE_LINKS, RevokeLinks
from patron.domains.customers.actions.start_bulk import START_BULK, StartBulk
from patron.domains.customers.actions.update import UPDATE, Update
from patron.domains.customers.actions.upsert import UPSERT
from patron.domains.customers.assets import assets_of, with_assets
from patron.domains.customers.bulk.chunks import of_csv, of_customers, of_metadata
from patron.domains.customers.bulk.wire import CustomerInBulk, CustomersMetadataIn, ImportQuery
from patron.domains.customers.erased import ErasureOut
from patron.domains.customers.identity import MergeIn, SourceIdIn
from patron.domains.customers.wire import (
    CustomerIn,
    CustomerKnown,
    CustomerList,
    CustomerOut,
    CustomerPatch,
    CustomersQuery,
)
from patron.http.routes import Call, Route
from patron.http.uploads import Upload


async def create(call: Call[CustomerIn, None]) -> Reply:
    return await with_assets(call, await call.write(UPSERT, call.body))


async def register(call: Call[CustomerIn, None]) -> Reply:
    return await call.write(REGISTER, call.body)


async def show(call: Call[None, None]) -> Reply:
    customer, totals = await find(call.read, call.ctx.project_id, call.params["customerId"])
    return call.json(CustomerOut.of(customer, totals, assets_of(call, customer)))


async def change(call: Call[CustomerPatch, None]) -> Reply:
    return await with_assets(call, await call.write(UPDATE, Update(call.params["customerId"], call.body)))


async def revoke_links(call: Call[None, None]) -> Reply:
    return await call.write(REVOKE_LINKS, RevokeLinks(call.params["customerId"]))


async def remove(call: Call[None, None]) -> Reply:
    return await call.write(DELETE, Delete(call.params["customerId"]))


async def bulk(call: Call[list[CustomerInBulk], None]) -> Reply:
    return await call.write(START_BULK, StartBulk(await of_customers(call.body), Way(in_file=False)))


async def bulk_metadata(call: Call[CustomersMetadataIn, None]) -> Reply:
    brought = await of_metadata(call.body.source_ids, call.body.metadata)
    return await call.write(START_BULK, StartBulk(brought, Way(in_file=False)))


async def import_csv(call: Call[Upload, ImportQuery]) -> Reply:
    way = Way(overwrite=call.query.mode == "overwrite", dry_run=call.query.dry_run)
    return await call.write(START_BULK, StartBulk(await of_csv(call.body.content), way))


async def drop_metadata_key(call: Call[None, None]) -> Reply:
    reply = await call.write(DROP_METADATA_KEY, DropMetadataKey(call.params["customerId"], call.params["key"]))
    return await with_assets(call, reply)


async def change_source_id(call: Call[SourceIdIn, None]) -> Reply:
    body = ChangeSourceId(call.params["customerId"], call.body.source_id)
    return await with_assets(call, await call.write(CHANGE_SOURCE_ID, body))


ROUTES = [
    Route(
        "POST",
        "/v1/customers",
        create,
        summary="Create a customer, or update the one with this id or source_id",
        tag="Customers",
        body=CustomerIn,
        answers={200: CustomerOut},
        problems=(404,),
    ),
    Route(
        "GET",
        "/v1/customers/{customerId}",
        show,
        summary="Get a customer by id or source_id",
        tag="Customers",
        answers={200: CustomerOut},
    ),
    Route(
        "PUT",
        "/v1/customers/{customerId}",
        change,
        summary="Change a customer",
        tag="Customers",
        body=CustomerPatch,
        answers={200: CustomerOut},
    ),
    Route(
        "DELETE",
        "/v1/customers/{customerId}",
        remove,
        summary="Delete a customer",
        tag="Customers",
        answers={204: None},
    ),
    Route(
        "DELETE",
        "/v1/customers/{customerId}/cockpit-links",
        revoke_links,
        summary="Revoke all links to the customer's page that were made until now",
        tag="Customers",
        answers={204: None},
    ),
    Route(
        "POST",
        "/client/v1/customers",
        register,
        summary="Create a customer from a page",
        tag="Client side",
        body=CustomerIn,
        answers={200: CustomerKnown},
        keys=("client",),
        switch="create_customers",
        unsupported={"X-Voucherify-Double-Opt-In": "expected none, as Patron sends no mail to confirm an address"},
    ),
    Route(
        "POST",
        "/v1/customers/bulk/async",
        bulk,
        summary="Create and change many customers",
        tag="Customers",
        body=list[CustomerInBulk],
        answers={202: AsyncActionId},
    ),
    Route(
        "POST",
        "/v1/customers/metadata/async",
        bulk_metadata,
        summary="Change the metadata of many customers",
        tag="Customers",
        body=CustomersMetadataIn,
        answers={202: AsyncActionId},
    ),
    Route(
        "POST",
        "/v1/customers/importCSV",
        import_csv,
        summary="Import customers from a CSV file",
        tag="Customers",
        body=Upload,
        query=ImportQuery,
        answers={202: AsyncActionId},
    ),
    Route(
        "DELETE",
        "/v1/customers/{customerId}/metadata/{key}",
        drop_metadata_key,
        summary="Drop a key of a customer's metadata",
        tag="Customers",
        answers={200: CustomerOut},
    ),
    Route(
        "PUT",
        "/v1/customers/{customerId}/source-id",
        change_source_id,
        summary="Change a customer's source_id",
        tag="Customers",
        body=SourceIdIn,
        answers={200: CustomerOut},
        problems=(409,),
    ),
]


def person_routes(traces: Traces) -> tuple[Route, ...]:
    """The operations that need to know every trace of a customer, those of higher domains too."""
    erase, merge = erase_of(traces), merge_of(traces)

    async def tell(call: Call[None, None]) -> Reply:
        return await personal_data(call.read, call.ctx.project_id, call.params["customerId"], traces)

    async def remove_for_good(call: Call[None, None]) -> Reply:
        return await call.write(erase, Erase(call.params["customerId"]))

    async def make_one(call: Call[MergeIn, None]) -> Reply:
        return await with_assets(call, await call.write(merge, Merge(call.params["customerId"], call.body.source)))

    return (
        Route(
            "GET",
            "/v1/customers/{customerId}/personal-data",
            tell,
            summary="Get all that is held about a customer, also about a deleted one by id",
            tag="Customers",
            answers={200: dict[str, Any]},
        ),
        Route(
            "POST",
            "/v1/customers/{customerId}/permanent-deletion",
            remove_for_good,
            summary="Erase a customer for good, also a deleted one by id",
            tag="Customers",
            answers={200: ErasureOut},
        ),
        Route(
            "POST",
            "/v1/customers/{customerId}/merge",
            make_one,
            summary="Merge another customer into this one",
            tag="Customers",
            body=MergeIn,
            answers={200: CustomerOut},
        ),
    )


def list_routes(list_members: ListMembers) -> list[Route]:
    """The list of customers; those of a segment are listed by whom segments belong to."""

    async def index(call: Call[None, CustomersQuery]) -> Reply:
        if call.query.segment_id is None:
            page = await list_customers(call.read, call.ctx.project_id, call.query, call.cursors)
        else:
            page = await list_members(call.read, call.ctx, call.query, call.cursors)
        return call.json(
            CustomerList(
                customers=[CustomerOut.of(*entry) for entry in page.entries],
                total=page.total,
                has_more=page.next_cursor is not None,
                next_cursor=page.next_cursor or UNSET,
            )
        )

    return [
        Route(
            "GET",
            "/v1/customers",
            index,
            summary="List customers",
            tag="Customers",
            query=CustomersQuery,
            answers={200: CustomerList},
            problems=(404,),
        ),
    ]
