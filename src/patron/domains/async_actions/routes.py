"""The operations of async actions, and the download of their reports."""

from msgspec import UNSET

from patron.db.actions import Reply
from patron.domains.async_actions.actions.find import find
from patron.domains.async_actions.actions.list import list_async_actions
from patron.domains.async_actions.actions.report import report_file, report_links
from patron.domains.async_actions.wire import AsyncActionBase, AsyncActionList, AsyncActionOut, AsyncActionsQuery
from patron.http.pages import PageRoute, Visit
from patron.http.routes import Call, Route

CSV = "text/csv; charset=utf-8"
_AS_FILE = (("Content-Disposition", 'attachment; filename="report.csv"'),)


async def index(call: Call[None, AsyncActionsQuery]) -> Reply:
    entries, next_cursor = await list_async_actions(call.read, call.ctx.project_id, call.query, call.cursors)
    return call.json(
        AsyncActionList(
            object="list",
            data_ref="async_actions",
            async_actions=[AsyncActionBase.of(entry) for entry in entries],
            has_more=next_cursor is not None,
            next_cursor=next_cursor or UNSET,
        )
    )


async def show(call: Call[None, None]) -> Reply:
    action = await find(call.read, call.ctx.project_id, call.params["asyncActionId"])
    result = report_links(action, call.links, f"{call.public_url}/reports", call.ctx.now)
    return call.json(AsyncActionOut.of(action, result=result or UNSET))


async def download(visit: Visit) -> Reply:
    return Reply(200, await report_file(visit.read, visit.links, visit.params["token"], visit.now), CSV, _AS_FILE)


ROUTES = [
    Route(
        "GET",
        "/v1/async-actions",
        index,
        summary="List async actions",
        tag="Async Actions",
        query=AsyncActionsQuery,
        answers={200: AsyncActionList},
    ),
    Route(
        "GET",
        "/v1/async-actions/{asyncActionId}",
        show,
        summary="Get an async action",
        tag="Async Actions",
        answers={200: AsyncActionOut},
    ),
]

PAGES = [PageRoute("GET", "/reports/{token}", download)]
