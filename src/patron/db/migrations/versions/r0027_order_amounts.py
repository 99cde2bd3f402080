"""What the order of a redemption came to, beside it, and in the index by which a campaign's summary adds it up."""

import sqlalchemy as sa
from alembic import op

from patron.db.dialect import INTEGER

revision = "0027_order_amounts"
down_revision = "0026_segment_listings"

_IN_CAMPAIGN = sa.text("campaign_id IS NOT NULL")
_ADDED_UP = ["object", "result", "amount", "discount_amount", "order_amount"]
_OF_ORDERS = {
    "sqlite": """UPDATE redemptions SET order_amount = CAST("order" ->> 'initial_amount' AS INTEGER)
        WHERE object = 'redemption' AND "order" IS NOT NULL""",
    "postgresql": """UPDATE redemptions SET order_amount = CAST(CAST("order" AS json) ->> 'initial_amount' AS bigint)
        WHERE object = 'redemption' AND "order" IS NOT NULL""",
}


def upgrade() -> None:
    op.add_column("redemptions", sa.Column("order_amount", INTEGER, nullable=True))
    op.execute(_OF_ORDERS[op.get_context().dialect.name])
    op.execute(
        """UPDATE redemptions SET order_amount = -(
            SELECT undone.order_amount FROM redemptions undone
            WHERE undone.project_id = redemptions.project_id AND undone.place = substr(redemptions.of_id, 3)
        ) WHERE object = 'redemption_rollback' AND result = 'SUCCESS'"""
    )
    op.drop_index("redemptions_campaign_idx", "redemptions")
    op.create_index(
        "redemptions_campaign_idx",
        "redemptions",
        ["project_id", "campaign_id", "place", *_ADDED_UP],
        sqlite_where=_IN_CAMPAIGN,
        postgresql_where=_IN_CAMPAIGN,
    )
