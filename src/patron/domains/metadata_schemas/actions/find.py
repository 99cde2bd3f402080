"""Finding the schema that a request speaks of."""

from patron.db.actions import Read
from patron.domains.metadata_schemas.model import MetadataSchema
from patron.domains.metadata_schemas.store import LIVE, NAMED
from patron.kernel.problems import Problem, not_found

KIND = "metadata schema"
"""What refusals call it, as the reference does."""


async def find(read: Read, project_id: str, reference: str) -> MetadataSchema:
    """The schema with this id, or of this resource; an id wins. Problem 404 where there is none."""
    named = await read.all(NAMED, project_id=project_id, reference=reference)
    if not named:
        raise unknown(reference)
    return next((schema for schema in named if schema.id == reference), named[0])


async def all_schemas(read: Read, project_id: str) -> list[MetadataSchema]:
    """The schemas of a project, by name."""
    return by_name(await read.all(LIVE, project_id=project_id))


def by_name(schemas: list[MetadataSchema]) -> list[MetadataSchema]:
    """Schemas in the order of lists."""
    return sorted(schemas, key=lambda schema: schema.related_object)


def unknown(reference: str) -> Problem:
    """404 in the reference's words."""
    return not_found(KIND, reference)
