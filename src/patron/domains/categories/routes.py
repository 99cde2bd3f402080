"""The operations of categories."""

from patron.db.actions import Reply
from patron.domains.categories.actions.find import all_categories, find
from patron.domains.categories.actions.write import CREATE, DELETE, UPDATE, Delete, Update
from patron.domains.categories.wire import CategoryIn, CategoryList, CategoryOut, DeleteQuery
from patron.http.routes import Call, Route

_PATH = "/v1/categories"
_ONE = f"{_PATH}/{{categoryId}}"
_TAG = "Categories"


async def index(call: Call[None, None]) -> Reply:
    categories = [CategoryOut.of(each) for each in await all_categories(call.read, call.ctx.project_id)]
    return call.json(CategoryList(data=categories, total=len(categories)))


async def create(call: Call[CategoryIn, None]) -> Reply:
    return await call.write(CREATE, call.body)


async def show(call: Call[None, None]) -> Reply:
    return call.json(CategoryOut.of(await find(call.read, call.ctx.project_id, call.params["categoryId"])))


async def change(call: Call[CategoryIn, None]) -> Reply:
    return await call.write(UPDATE, Update(call.params["categoryId"], call.body))


async def remove(call: Call[None, DeleteQuery]) -> Reply:
    return await call.write(DELETE, Delete(call.params["categoryId"], call.query.remove_from_stacking_rules))


ROUTES = [
    Route("GET", _PATH, index, summary="List categories", tag=_TAG, answers={200: CategoryList}),
    Route(
        "POST",
        _PATH,
        create,
        summary="Create a category",
        tag=_TAG,
        body=CategoryIn,
        answers={200: CategoryOut},
        problems=(409,),
    ),
    Route("GET", _ONE, show, summary="Get a category", tag=_TAG, answers={200: CategoryOut}),
    Route(
        "PUT",
        _ONE,
        change,
        summary="Change a category",
        tag=_TAG,
        body=CategoryIn,
        answers={200: CategoryOut},
        problems=(409,),
    ),
    Route("DELETE", _ONE, remove, summary="Delete a category", tag=_TAG, query=DeleteQuery, answers={204: None}),
]
