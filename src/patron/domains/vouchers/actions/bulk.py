"""Bulk work on vouchers: begun by a request, carried out as a job."""

from collections.abc import Mapping
from functools import partial

from patron.db.actions import Read
from patron.domains.async_actions import (
    Carried,
    CellReader,
    CellReaders,
    Plan,
    carrying_rows,
    file_rows,
    itself,
    list_rows,
    name_rows,
    starting,
)
from patron.domains.async_actions.model import AsyncAction
from patron.domains.vouchers.actions.import_rows import IMPORT_ROWS
from patron.domains.vouchers.actions.merge_metadata import MERGE_METADATA
from patron.domains.vouchers.campaign import Campaigns
from patron.domains.vouchers.columns import CampaignVoucherColumns, VoucherColumns
from patron.domains.vouchers.wire.imported import Imported, VoucherImportIn, VoucherMetadataIn


def _carried(read: Read, action: AsyncAction, plan: Plan) -> Carried:
    shared = plan.shared
    if action.type in ("VOUCHERS.IMPORT", "CAMPAIGN.VOUCHERS_IMPORT"):
        return IMPORT_ROWS, _import_rows
    if action.type == "VOUCHERS.IMPORT_CSV":
        return IMPORT_ROWS, partial(file_rows, VoucherColumns(shared.header, _typed(read, None)))
    if action.type == "CAMPAIGN.VOUCHERS_IMPORT_CSV":
        return IMPORT_ROWS, partial(file_rows, CampaignVoucherColumns(shared.header, _typed(read, plan.way)))
    if action.type == "VOUCHERS.BULK_UPDATE":
        return MERGE_METADATA, _metadata_rows
    return MERGE_METADATA, partial(name_rows, lambda code: VoucherMetadataIn(code=code, metadata=shared.metadata))


def _typed(read: Read, campaign_id: str | None) -> Mapping[str, CellReader]:
    """What reads the cells of metadata keys: the schema that holds for the vouchers."""
    campaign = Campaigns.of(read.rulebook).find(campaign_id) if campaign_id else None
    return read.rulebook.derived(CellReaders).of("voucher" if campaign is None else campaign.schema)


_import_rows = list_rows(VoucherImportIn, lambda voucher: voucher.code, Imported)
_metadata_rows = list_rows(VoucherMetadataIn, lambda row: row.code, itself)

CARRY_ON = carrying_rows("vouchers.bulk", _carried)
"""Carries out bulk work on vouchers."""

START_BULK = starting("vouchers.start_bulk", CARRY_ON)
"""Body: `Start`. Answers 202 with the id of the async action."""
