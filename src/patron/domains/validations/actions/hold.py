"""Validating with a session that holds what applies (spec I 3.6)."""

from typing import Any, Final

import msgspec

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.customers import SimpleCustomer
from patron.domains.events import record
from patron.domains.events.model import ACTION, EntryRecorded
from patron.domains.redeemables import (
    Facts,
    Held,
    Judgement,
    hold,
    judge,
    release,
    under_lock,
    want_redeemables,
)
from patron.domains.redeemables.model import SESSION_PREFIX
from patron.domains.redeemables.wire.asked import SessionIn
from patron.domains.validations.policy import answer, answer_about_one
from patron.domains.validations.wire import ValidationOut
from patron.domains.vouchers.model import Voucher
from patron.kernel.clock import to_iso

_encode = msgspec.json.encode

SUCCEEDED: Final = "customer.validation.succeeded"
FAILED: Final = "customer.validation.failed"


class Hold(msgspec.Struct, frozen=True):
    """Validate what these facts, as they were looked up, ask for; `single` for the answer about one voucher."""

    facts: Facts
    single: bool = False


async def _gather(_read: Read, ctx: Ctx, body: Hold) -> Wants:
    wants = Wants()
    want_redeemables(ctx, wants, body.facts)
    person = body.facts.person
    if person is not None and person.id is not None:
        for kind in (SUCCEEDED, FAILED):
            wants.expect(EntryRecorded(ctx.project_id, person.id, kind))
    return wants


def _apply(rows: Rows, ctx: Ctx, body: Hold) -> Outcome:
    locked = under_lock(rows, ctx, body.facts)
    if isinstance(locked, Need):
        return locked
    judgement = judge(rows.rulebook, ctx.now, locked)
    key = _hold(rows, ctx, judgement) if judgement.decision.valid else None
    told = answer(rows.rulebook, ctx, judgement, key)
    person = locked.person
    if person is not None and person.id is not None:
        _record(rows, ctx, person.customer, told)
    out = answer_about_one(ctx, judgement, told) if body.single else told
    return Reply(200, _encode(out), subject=None if person is None else person.id)


def _hold(rows: Rows, ctx: Ctx, judgement: Judgement) -> str:
    """Let the session hold what applies, in place of what it held before; its key."""
    asked = judgement.facts.asked
    session = asked.session
    assert isinstance(session, SessionIn)
    key = asked.session_key
    if key is None:
        key = ctx.id(SESSION_PREFIX)
    else:
        release(rows, ctx, key, judgement.facts.session_codes)
    hold(rows, ctx, key, ctx.now + session.milliseconds, _parts(judgement))
    return key


def _parts(judgement: Judgement) -> list[tuple[Voucher, Held]]:
    """One use of each voucher that applies; of a card the credits that were asked for, or else those that it pays."""
    parts = []
    for verdict, target in judgement.applied:
        if target.candidate is not None and verdict.applied is not None:
            gift = target.redeemable.gift
            asked = None if gift is None else gift.credits
            amount = (verdict.applied.credits or 0) if asked is None else asked
            parts.append((target.candidate.voucher, Held(1, amount)))
    return parts


def _record(rows: Rows, ctx: Ctx, customer: Any, told: ValidationOut) -> None:
    """Tell the feed of a customer who is known (spec I 3.8)."""
    validation = {
        "id": told.id,
        **({"session_id": told.session.key} if told.session else {}),
        "status": "VALID" if told.valid else "INVALID",
        "created_at": to_iso(ctx.now),
        "customer_id": customer.id,
        **{
            field: [{"id": each.id, "type": each.object} for each in getattr(told, field) or ()]
            for field in ("redeemables", "skipped_redeemables", "inapplicable_redeemables")
        },
    }
    data = {"customer": SimpleCustomer.of(customer), "validation": validation}
    record(rows, ctx, customer.id, SUCCEEDED if told.valid else FAILED, ACTION, _encode(data))


VALIDATE_AND_HOLD = Action("validations.hold", _gather, _apply)
"""Body: `Hold`. Answers 200 with the validation, valid or not."""
