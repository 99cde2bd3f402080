"""What a request speaks of, under lock: for whoever redeems or holds what it asks for."""

from dataclasses import replace

from patron.db.actions import Ctx, Need, Wants
from patron.db.rows import Rows
from patron.domains.redeemables.actions.published import read_by_formulas
from patron.domains.redeemables.actions.sessions import held_by_others, want_recount, want_session
from patron.domains.redeemables.policy.exact import discount_of
from patron.domains.redeemables.policy.facts import Candidate, Facts, codes_of, names_of_units, tiers_asked
from patron.domains.vouchers import found_by_code, its_totals, want_code_rows
from patron.engine.case import SHIPPING
from patron.kernel.problems import busy

_CHANGED = "A discount has changed since it was looked up; send the request again."


def want_redeemables(ctx: Ctx, wants: Wants, facts: Facts) -> None:
    """Name the rows of what a request asks for: vouchers with their totals and holders, and what sessions hold."""
    for code in codes_of(facts.asked):
        want_code_rows(ctx, wants, code)
    if facts.asked.session_key is not None:
        want_session(ctx, wants, facts.asked.session_key, facts.session_codes)
    for candidate in facts.vouchers.values():
        want_recount(ctx, wants, candidate.voucher, candidate.totals)


def under_lock(rows: Rows, ctx: Ctx, facts: Facts) -> Facts | Need:
    """The facts with the vouchers as they are under lock; `Need` where sessions must be counted anew first.

    The customer and the order stay as they were looked up: `concerning` takes those that a write has under lock.
    Problem 503 where a discount adds another product since it was looked up, or a formula reads more of a publication.
    """
    vouchers: dict[str, Candidate] = {}
    needed = Wants()
    for tier in tiers_asked(rows.rulebook, facts.asked):
        _check_units(facts, tier.discount)
    for code in codes_of(facts.asked):
        found = found_by_code(rows, ctx, code)
        if found is None:
            continue
        voucher, totals, holder_id = found
        if voucher.discount is not None:
            _check_units(facts, voucher.discount)
        if any(each.id not in facts.publications for each in read_by_formulas(rows.rulebook, [found])):
            raise busy(_CHANGED)
        held = held_by_others(rows, ctx, voucher, totals, facts.asked.session_key)
        if isinstance(held, Need):
            needed.merge(held.wants)
        else:
            vouchers[code] = Candidate(voucher, its_totals(rows, voucher), holder_id, held)
    return Need(needed) if needed.scans else replace(facts, vouchers=vouchers)


def _check_units(facts: Facts, discount: str) -> None:
    if discount not in facts.discounts and names_of_units([discount_of(discount)]) - {SHIPPING} - facts.units.keys():
        raise busy(_CHANGED)
