"""The operations of publications."""

from typing import Any

import msgspec
from msgspec import UNSET

from patron.db.actions import Action, Reply
from patron.domains.publications.actions.choose import of_one_code
from patron.domains.publications.actions.from_page import PUBLISH_FROM_PAGE
from patron.domains.publications.actions.list import list_publications
from patron.domains.publications.actions.publish import PUBLISH
from patron.domains.publications.policy import Publish, asked
from patron.domains.publications.wire.asked import (
    PagePublicationIn,
    PagePublishQuery,
    PublicationByQuery,
    PublicationIn,
    PublicationsQuery,
    PublishQuery,
)
from patron.domains.publications.wire.told import PagePublicationOut, PublicationList, PublicationOut
from patron.domains.vouchers import adorned
from patron.http.routes import Call, Route


async def index(call: Call[None, PublicationsQuery]) -> Reply:
    page = await list_publications(call.read, call.ctx, call.query, call.cursors)
    return call.json(
        PublicationList(
            publications=page.entries,
            total=page.total,
            has_more=page.next_cursor is not None,
            next_cursor=page.next_cursor or UNSET,
        )
    )


async def create(call: Call[PublicationIn, PublishQuery]) -> Reply:
    return await _publish(call, PUBLISH, asked(call.body, join_once=call.query.join_once))


async def create_by_query(call: Call[None, PublicationByQuery]) -> Reply:
    return await _publish(call, PUBLISH, asked(call.query, join_once=call.query.join_once))


async def create_from_page(call: Call[PagePublicationIn, PagePublishQuery]) -> Reply:
    body = asked(call.body, join_once=call.query.join_once, campaign=call.query.campaign)
    return await _publish(call, PUBLISH_FROM_PAGE, body)


async def _publish(call: Call[Any, Any], action: Action[Publish], body: Publish) -> Reply:
    """Publish, and add to the answer what is told of the pictures of a voucher's code."""
    reply = await call.write(action, await of_one_code(call.read, call.ctx.project_id, body))
    fields = msgspec.json.decode(reply.body, type=dict[str, msgspec.Raw])
    if "voucher" not in fields:
        return reply
    return call.json({**fields, "voucher": await adorned(call, fields["voucher"])})


ROUTES = [
    Route(
        "GET",
        "/v1/publications",
        index,
        summary="List publications",
        tag="Publications",
        query=PublicationsQuery,
        answers={200: PublicationList},
        problems=(404,),
    ),
    Route(
        "POST",
        "/v1/publications",
        create,
        summary="Publish: give a customer one code, or several",
        tag="Publications",
        body=PublicationIn,
        query=PublishQuery,
        answers={200: PublicationOut},
        problems=(404,),
    ),
    Route(
        "GET",
        "/v1/publications/create",
        create_by_query,
        summary="Publish by a query",
        tag="Publications",
        query=PublicationByQuery,
        answers={200: PublicationOut},
        problems=(404,),
        changes=True,
    ),
    Route(
        "POST",
        "/client/v1/publish",
        create_from_page,
        summary="Publish to a page's visitor",
        tag="Client side",
        body=PagePublicationIn,
        query=PagePublishQuery,
        answers={200: PagePublicationOut},
        problems=(404,),
        keys=("client",),
        switch="publish",
    ),
]
