"""What is asked of stored categories."""

import sqlalchemy as sa

from patron.db.statements import Statement
from patron.domains.categories.model import CATEGORIES, Category

_LIVE = sa.select(CATEGORIES.sa).where(
    CATEGORIES.c.project_id == sa.bindparam("project_id"), CATEGORIES.c.deleted_at.is_(None)
)

LIVE = Statement(_LIVE, Category)
"""The categories of a project."""

BY_ID = Statement(_LIVE.where(CATEGORIES.c.id == sa.bindparam("id")), Category)
"""The category with this id."""
