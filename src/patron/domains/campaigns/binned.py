"""What this domain hands to the bin."""

import sqlalchemy as sa

from patron.db.binned import Kind
from patron.domains.campaigns.actions.bin import PURGE, RESTORE
from patron.domains.campaigns.model import PREFIX
from patron.domains.vouchers import CAMPAIGNS

KINDS = (
    Kind(
        "campaign",
        PREFIX,
        CAMPAIGNS,
        called=CAMPAIGNS.c.name,
        parent=sa.null(),
        restore=RESTORE,
        purge=PURGE,
        # As text: with a parameter in its place, neither database could tell that the index has all such rows.
        only=sa.text("in_bin = 1"),
    ),
)
