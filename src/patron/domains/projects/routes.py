"""The operations of projects, for those who manage them."""

from patron.db.actions import Reply
from patron.domains.projects.actions.administer import CHANGE_PROJECT, CREATE_PROJECT, DELETE_PROJECT, DeleteProject
from patron.domains.projects.actions.first_keys import with_first_keys, with_tokens
from patron.domains.projects.actions.manage import all_within_reach, find
from patron.domains.projects.managed_wire import (
    ManagedProjectIn,
    ManagedProjectList,
    ManagedProjectOut,
    ManagedProjectPatch,
    NewProjectOut,
)
from patron.http.routes import Call, Route


async def index(call: Call[None, None]) -> Reply:
    projects = [ManagedProjectOut.of(each) for each in await all_within_reach(call.read, call.ctx.project_id)]
    return call.json(ManagedProjectList(object="list", data_ref="data", data=projects, total=len(projects)))


async def create(call: Call[ManagedProjectIn, None]) -> Reply:
    reply = await call.write(CREATE_PROJECT, with_first_keys(call.body, call.derive))
    return call.json(with_tokens(reply, call.derive))


async def show(call: Call[None, None]) -> Reply:
    return call.json(ManagedProjectOut.of(await find(call.read, call.ctx.project_id)))


async def change(call: Call[ManagedProjectPatch, None]) -> Reply:
    return await call.write(CHANGE_PROJECT, call.body)


async def remove(call: Call[None, None]) -> Reply:
    return await call.write(DELETE_PROJECT, DeleteProject(call.params["projectId"]))


_PATH = "/management/v1/projects"
_ONE = f"{_PATH}/{{projectId}}"
_TAG = "Management"

ROUTES = [
    Route(
        "GET",
        _PATH,
        index,
        summary="List projects",
        tag=_TAG,
        answers={200: ManagedProjectList},
        keys=("management",),
    ),
    Route(
        "POST",
        _PATH,
        create,
        summary="Create a project with its first keys",
        tag=_TAG,
        body=ManagedProjectIn,
        answers={200: NewProjectOut},
        problems=(403,),
        keys=("management",),
    ),
    Route(
        "GET",
        _ONE,
        show,
        summary="Get a project",
        tag=_TAG,
        answers={200: ManagedProjectOut},
        keys=("management",),
        project="projectId",
    ),
    Route(
        "PUT",
        _ONE,
        change,
        summary="Change a project",
        tag=_TAG,
        body=ManagedProjectPatch,
        answers={200: ManagedProjectOut},
        keys=("management",),
        project="projectId",
    ),
    Route(
        "DELETE",
        _ONE,
        remove,
        summary="Delete a project",
        tag=_TAG,
        answers={204: None},
        keys=("management",),
    ),
]
