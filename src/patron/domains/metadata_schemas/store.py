"""What is asked of stored metadata schemas."""

import sqlalchemy as sa

from patron.db.statements import Statement
from patron.domains.metadata_schemas.model import METADATA_SCHEMAS, MetadataSchema

_LIVE = sa.select(METADATA_SCHEMAS.sa).where(
    METADATA_SCHEMAS.c.project_id == sa.bindparam("project_id"), METADATA_SCHEMAS.c.deleted_at.is_(None)
)

LIVE = Statement(_LIVE, MetadataSchema)
"""The schemas of a project."""

NAMED = Statement(
    _LIVE.where(
        sa.or_(
            METADATA_SCHEMAS.c.id == sa.bindparam("reference"),
            METADATA_SCHEMAS.c.related_object == sa.bindparam("reference"),
        )
    ),
    MetadataSchema,
)
"""The schemas with this id or resource: two, where a custom object is named as another schema's id."""
