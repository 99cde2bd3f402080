"""How a judgement is answered (spec I 3.2)."""

from msgspec import UNSET

from patron.db.actions import Ctx
from patron.db.rulebook import Rulebook
from patron.domains.redeemables import Judgement, tell
from patron.domains.redeemables.wire.asked import SessionIn
from patron.domains.redeemables.wire.told import SessionOut
from patron.domains.stacking_rules import rules_of, told_rules
from patron.domains.validations.wire import ValidationOut

PREFIX = "valid_"


def answer(rulebook: Rulebook, ctx: Ctx, judgement: Judgement, session_key: str | None = None) -> ValidationOut:
    """The answer to a validation; `session_key` is that of the session that holds what applies."""
    facts = judgement.facts
    told = tell(judgement, facts.asked.expand, ctx.request_id)
    valid = judgement.decision.valid
    all_or_none = rules_of(rulebook).redeemables_application_mode == "ALL"
    session = facts.asked.session
    return ValidationOut(
        id=ctx.id(PREFIX),
        valid=valid,
        redeemables=told.all if all_or_none and not valid else told.applicable,
        skipped_redeemables=told.skipped or UNSET,
        inapplicable_redeemables=told.inapplicable or UNSET,
        order=told.order,
        tracking_id=facts.tracking_id or UNSET,
        session=_told(session, session_key) if isinstance(session, SessionIn) and session_key else UNSET,
        stacking_rules=told_rules(rulebook),
    )


def _told(session: SessionIn, key: str) -> SessionOut:
    ttl, unit = session.length
    return SessionOut(key=key, ttl=ttl, ttl_unit=unit)
