"""The operations of stacking rules, through the management of a project."""

from patron.db.actions import Reply
from patron.domains.stacking_rules.actions import CREATE, DELETE, UPDATE, Delete, Update, all_rules, find
from patron.domains.stacking_rules.wire import ManagedStackingRulesList, ManagedStackingRulesOut, StackingRulesIn
from patron.http.routes import Call, Route

_PATH = "/management/v1/projects/{projectId}/stacking-rules"
_ONE = f"{_PATH}/{{stackingRulesId}}"
_TAG = "Management"


async def index(call: Call[None, None]) -> Reply:
    documents = [ManagedStackingRulesOut.of(each) for each in await all_rules(call.read, call.ctx.project_id)]
    return call.json(ManagedStackingRulesList(data=documents, total=len(documents)))


async def create(call: Call[StackingRulesIn, None]) -> Reply:
    return await call.write(CREATE, call.body)


async def show(call: Call[None, None]) -> Reply:
    row = await find(call.read, call.ctx.project_id, call.params["stackingRulesId"])
    return call.json(ManagedStackingRulesOut.of(row))


async def change(call: Call[StackingRulesIn, None]) -> Reply:
    return await call.write(UPDATE, Update(call.params["stackingRulesId"], call.body))


async def remove(call: Call[None, None]) -> Reply:
    return await call.write(DELETE, Delete(call.params["stackingRulesId"]))


ROUTES = [
    Route(
        "GET",
        _PATH,
        index,
        summary="List a project's stacking rules",
        tag=_TAG,
        answers={200: ManagedStackingRulesList},
        keys=("management",),
        project="projectId",
    ),
    Route(
        "POST",
        _PATH,
        create,
        summary="Write the stacking rules of a project that has none",
        tag=_TAG,
        body=StackingRulesIn,
        answers={200: ManagedStackingRulesOut},
        problems=(409,),
        keys=("management",),
        project="projectId",
    ),
    Route(
        "GET",
        _ONE,
        show,
        summary="Get a project's stacking rules",
        tag=_TAG,
        answers={200: ManagedStackingRulesOut},
        keys=("management",),
        project="projectId",
    ),
    Route(
        "PUT",
        _ONE,
        change,
        summary="Change a project's stacking rules",
        tag=_TAG,
        body=StackingRulesIn,
        answers={200: ManagedStackingRulesOut},
        keys=("management",),
        project="projectId",
    ),
    Route(
        "DELETE",
        _ONE,
        remove,
        summary="Delete a project's stacking rules: the defaults hold again",
        tag=_TAG,
        answers={204: None},
        keys=("management",),
        project="projectId",
    ),
]
