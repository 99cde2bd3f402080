"""What is asked of stored product collections."""

import sqlalchemy as sa

from patron.db.statements import Statement
from patron.domains.product_collections.model import PRODUCT_COLLECTIONS, ProductCollection

_LIVE = sa.select(PRODUCT_COLLECTIONS.sa).where(
    PRODUCT_COLLECTIONS.c.project_id == sa.bindparam("project_id"), PRODUCT_COLLECTIONS.c.deleted_at.is_(None)
)

LIVE = Statement(_LIVE, ProductCollection)
"""The collections of a project."""

BY_ID = Statement(_LIVE.where(PRODUCT_COLLECTIONS.c.id == sa.bindparam("id")), ProductCollection)
"""The collection with this id."""
