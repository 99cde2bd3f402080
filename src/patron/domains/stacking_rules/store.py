"""What is asked of stored stacking rules."""

import sqlalchemy as sa

from patron.db.statements import Statement
from patron.domains.categories import STACKING_RULES, StackingRulesRow

OF_PROJECT = Statement(
    sa.select(STACKING_RULES.sa).where(
        STACKING_RULES.c.project_id == sa.bindparam("project_id"), STACKING_RULES.c.deleted_at.is_(None)
    ),
    StackingRulesRow,
)
"""The document of a project, of which there is one at most."""
