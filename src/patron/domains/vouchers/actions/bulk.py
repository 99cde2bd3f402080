"""Bulk work on vouchers: begun by a request, carried out as a job."""

from functools import partial

from patron.db.actions import Read
from patron.domains.async_actions import (
    Carried,
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
from patron.domains.vouchers.columns import VoucherColumns
from patron.domains.vouchers.wire.imported import Imported, VoucherImportIn, VoucherMetadataIn


def _carried(read: Read, action: AsyncAction, plan: Plan) -> Carried:
    shared = plan.shared
    if action.type == "VOUCHERS.IMPORT":
        return IMPORT_ROWS, _import_rows
    if action.type == "VOUCHERS.IMPORT_CSV":
        typed = read.rulebook.derived(CellReaders).of("voucher")
        return IMPORT_ROWS, partial(file_rows, VoucherColumns(shared.header, typed))
    if action.type == "VOUCHERS.BULK_UPDATE":
        return MERGE_METADATA, _metadata_rows
    return MERGE_METADATA, partial(name_rows, lambda code: VoucherMetadataIn(code=code, metadata=shared.metadata))


_import_rows = list_rows(VoucherImportIn, lambda voucher: voucher.code, Imported)
_metadata_rows = list_rows(VoucherMetadataIn, lambda row: row.code, itself)

CARRY_ON = carrying_rows("vouchers.bulk", _carried)
"""Carries out bulk work on vouchers."""

START_BULK = starting("vouchers.start_bulk", CARRY_ON)
"""Body: `Start`. Answers 202 with the id of the async action."""
