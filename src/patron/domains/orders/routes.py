"""The operations of orders."""

from typing import Any

from msgspec import UNSET

from patron.db.actions import Reply
from patron.domains.async_actions.wire import AsyncActionId
from patron.domains.orders.actions.bring import catalogue_of
from patron.domains.orders.actions.find import find
from patron.domains.orders.actions.list import list_orders
from patron.domains.orders.actions.save import SAVE, Save
from patron.domains.orders.actions.start_import import START_IMPORT, of_orders
from patron.domains.orders.items import Catalogue
from patron.domains.orders.wire import OrderIn, OrderList, OrderOut, OrderPatch, OrdersIn, OrdersQuery
from patron.http.routes import Call, Route


async def index(call: Call[None, OrdersQuery]) -> Reply:
    page = await list_orders(call.read, call.ctx.project_id, call.query, call.cursors)
    return call.json(
        OrderList(
            orders=[OrderOut.of(order) for order in page.entries],
            total=page.total,
            has_more=page.next_cursor is not None,
            next_cursor=page.next_cursor or UNSET,
        )
    )


async def _catalogue(call: Call[Any, None]) -> Catalogue:
    return await catalogue_of(call.read, call.ctx.project_id, [call.body])


async def create(call: Call[OrderIn, None]) -> Reply:
    return await call.write(SAVE, Save(call.body, None, await _catalogue(call)))


async def show(call: Call[None, None]) -> Reply:
    return call.json(OrderOut.of(await find(call.read, call.ctx.project_id, call.params["orderId"])))


async def change(call: Call[OrderPatch, None]) -> Reply:
    return await call.write(SAVE, Save(call.body, call.params["orderId"], await _catalogue(call)))


async def import_many(call: Call[list[OrderIn], None]) -> Reply:
    return await call.write(START_IMPORT, await of_orders(call.body))


ROUTES = [
    Route(
        "GET",
        "/v1/orders",
        index,
        summary="List orders",
        tag="Orders",
        query=OrdersQuery,
        answers={200: OrderList},
    ),
    Route(
        "POST",
        "/v1/orders",
        create,
        summary="Create an order, or change the one with this id or source_id",
        tag="Orders",
        body=OrderIn,
        answers={200: OrderOut},
        problems=(404, 409),
    ),
    Route(
        "POST",
        "/v1/orders/import",
        import_many,
        summary="Import orders",
        tag="Orders",
        body=OrdersIn,
        answers={200: AsyncActionId},
        problems=(409,),
    ),
    Route(
        "GET",
        "/v1/orders/{orderId}",
        show,
        summary="Get an order by id or source_id",
        tag="Orders",
        answers={200: OrderOut},
    ),
    Route(
        "PUT",
        "/v1/orders/{orderId}",
        change,
        summary="Change an order",
        tag="Orders",
        body=OrderPatch,
        answers={200: OrderOut},
        problems=(409,),
    ),
]
