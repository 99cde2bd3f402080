"""The links to pictures of a voucher's code (spec I 1.1).

Whoever has such a link may see the code and nothing else, without a key and for as long as the voucher is there: it is
meant for letters and mails. The link names the voucher by its id, so the code is not in it.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from patron.db.actions import Reply
from patron.domains.validation_rules import of_vouchers
from patron.domains.validation_rules.wire.told import assignments_of
from patron.domains.vouchers.campaign import Campaigns
from patron.domains.vouchers.store import Found
from patron.domains.vouchers.wire.told import VoucherAsset, VoucherAssets, VoucherOut
from patron.http.links import Links
from patron.http.routes import Call

QR = "voucher qr"
BARCODE = "voucher barcode"

_NEVER_OVER = 253_402_300_799_000


def assets_of(call: Call[Any, Any], voucher_id: str) -> VoucherAssets:
    """What an answer tells of the pictures of this voucher; always the same."""
    qr, barcode = (_sealed(call.links, purpose, call.ctx.project_id, voucher_id) for purpose in (QR, BARCODE))
    below = f"{call.public_url}/v1/assets"
    return VoucherAssets(VoucherAsset(qr, f"{below}/qr/{qr}"), VoucherAsset(barcode, f"{below}/barcode/{barcode}"))


def qr_token(links: Links, project_id: str, voucher_id: str) -> str:
    """What stands behind `/v1/assets/qr/` in the link to a voucher's QR code."""
    return _sealed(links, QR, project_id, voucher_id)


async def whole(call: Call[Any, Any], vouchers: Sequence[Found]) -> list[VoucherOut]:
    """Vouchers as they are told, each with its pictures and its rule."""
    campaigns = Campaigns.of(call.read.rulebook)
    rules = await of_vouchers(call.read, call.ctx.project_id, [found[0].code for found in vouchers])
    return [
        VoucherOut.of(campaigns, *found, assets_of(call, found[0].id), rules.get(found[0].code)) for found in vouchers
    ]


async def with_assets(call: Call[Any, Any], reply: Reply) -> Reply:
    """The answer of a write, with what is told of the voucher's pictures, and of its rule."""
    return call.json(await adorned(call, reply.body))


async def adorned(call: Call[Any, Any], voucher: bytes | msgspec.Raw) -> dict[str, Any]:
    """A voucher that is told as JSON, with what is told of its pictures, and of its rule."""
    fields = msgspec.json.decode(voucher, type=dict[str, msgspec.Raw])
    voucher_id, code = (msgspec.json.decode(fields[name], type=str) for name in ("id", "code"))
    rules = await of_vouchers(call.read, call.ctx.project_id, [code])
    kind = fields.pop("object")
    told = {"validation_rules_assignments": assignments_of(rules.get(code)), "assets": assets_of(call, voucher_id)}
    return {**fields, **told, "object": kind}


def _sealed(links: Links, purpose: str, project_id: str, voucher_id: str) -> str:
    return links.seal(purpose, (project_id, voucher_id), _NEVER_OVER)
