"""Redemptions and rollbacks in the filled project, and for each check of theirs what breaks its rule."""

from secrets import token_bytes
from typing import Any

import msgspec

from patron.db.actions import Action, Ctx
from patron.domains.customers.wire import CustomerIn
from patron.domains.orders.wire import OrderIn
from patron.domains.redeemables import look
from patron.domains.redeemables.wire.asked import GiftAsked, RedeemableIn, RedeemablesIn
from patron.domains.redemptions.actions.keep import Redeem
from patron.domains.redemptions.actions.redeem import REDEEM
from patron.domains.redemptions.actions.roll_back import ROLL_BACK, RollBack
from patron.domains.vouchers.actions.create import CREATE
from patron.domains.vouchers.wire.discount import GiftIn
from patron.domains.vouchers.wire.given import VoucherIn
from patron.kernel.clock import now_ms
from patron.running import Opened

_OF_ADA = "UPDATE customer_totals SET {column} = {column} + 1 WHERE customer_id = {{ada}}"
_COUNTERS = (
    "redeemed",
    "redemptions_succeeded",
    "redemptions_failed",
    "rolled_back",
    "rollbacks_succeeded",
    "rollbacks_failed",
    "gift_redeemed_amount",
)
CORRUPTIONS = {
    "redemptions.total": ["UPDATE counts SET n = n + 1 WHERE project_id = {p} AND name = 'redemptions'"],
    "voucher_totals.redeemed_quantity": [
        "UPDATE voucher_totals SET redeemed_quantity = 9 WHERE project_id = {p} AND code = 'USED'"
    ],
    **{f"customer_totals.{column}": [_OF_ADA.format(column=column)] for column in _COUNTERS},
    "redemptions.rolled_back": [
        "UPDATE redemptions SET rollback_id = 'rr_none', status = 'ROLLED_BACK' WHERE project_id = {p} AND once = 'k'"
    ],
    "redemptions.unexplained": [
        "UPDATE redemptions SET amount = 7 WHERE project_id = {p} AND code = 'USED' AND result = 'SUCCESS'"
    ],
    "voucher_transactions.of_redemption": [
        "UPDATE voucher_transactions SET source_id = 'r_none'"
        " WHERE project_id = {p} AND code = 'USED' AND type = 'CREDITS_REFUND'"
    ],
    "redemptions.of_order": [
        "UPDATE orders SET redemptions = '{{}}' WHERE project_id = {p} AND source_id = 'redeemed'"
    ],
    "redemption_keys.of_nothing": ["UPDATE redemptions SET once = 'other' WHERE project_id = {p} AND once = 'k'"],
}


async def redeem(patron: Opened, project_id: str) -> None:
    """A card that ada paid with twice, the second time once for an order, of which the first was rolled back; and a
    code that is not there.
    """
    card = VoucherIn(code="USED", type="GIFT_VOUCHER", gift=GiftIn(amount=500))
    await _write(patron, project_id, CREATE, card)
    first = await _redeem(patron, project_id, "USED", OrderIn(amount=100))
    rollback = RollBack(msgspec.json.decode(first)["redemptions"][0]["id"], stacked=False)
    await _write(patron, project_id, ROLL_BACK, rollback)
    await _write(patron, project_id, ROLL_BACK, rollback)
    await _redeem(patron, project_id, "USED", OrderIn(amount=300, source_id="redeemed"), once="k")
    await _redeem(patron, project_id, "NONE", OrderIn(amount=100))


async def _redeem(patron: Opened, project_id: str, code: str, order: OrderIn, once: str | None = None) -> bytes:
    asked = RedeemablesIn(
        redeemables=[RedeemableIn(object="voucher", id=code, gift=GiftAsked(credits=50))],
        order=order,
        customer=CustomerIn(source_id="ada"),
    )
    facts = await look(await patron.units.reading(project_id), _ctx(project_id), asked, None, whose=False)
    return await _write(patron, project_id, REDEEM, Redeem(facts, once))


async def _write(patron: Opened, project_id: str, action: Action[Any], body: Any) -> bytes:
    return (await patron.units.write(action, _ctx(project_id), body)).body


def _ctx(project_id: str) -> Ctx:
    return Ctx(project_id, now_ms(), token_bytes(16))
