"""Finding collections."""

from patron.db.actions import Read
from patron.domains.product_collections.model import ProductCollection
from patron.domains.product_collections.store import BY_ID, LIVE
from patron.domains.product_collections.wire import CollectionsQuery
from patron.kernel.problems import Problem, not_found

KIND = "products_collection"


async def find(read: Read, project_id: str, collection_id: str) -> ProductCollection:
    """The collection with this id. Problem 404."""
    collection = await read.one(BY_ID, project_id=project_id, id=collection_id)
    if collection is None:
        raise unknown(collection_id)
    return collection


async def list_collections(read: Read, project_id: str, query: CollectionsQuery) -> tuple[list[ProductCollection], int]:
    """The page that a query asks for, and how many there are in all: a project has few."""
    collections = await read.all(LIVE, project_id=project_id)
    field = query.order.removeprefix("-")
    collections.sort(key=lambda each: (getattr(each, field) or 0, each.id), reverse=query.order.startswith("-"))
    first = (query.page - 1) * query.limit
    return collections[first : first + query.limit], len(collections)


def unknown(collection_id: str) -> Problem:
    """404 in the reference's words."""
    return not_found(KIND, collection_id)
