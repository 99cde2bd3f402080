"""When a customer's cockpit links were revoked."""

import sqlalchemy as sa
from alembic import op

from patron.db.dialect import INTEGER

revision = "0007_cockpit_links"
down_revision = "0006_events"


def upgrade() -> None:
    op.add_column("customers", sa.Column("links_revoked_at", INTEGER, nullable=True))
