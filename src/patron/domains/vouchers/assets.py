"""The links to pictures of a voucher's code (spec I 1.1).

Whoever has such a link may see the code and nothing else, without a key and for as long as the voucher is there: it is
meant for letters and mails. The link names the voucher by its id, so the code is not in it.
"""

from typing import Any

import msgspec

from patron.db.actions import Reply
from patron.domains.vouchers.wire.told import VoucherAsset, VoucherAssets
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


def with_assets(call: Call[Any, Any], reply: Reply) -> Reply:
    """The answer of a write, with what is told of the voucher's pictures."""
    return call.json(adorned(call, reply.body))


def adorned(call: Call[Any, Any], voucher: bytes | msgspec.Raw) -> dict[str, Any]:
    """A voucher that is told as JSON, with what is told of its pictures."""
    fields = msgspec.json.decode(voucher, type=dict[str, msgspec.Raw])
    voucher_id = msgspec.json.decode(fields["id"], type=str)
    kind = fields.pop("object")
    return {**fields, "assets": assets_of(call, voucher_id), "object": kind}


def _sealed(links: Links, purpose: str, project_id: str, voucher_id: str) -> str:
    return links.seal(purpose, (project_id, voucher_id), _NEVER_OVER)
