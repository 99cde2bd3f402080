"""Pure decisions about redemptions: what may be rolled back, and what the ledger says of it."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

from patron.db.actions import Ctx
from patron.domains.orders.wire import OrderIn
from patron.domains.redeemables import Facts
from patron.domains.redeemables.wire.asked import RedeemablesIn
from patron.domains.redemptions.model import (
    FAILED,
    FAILURE,
    NOTHING,
    REDEMPTION,
    ROLLBACK,
    ROLLED_BACK,
    SEVERAL,
    SUCCEEDED,
    SUCCESS,
    OrderMode,
    Redemption,
    place_of,
)
from patron.kernel.incentive_problems import already_rolled_back, invalid_redemption, invalid_redemption_parent
from patron.kernel.problems import Problem

MONTHS: Final = 3
"""So long after it a redemption may be rolled back (spec I 4.8)."""


def check_form(row: Redemption, *, stacked: bool) -> None:
    """Refuse what no rollback is of, or not the one that was asked for. Problem 400 (spec I 4.8)."""
    if row.parent_id is not None:
        raise invalid_redemption_parent(row.parent_id)
    if row.related_type == SEVERAL and not stacked:
        raise invalid_redemption(
            f"It is of several redeemables: they are rolled back together, by POST /v1/redemptions/{row.id}/rollbacks"
        )
    if row.result == FAILURE:
        raise invalid_redemption("Nothing was redeemed by it, so there is nothing to give back")


def refusal_of(row: Redemption, now: int) -> Problem | None:
    """Why a redemption cannot be rolled back at this moment (epoch ms), which is kept as a rollback that failed."""
    if row.rollback_id is not None:
        return already_rolled_back(f"Redemption has been already rolled back, by {row.rollback_id}")
    if now > months_after(row.created_at, MONTHS):
        return invalid_redemption(f"It may be rolled back within {MONTHS} months, which have passed")
    return None


def months_after(moment: int, months: int) -> int:
    """The same day and time so many months later, in UTC; the month's last day where it has no such day.

    >>> months_after(1_701_302_400_000, 3)  # from 2023-11-30 to 2024-02-29
    1709164800000
    """
    days, rest = divmod(moment, 86_400_000)
    day = datetime.fromtimestamp(days * 86_400, UTC)
    month = day.year * 12 + day.month - 1 + months
    first = datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)
    following = datetime((month + 1) // 12, (month + 1) % 12 + 1, 1, tzinfo=UTC)
    last = (following - first).days
    return int(first.replace(day=min(day.day, last)).timestamp()) * 1000 + rest


def undone(row: Redemption, rollback: Redemption) -> Redemption:
    """The redemption once it was rolled back."""
    return replace(
        row,
        status=ROLLED_BACK,
        rollback_id=rollback.id,
        rolled_back_at=rollback.created_at,
        order_mode=rollback.order_mode,
    )


def rollback_of(
    row: Redemption, rollback_id: str, now: int, *, parent_id: str | None, mode: OrderMode, version: int
) -> Redemption:
    """The rollback of a redemption, which gives back what that took; who asked for it, and why, is not in it yet."""
    return replace(
        row,
        place=place_of(rollback_id),
        id=rollback_id,
        object=ROLLBACK,
        result=SUCCESS,
        status=SUCCEEDED,
        created_at=now,
        parent_id=parent_id,
        amount=-row.amount,
        discount_amount=-row.discount_amount,
        order_amount=None if row.order_amount is None else -row.order_amount,
        session_key=None,
        version=version,
        of_id=row.id,
        rollback_id=None,
        rolled_back_at=None,
        order_mode=mode,
        once=None,
    )


def failed_rollback(rollback: Redemption, of_id: str, problem: Problem) -> Redemption:
    """A rollback that gives nothing back, and says why; `of_id` is the redemption that was to be rolled back."""
    return replace(
        rollback,
        result=FAILURE,
        status=FAILED,
        parent_id=None,
        amount=0,
        discount_amount=0,
        order_amount=None,
        order=None,
        order_mode=None,
        of_id=of_id,
        failure_code=problem.key,
        failure_message=problem.details,
    )


def once_key(asked: RedeemablesIn) -> str | None:
    """The key under which the same is redeemed once for one order; None where the order has no source_id."""
    order = asked.order
    if not isinstance(order, OrderIn) or not order.source_id:
        return None
    parts = sorted((each.object, each.id, each.credits or 0) for each in asked.redeemables)
    return sha256(msgspec.json.encode([order.source_id, parts])).hexdigest()


class Said(NamedTuple):
    """What every row of one request says: who redeemed, when, through what, and with which words."""

    project_id: str
    now: int
    customer_id: str
    tracking_id: str
    metadata: str
    order_id: str | None
    session_key: str | None
    channel: str
    channel_id: str
    version: int

    @classmethod
    def of(cls, ctx: Ctx, version: int, facts: Facts, customer_id: str, order_id: str | None) -> "Said":
        """What a request says; `version` is the rulebook's by which it was decided."""
        metadata = facts.asked.metadata or {}
        return cls(
            project_id=ctx.project_id,
            now=ctx.now,
            customer_id=customer_id,
            tracking_id=facts.tracking_id or NOTHING,
            metadata=msgspec.json.encode(metadata).decode(),
            order_id=order_id,
            session_key=facts.asked.session_key,
            channel=ctx.channel,
            channel_id=ctx.key_id,
            version=version,
        )


def redemption_of(
    said: Said,
    redemption_id: str,
    *,
    related: tuple[str, str],
    parent_id: str | None = None,
    code: str = NOTHING,
    campaign_id: str | None = None,
    amount: int = 0,
    discount_amount: int = 0,
    order_amount: int | None = None,
    order: bytes | None = None,
    once: str | None = None,
) -> Redemption:
    """The row of a redemption that succeeded; `related` is the type and the id of what was redeemed."""
    return Redemption(
        project_id=said.project_id,
        place=place_of(redemption_id),
        id=redemption_id,
        object=REDEMPTION,
        result=SUCCESS,
        status=SUCCEEDED,
        created_at=said.now,
        customer_id=said.customer_id,
        tracking_id=said.tracking_id,
        metadata=said.metadata,
        parent_id=parent_id,
        related_type=related[0],
        related_id=related[1],
        code=code,
        campaign_id=campaign_id,
        amount=amount,
        discount_amount=discount_amount,
        order_id=said.order_id,
        order=None if order is None else order.decode(),
        session_key=said.session_key,
        channel=said.channel,
        channel_id=said.channel_id,
        failure_code=None,
        failure_message=None,
        trace=None,
        version=said.version,
        of_id=None,
        rollback_id=None,
        rolled_back_at=None,
        order_mode=None,
        reason=None,
        once=once,
        order_amount=order_amount,
    )
