"""What this domain hands to the bin."""

from patron.db.binned import Kind
from patron.db.dialect import json_member
from patron.domains.vouchers.actions.bin import PURGE, RESTORE
from patron.domains.vouchers.model import BINNED_VOUCHERS, PREFIX

KINDS = (
    Kind(
        "voucher",
        PREFIX,
        BINNED_VOUCHERS,
        called=BINNED_VOUCHERS.c.code,
        parent=json_member(BINNED_VOUCHERS.c.voucher, "campaign_id"),
        restore=RESTORE,
        purge=PURGE,
    ),
)
