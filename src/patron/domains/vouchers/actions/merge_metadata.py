"""Changing the metadata of many vouchers (spec I 1.5): by key; a code that no voucher has is a row that fails."""

from patron.db.actions import Ctx, Read, Wants
from patron.db.rows import Rows
from patron.domains.async_actions import Deed, Done, Row, RowsChunk, applying
from patron.domains.vouchers.actions.find import unknown
from patron.domains.vouchers.model import VOUCHERS
from patron.domains.vouchers.policy import check_schema, patched
from patron.domains.vouchers.wire.given import VoucherPatch
from patron.domains.vouchers.wire.imported import VoucherMetadataIn


async def _want(_read: Read, ctx: Ctx, wants: Wants, chunk: RowsChunk[VoucherMetadataIn]) -> None:
    for said in chunk.said:
        wants.lock(VOUCHERS, (ctx.project_id, said.code))


def _carry_out(rows: Rows, ctx: Ctx, _chunk: RowsChunk[VoucherMetadataIn], row: Row[VoucherMetadataIn]) -> Done:
    assert row.said is not None
    voucher = rows.get(VOUCHERS, (ctx.project_id, row.name))
    if voucher is None or not voucher.type:
        raise unknown(row.name)
    after = patched(voucher, VoucherPatch(metadata=row.said.metadata), ctx.now)
    check_schema(rows.rulebook, after)
    if after is not voucher:
        rows.put(VOUCHERS, after)
    return Done(voucher.id, found=True)


MERGE_METADATA = applying(Deed("vouchers.merge_metadata", _want, _carry_out))
"""Body: `RowsChunk` of `VoucherMetadataIn`."""
