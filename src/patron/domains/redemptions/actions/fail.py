"""Keeping an attempt to redeem that came to nothing, with all reasons (spec I 4.1, 4.3)."""

from typing import Any

import msgspec
from msgspec.structs import replace

from patron.db.actions import Ctx, Reply
from patron.db.rows import Rows
from patron.domains.customers import count_redemption
from patron.domains.redeemables import Judgement, refusal_of, tell
from patron.domains.redeemables.wire.told import RefusalOut
from patron.domains.redemptions.actions.keep import add, related_id
from patron.domains.redemptions.model import FAILED, FAILED_PREFIX, FAILURE, NOBODY, REDEMPTION, VOUCHER
from patron.domains.redemptions.policy import Said, redemption_of
from patron.engine.decision import Verdict

_FAILURE_CODES = {"not_found": "resource_not_found"}
"""What the ledger calls a refusal, where it is not the key of the answer (spec I 4.3)."""

_encode = msgspec.json.Encoder(decimal_format="number").encode


def fail(rows: Rows, ctx: Ctx, judgement: Judgement, customer_id: str) -> Reply:
    """Keep, count and tell that nothing was redeemed: for one redeemable, the first that may not be used."""
    verdict = _first(judgement)
    target = judgement.target(verdict)
    refusal = _refusal(judgement, verdict, ctx.request_id)
    said = Said.of(ctx, rows.rulebook.version, judgement.facts, customer_id, None)
    row = redemption_of(
        said,
        ctx.serial_id(FAILED_PREFIX, "", rows.next_serial()),
        related=(verdict.kind, related_id(verdict, target)),
        code=verdict.id if verdict.kind == VOUCHER else "",
        campaign_id=None if target.campaign is None else target.campaign.id,
    )
    failed = replace(
        row,
        result=FAILURE,
        status=FAILED,
        failure_code=_FAILURE_CODES.get(refusal.key, refusal.key),
        failure_message=refusal.details,
        trace=_encode(_reasons(judgement, ctx.request_id)).decode(),
    )
    if customer_id != NOBODY:
        count_redemption(rows, ctx, customer_id, succeeded=False)
    add(rows, ctx, failed, target)
    told = replace(refusal, resource_id=failed.id, resource_type=REDEMPTION)
    return Reply(refusal.code, _encode(told), subject=customer_id or None)


def _first(judgement: Judgement) -> Verdict:
    """The first redeemable that may not be used, in the order of application; else the first that was left out."""
    verdicts = judgement.decision.verdicts
    return next((each for each in verdicts if each.refusals), verdicts[0])


def _refusal(judgement: Judgement, verdict: Verdict, request_id: str) -> RefusalOut:
    if verdict.refusals:
        return refusal_of(verdict.refusals[0], judgement.target(verdict), request_id)
    assert verdict.skip is not None
    key, message, _ = verdict.skip
    return RefusalOut(code=400, key=key, message=message, details=message, request_id=request_id)


def _reasons(judgement: Judgement, request_id: str) -> list[Any]:
    """Why not, of every redeemable that may not be used: each check, what it expected and what it found."""
    entries = tell(judgement, frozenset({"trace"}), request_id).inapplicable
    return [{"redeemable": entry.id, "reasons": entry.result.trace} for entry in entries]
