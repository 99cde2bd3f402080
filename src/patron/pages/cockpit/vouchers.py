"""What the customer holds: codes with what they give, and gift cards with what is left on them.

The picture of a code is behind the link that the API tells, which opens the picture alone; a code that is of no use any
more has none. Nothing here is clicked to be redeemed: the code is shown where it is used.
"""

import re
from dataclasses import dataclass

import msgspec

from patron.db.counts import TOTAL
from patron.domains.projects.model import ProjectSettings
from patron.domains.vouchers.actions.redeemables import list_redeemables
from patron.domains.vouchers.assets import qr_token
from patron.domains.vouchers.model import GIFT, LIST, Voucher, VoucherTotals
from patron.domains.vouchers.policy import status_of
from patron.domains.vouchers.store import Found
from patron.domains.vouchers.wire.redeemables import RedeemablesQuery, Status
from patron.domains.vouchers.wire.validity import Validity
from patron.pages.cockpit.gives import gives
from patron.pages.cockpit.sections import Reader, Section

SHOWN = 6
AFTER = "vouchers"
"""The parameter of the page's address that says after which entry the list goes on."""

_HOLDING = re.compile(r"rh_\w{1,64}", re.ASCII)
_OF_USE: tuple[Status, ...] = ("ACTIVE", "NOT_ACTIVE_YET")


@dataclass(frozen=True, slots=True)
class Card:
    """One voucher in the reader's language.

    `gives` is what it takes off, `balance` what is left of `amount` on a gift card (both None for a discount). `limits`
    are sentences of when and how often it can be used. `picture` leads to the QR code; None where it is of no use.
    """

    code: str
    gives: str
    balance: str | None
    amount: str | None
    status: Status
    limits: list[str]
    picture: str | None

    @property
    def of_use(self) -> bool:
        return self.status in _OF_USE


@dataclass(frozen=True, slots=True)
class Held:
    """A page of what is held, the latest first; `total` is how much that is in all, `more` where the list goes on."""

    cards: list[Card]
    total: int
    more: str | None
    is_first: bool


async def _look(reader: Reader) -> Held | None:
    """A shop that has no vouchers has nothing to say of them."""
    project_id = reader.customer.project_id
    if not await reader.read.one(TOTAL, project_id=project_id, name=LIST):
        return None
    asked = reader.query.get(AFTER, "")
    after = asked if _HOLDING.fullmatch(asked) else None
    query = RedeemablesQuery(limit=SHOWN, starting_after_id=after)
    held, total, more = await list_redeemables(reader.read, project_id, reader.customer.id, query, reader.now)
    last = held[-1][0] if more else None
    return Held([_card(reader, found) for _, _, found in held], total, last, after is None)


def _card(reader: Reader, found: Found) -> Card:
    voucher, totals, _ = found
    words, currency = reader.words, ProjectSettings.of(reader.read.rulebook).profile.currency
    status = status_of(voucher, totals, reader.now)
    is_gift = voucher.type == GIFT
    seal = qr_token(reader.links, voucher.project_id, voucher.id) if status in _OF_USE else None
    return Card(
        code=voucher.code,
        gives=words.text("vouchers.gift") if is_gift else gives(words, voucher.discount or "", currency),
        balance=words.money(totals.balance, currency) if is_gift else None,
        amount=words.money(totals.amount, currency) if is_gift else None,
        status=status,
        limits=_limits(reader, voucher, totals),
        picture=None if seal is None else f"../v1/assets/qr/{seal}?format=svg",
    )


def _limits(reader: Reader, voucher: Voucher, totals: VoucherTotals) -> list[str]:
    """When it can be used, and how often still, as far as either is limited."""
    words = reader.words
    limits = []
    if voucher.start_at is not None and voucher.start_at > reader.now:
        limits.append(words.text("vouchers.from", day=words.begin(voucher.start_at)))
    if voucher.expires_at is not None:
        key = "vouchers.until" if voucher.expires_at > reader.now else "vouchers.was_until"
        limits.append(words.text(key, day=words.end(voucher.expires_at)))
    if voucher.validity is not None:
        validity = msgspec.json.decode(voucher.validity, type=Validity)
        if validity.day_of_week:
            limits.append(words.text("vouchers.days", days=words.weekdays(validity.day_of_week)))
        if validity.hours or validity.timeframe:
            limits.append(words.text("vouchers.times"))
    if voucher.quantity is not None and voucher.quantity > totals.redeemed_quantity:
        limits.append(words.text("vouchers.left", n=words.number(voucher.quantity - totals.redeemed_quantity)))
    return limits


VOUCHERS = Section("vouchers", "main", _look)
