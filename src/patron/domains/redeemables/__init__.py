"""What a request asks to redeem: looked up, judged, told, and held by sessions (spec I 3, 4.1).

Ours: validations, redemptions and qualifications are one decision asked three ways, and all three stand on this.

Nouns: `RedeemablesIn`, the body; `Facts`, what it speaks of; `Judgement`, the engine's decision with the rows behind
it (`Target`); `SessionLock`. To ask without changing anything:

    facts = await look(call.read, call.ctx, call.body, tracking_id)     # 2 reads, more only where there is more to read
    judgement = judge(call.read.rulebook, call.ctx.now, facts)
    told = tell(judgement, call.body.expand, call.ctx.request_id)

In a write, the handler calls `look` first, since a request may speak of many things, and gives the facts to the action
as its body. With `whose=False` it does not look for the customer, for a write that finds them by itself. Then:

* `gather`: `want_redeemables(ctx, wants, facts)`. It names vouchers, their totals and holders, and what the session of
  the request holds; the customer's and the order's rows are the caller's own.
* `apply`: `facts = under_lock(rows, ctx, facts)`, the same facts as rows have them now, or a `Need` to return; then,
  where customer and order are locked too, `concerning(rows.rulebook, ctx.now, facts, (customer, totals), order)` lays
  the request over those; then `judge(rows.rulebook, ctx.now, facts)`. Nothing was changed until here but sums of what
  sessions hold, which are true either way.
* What was decided: `judgement.decision.valid`, `judgement.applied` (each verdict that applies, with its `Target`, whose
  `candidate` has the voucher and totals), `refusal_of` for the error of one that does not, `order_after(judgement,
  calculated)` for the order as it is to be stored, `OrdersOut(judgement).after_all()` as it is told.
* After a success: `release(rows, ctx, key, facts.session_codes)` where `facts.asked.session_key` is one.

What rules count: `want_counts(read, ctx, wants, facts, customer_id)` in gather, `ruled_under_lock` in apply before the
rows are judged, `count_redeemed` for each voucher that was redeemed; at a rollback `want_counts_back`,
`counts_to_give_back`, and `give_back` of validation rules.

Further kinds of redeemables, and what rules say of each, come in at one place: `policy/targets.py`.
"""

from patron.domains.redeemables.actions.counting import (
    count_redeemed,
    counts_to_give_back,
    ruled_under_lock,
    want_counts,
    want_counts_back,
)
from patron.domains.redeemables.actions.look import find_ruled, find_units, held_by_others, look
from patron.domains.redeemables.actions.published import find_publications, read_by_formulas
from patron.domains.redeemables.actions.sessions import hold, release
from patron.domains.redeemables.actions.under_lock import under_lock, want_redeemables
from patron.domains.redeemables.model import Held, SessionLock
from patron.domains.redeemables.policy.facts import Candidate, Cart, Facts, Person, codes_of, concerning, tiers_asked
from patron.domains.redeemables.policy.judging import Judgement, judge
from patron.domains.redeemables.policy.orders import OrdersOut, order_after, order_before
from patron.domains.redeemables.policy.targets import Ruling, Target, as_told
from patron.domains.redeemables.policy.telling import Told, refusal_of, result_without_order, tell, told_discount
from patron.domains.redeemables.tracking import PREFIX as TRACKING_PREFIX
from patron.domains.redeemables.tracking import tracking_id_of

__all__ = [
    "TRACKING_PREFIX",
    "Candidate",
    "Cart",
    "Facts",
    "Held",
    "Judgement",
    "OrdersOut",
    "Person",
    "Ruling",
    "SessionLock",
    "Target",
    "Told",
    "as_told",
    "codes_of",
    "concerning",
    "count_redeemed",
    "counts_to_give_back",
    "find_publications",
    "find_ruled",
    "find_units",
    "held_by_others",
    "hold",
    "judge",
    "look",
    "order_after",
    "order_before",
    "read_by_formulas",
    "refusal_of",
    "release",
    "result_without_order",
    "ruled_under_lock",
    "tell",
    "tiers_asked",
    "told_discount",
    "tracking_id_of",
    "under_lock",
    "want_counts",
    "want_counts_back",
    "want_redeemables",
]
