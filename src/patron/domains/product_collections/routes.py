"""The operations of product collections."""

from msgspec import UNSET

from patron.db.actions import Reply
from patron.db.naming import Naming
from patron.domains.product_collections.actions.find import find, list_collections
from patron.domains.product_collections.actions.members import list_members
from patron.domains.product_collections.actions.write import CREATE, UPDATE, Delete, Update, deleting
from patron.domains.product_collections.wire import (
    CollectionIn,
    CollectionList,
    CollectionOut,
    CollectionPatch,
    CollectionsQuery,
    MemberList,
    MembersQuery,
    member_of,
)
from patron.http.routes import Call, Route


async def index(call: Call[None, CollectionsQuery]) -> Reply:
    collections, total = await list_collections(call.read, call.ctx.project_id, call.query)
    return call.json(CollectionList(data=[CollectionOut.of(each) for each in collections], total=total))


async def create(call: Call[CollectionIn, None]) -> Reply:
    return await call.write(CREATE, call.body)


async def show(call: Call[None, None]) -> Reply:
    collection = await find(call.read, call.ctx.project_id, call.params["productCollectionId"])
    return call.json(CollectionOut.of(collection))


async def change(call: Call[CollectionPatch, None]) -> Reply:
    return await call.write(UPDATE, Update(call.params["productCollectionId"], call.body))


async def index_products(call: Call[None, MembersQuery]) -> Reply:
    collection_id = call.params["productCollectionId"]
    page = await list_members(call.read, call.ctx, collection_id, call.query, call.cursors)
    return call.json(
        MemberList(
            data=[member_of(row, page.products) for row in page.entries],
            total=page.total,
            has_more=page.next_cursor is not None,
            next_cursor=page.next_cursor or UNSET,
        )
    )


def removing_routes(naming: Naming) -> tuple[Route, ...]:
    """The operation that deletes a collection, which needs to know who may name it."""
    action = deleting(naming)

    async def remove(call: Call[None, None]) -> Reply:
        return await call.write(action, Delete(call.params["productCollectionId"]))

    return (
        Route(
            "DELETE",
            "/v1/product-collections/{productCollectionId}",
            remove,
            summary="Delete a product collection that no validation rule names",
            tag="Product collections",
            answers={204: None},
            problems=(400,),
        ),
    )


ROUTES = [
    Route(
        "GET",
        "/v1/product-collections",
        index,
        summary="List product collections",
        tag="Product collections",
        query=CollectionsQuery,
        answers={200: CollectionList},
    ),
    Route(
        "POST",
        "/v1/product-collections",
        create,
        summary="Create a product collection, static or with a filter",
        tag="Product collections",
        body=CollectionIn,
        answers={200: CollectionOut},
        problems=(404,),
    ),
    Route(
        "GET",
        "/v1/product-collections/{productCollectionId}",
        show,
        summary="Get a product collection",
        tag="Product collections",
        answers={200: CollectionOut},
    ),
    Route(
        "PUT",
        "/v1/product-collections/{productCollectionId}",
        change,
        summary="Change a product collection",
        tag="Product collections",
        body=CollectionPatch,
        answers={200: CollectionOut},
    ),
    Route(
        "GET",
        "/v1/product-collections/{productCollectionId}/products",
        index_products,
        summary="List the products and SKUs in a collection",
        tag="Product collections",
        query=MembersQuery,
        answers={200: MemberList},
    ),
]
