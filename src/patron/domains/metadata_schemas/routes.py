"""The operations of metadata schemas, of a project's own and through its management."""

from patron.db.actions import Reply
from patron.domains.metadata_schemas.actions.find import all_schemas, find
from patron.domains.metadata_schemas.actions.write import CHANGE, CREATE, DELETE, Change, Create, Delete
from patron.domains.metadata_schemas.wire import (
    ManagedMetadataSchemaIn,
    ManagedMetadataSchemaList,
    ManagedMetadataSchemaOut,
    ManagedMetadataSchemaPatch,
    MetadataSchemaIn,
    MetadataSchemaList,
    MetadataSchemaOut,
    MetadataSchemaPatch,
)
from patron.http.routes import Call, Route

SCHEMA = "metadataSchemaId"


async def index(call: Call[None, None]) -> Reply:
    schemas = [MetadataSchemaOut.of(each) for each in await all_schemas(call.read, call.ctx.project_id)]
    return call.json(MetadataSchemaList(object="list", data_ref="schemas", schemas=schemas, total=len(schemas)))


async def create(call: Call[MetadataSchemaIn, None]) -> Reply:
    return await call.write(CREATE, Create(call.body, MetadataSchemaOut))


async def show(call: Call[None, None]) -> Reply:
    return call.json(MetadataSchemaOut.of(await find(call.read, call.ctx.project_id, call.params[SCHEMA])))


async def change(call: Call[MetadataSchemaPatch, None]) -> Reply:
    return await call.write(CHANGE, Change(call.params[SCHEMA], call.body, MetadataSchemaOut))


async def remove(call: Call[None, None]) -> Reply:
    return await call.write(DELETE, Delete(call.params[SCHEMA]))


async def index_managed(call: Call[None, None]) -> Reply:
    schemas = [ManagedMetadataSchemaOut.of(each) for each in await all_schemas(call.read, call.ctx.project_id)]
    return call.json(ManagedMetadataSchemaList(object="list", data_ref="data", data=schemas, total=len(schemas)))


async def create_managed(call: Call[ManagedMetadataSchemaIn, None]) -> Reply:
    return await call.write(CREATE, Create(call.body, ManagedMetadataSchemaOut))


async def show_managed(call: Call[None, None]) -> Reply:
    return call.json(ManagedMetadataSchemaOut.of(await find(call.read, call.ctx.project_id, call.params[SCHEMA])))


async def change_managed(call: Call[ManagedMetadataSchemaPatch, None]) -> Reply:
    return await call.write(CHANGE, Change(call.params[SCHEMA], call.body, ManagedMetadataSchemaOut))


_PATH = "/v1/metadata-schemas"
_TAG = "Metadata schemas"
_MANAGED_PATH = "/management/v1/projects/{projectId}/metadata-schemas"
_MANAGED_TAG = "Management"

ROUTES = [
    Route(
        "GET",
        _PATH,
        index,
        summary="List metadata schemas",
        tag=_TAG,
        answers={200: MetadataSchemaList},
    ),
    Route(
        "POST",
        _PATH,
        create,
        summary="Create a metadata schema",
        tag=_TAG,
        body=MetadataSchemaIn,
        answers={200: MetadataSchemaOut},
    ),
    Route(
        "GET",
        f"{_PATH}/{{{SCHEMA}}}",
        show,
        summary="Get a metadata schema by id or resource",
        tag=_TAG,
        answers={200: MetadataSchemaOut},
    ),
    Route(
        "PUT",
        f"{_PATH}/{{{SCHEMA}}}",
        change,
        summary="Change a metadata schema",
        tag=_TAG,
        body=MetadataSchemaPatch,
        answers={200: MetadataSchemaOut},
    ),
    Route(
        "DELETE",
        f"{_PATH}/{{{SCHEMA}}}",
        remove,
        summary="Delete a metadata schema",
        tag=_TAG,
        answers={204: None},
    ),
    Route(
        "GET",
        _MANAGED_PATH,
        index_managed,
        summary="List a project's metadata schemas",
        tag=_MANAGED_TAG,
        answers={200: ManagedMetadataSchemaList},
        keys=("management",),
        project="projectId",
    ),
    Route(
        "POST",
        _MANAGED_PATH,
        create_managed,
        summary="Create a metadata schema of a project",
        tag=_MANAGED_TAG,
        body=ManagedMetadataSchemaIn,
        answers={200: ManagedMetadataSchemaOut},
        keys=("management",),
        project="projectId",
    ),
    Route(
        "GET",
        f"{_MANAGED_PATH}/{{{SCHEMA}}}",
        show_managed,
        summary="Get a metadata schema of a project",
        tag=_MANAGED_TAG,
        answers={200: ManagedMetadataSchemaOut},
        keys=("management",),
        project="projectId",
    ),
    Route(
        "PUT",
        f"{_MANAGED_PATH}/{{{SCHEMA}}}",
        change_managed,
        summary="Change a metadata schema of a project",
        tag=_MANAGED_TAG,
        body=ManagedMetadataSchemaPatch,
        answers={200: ManagedMetadataSchemaOut},
        keys=("management",),
        project="projectId",
    ),
    Route(
        "DELETE",
        f"{_MANAGED_PATH}/{{{SCHEMA}}}",
        remove,
        summary="Delete a metadata schema of a project",
        tag=_MANAGED_TAG,
        answers={204: None},
        keys=("management",),
        project="projectId",
    ),
]
