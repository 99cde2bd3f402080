"""The operations of consents."""

from msgspec import UNSET

from patron.db.actions import Reply
from patron.domains.consents.actions.choose import CHOOSE, Choose
from patron.domains.consents.actions.define import DEFINE, REDEFINE, WITHDRAW, Redefine, Withdraw
from patron.domains.consents.actions.group import (
    DEFINE_GROUP,
    REDEFINE_GROUP,
    WITHDRAW_GROUP,
    RedefineGroup,
    WithdrawGroup,
)
from patron.domains.consents.actions.history import history
from patron.domains.consents.actions.list import all_consents, standing
from patron.domains.consents.wire import (
    Choices,
    ConsentChangeList,
    ConsentGroupIn,
    ConsentGroupList,
    ConsentGroupOut,
    ConsentGroupPatch,
    ConsentIn,
    ConsentOut,
    ConsentPatch,
    ConsentsOut,
    CustomerConsentList,
    HistoryQuery,
)
from patron.domains.customers import find
from patron.http.routes import Call, Route


async def index(call: Call[None, None]) -> Reply:
    return call.json(await all_consents(call.read, call.ctx.project_id))


async def define(call: Call[ConsentIn, None]) -> Reply:
    return await call.write(DEFINE, call.body)


async def redefine(call: Call[ConsentPatch, None]) -> Reply:
    return await call.write(REDEFINE, Redefine(call.params["consentId"], call.body))


async def withdraw(call: Call[None, None]) -> Reply:
    return await call.write(WITHDRAW, Withdraw(call.params["consentId"]))


async def index_groups(call: Call[None, None]) -> Reply:
    return call.json((await all_consents(call.read, call.ctx.project_id)).groups)


async def define_group(call: Call[ConsentGroupIn, None]) -> Reply:
    return await call.write(DEFINE_GROUP, call.body)


async def redefine_group(call: Call[ConsentGroupPatch, None]) -> Reply:
    return await call.write(REDEFINE_GROUP, RedefineGroup(call.params["groupId"], call.body))


async def withdraw_group(call: Call[None, None]) -> Reply:
    return await call.write(WITHDRAW_GROUP, WithdrawGroup(call.params["groupId"]))


async def choose(call: Call[dict[str, bool], None]) -> Reply:
    return await call.write(CHOOSE, Choose(call.params["customerId"], call.body))


async def show(call: Call[None, None]) -> Reply:
    customer, _ = await find(call.read, call.ctx.project_id, call.params["customerId"])
    said = await standing(call.read, customer)
    return call.json(CustomerConsentList(object="list", data_ref="data", data=said, total=len(said)))


async def show_history(call: Call[None, HistoryQuery]) -> Reply:
    customer, _ = await find(call.read, call.ctx.project_id, call.params["customerId"])
    page = await history(call.read, customer, call.query, call.cursors)
    return call.json(
        ConsentChangeList(
            consent_changes=page.entries,
            total=page.total,
            has_more=page.next_cursor is not None,
            next_cursor=page.next_cursor or UNSET,
        )
    )


_TAG = "Consents"
_CLIENT_TAG = "Client side"
_SWITCH = "change_consents"
_CUSTOMER = "/v1/customers/{customerId}/consents"

ROUTES = [
    Route(
        "GET",
        "/v1/consents",
        index,
        summary="List consents and their groups",
        tag=_TAG,
        answers={200: ConsentsOut},
    ),
    Route(
        "POST",
        "/v1/consents",
        define,
        summary="Define a consent",
        tag=_TAG,
        body=ConsentIn,
        answers={200: ConsentOut},
    ),
    Route(
        "PUT",
        "/v1/consents/{consentId}",
        redefine,
        summary="Change a consent",
        tag=_TAG,
        body=ConsentPatch,
        answers={200: ConsentOut},
    ),
    Route(
        "DELETE",
        "/v1/consents/{consentId}",
        withdraw,
        summary="Delete a consent; what customers have said to it is kept",
        tag=_TAG,
        answers={204: None},
    ),
    Route(
        "GET",
        "/v1/consent-groups",
        index_groups,
        summary="List groups of consents",
        tag=_TAG,
        answers={200: ConsentGroupList},
    ),
    Route(
        "POST",
        "/v1/consent-groups",
        define_group,
        summary="Define a group of consents",
        tag=_TAG,
        body=ConsentGroupIn,
        answers={200: ConsentGroupOut},
        problems=(404,),
    ),
    Route(
        "PUT",
        "/v1/consent-groups/{groupId}",
        redefine_group,
        summary="Change a group of consents",
        tag=_TAG,
        body=ConsentGroupPatch,
        answers={200: ConsentGroupOut},
    ),
    Route(
        "DELETE",
        "/v1/consent-groups/{groupId}",
        withdraw_group,
        summary="Delete a group of consents, not the consents",
        tag=_TAG,
        answers={204: None},
    ),
    Route(
        "PUT",
        _CUSTOMER,
        choose,
        summary="Set what a customer consents to",
        tag=_TAG,
        body=Choices,
        answers={204: None},
    ),
    Route(
        "GET",
        _CUSTOMER,
        show,
        summary="Get what a customer consents to",
        tag=_TAG,
        answers={200: CustomerConsentList},
    ),
    Route(
        "GET",
        f"{_CUSTOMER}/history",
        show_history,
        summary="List the changes of a customer's consents",
        tag=_TAG,
        query=HistoryQuery,
        answers={200: ConsentChangeList},
    ),
    Route(
        "GET",
        "/client/v1/consents",
        index,
        summary="List consents and their groups for a page",
        tag=_CLIENT_TAG,
        answers={200: ConsentsOut},
        keys=("client",),
        switch=_SWITCH,
    ),
    Route(
        "PUT",
        "/client/v1/customers/{customerId}/consents",
        choose,
        summary="Set what a customer consents to from a page",
        tag=_CLIENT_TAG,
        body=Choices,
        answers={204: None},
        keys=("client",),
        switch=_SWITCH,
    ),
]
