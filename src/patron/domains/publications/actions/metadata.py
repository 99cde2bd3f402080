"""What a publication said of a code, for formulas that read it (spec I 1.2)."""

from collections.abc import Iterable
from typing import Any

import msgspec

from patron.db.actions import Read
from patron.domains.publications.store import METADATA_OF_CODES, METADATA_OF_MEMBER
from patron.domains.vouchers import STANDALONE, Campaigns
from patron.domains.vouchers.model import Voucher


async def metadata_given(
    read: Read, project_id: str, vouchers: Iterable[Voucher], customer_id: str | None
) -> dict[str, str]:
    """The metadata (JSON) of the publications that gave vouchers away, by the vouchers' ids.

    A code is given away once, so it does not matter who uses it. Of a campaign's only code, it is what this customer
    got it with first; nothing where they did not. Publications are never changed, so this is read without a lock.
    """
    of_all = Campaigns.of(read.rulebook)
    shared: list[Voucher] = []
    single: list[Voucher] = []
    for voucher in vouchers:
        campaign = None if voucher.campaign_id is None else of_all.find(voucher.campaign_id)
        (single if campaign is None or campaign.type != STANDALONE else shared).append(voucher)
    found = await _of_codes(read, project_id, single) if single else {}
    if shared and customer_id is not None:
        found |= await _of_member(read, project_id, shared, customer_id)
    return found


async def _of_codes(read: Read, project_id: str, vouchers: list[Voucher]) -> dict[str, str]:
    ids = {voucher.code: voucher.id for voucher in vouchers}
    told = await read.all(
        METADATA_OF_CODES, project_id=project_id, codes=_array(list(ids)), ids=_array(list(ids.values()))
    )
    return {ids[code]: metadata for code, metadata in told if metadata is not None}


async def _of_member(read: Read, project_id: str, vouchers: list[Voucher], customer_id: str) -> dict[str, str]:
    campaign_ids = _array([voucher.campaign_id for voucher in vouchers])
    return dict(
        await read.all(METADATA_OF_MEMBER, project_id=project_id, customer_id=customer_id, campaign_ids=campaign_ids)
    )


def _array(texts: list[Any]) -> str:
    return msgspec.json.encode(texts).decode()
