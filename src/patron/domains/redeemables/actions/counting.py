"""What rules count of a redemption: named, read and moved in its unit, and given back at its rollback."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from patron.db.actions import Ctx, Need, Read, Wants
from patron.db.rows import Rows
from patron.domains.redeemables.policy.facts import Facts, Ruled
from patron.domains.redeemables.policy.ruling import segments_asked, subject_of, subjects_of
from patron.domains.redeemables.policy.targets import Target
from patron.domains.segments import Standing, lacking_standing, standing_of, want_standing
from patron.domains.validation_rules import (
    CounterKey,
    Subject,
    count,
    counters_under_lock,
    of_vouchers,
    want_counters,
)
from patron.domains.validation_rules.model import VALIDATION_RULES, VOUCHER_RULES


async def want_counts(read: Read, ctx: Ctx, wants: Wants, facts: Facts, customer_id: str) -> None:
    """Name what rules look at for a redemption by this customer (or nobody): the rules of vouchers, counters, and what
    segments look at in the customer. One read, only where there are rules at all.
    """
    if not read.rulebook.rows(VALIDATION_RULES):
        return
    _want_rules(ctx, wants, facts.vouchers)
    own = await of_vouchers(read, ctx.project_id, list(facts.vouchers)) if facts.vouchers else {}
    rules = {code: assignment.rule_id for code, assignment in own.items()}
    known = replace(facts, ruled=replace(facts.ruled, rules=rules))
    subjects = subjects_of(read.rulebook, known, customer_id)
    for subject in subjects:
        want_counters(ctx, wants, subject.counters(read.rulebook))
    segment_ids = segments_asked(read.rulebook, subjects)
    if segment_ids and customer_id:
        want_standing(wants, read.rulebook, (ctx.project_id, customer_id), segment_ids)


def _want_rules(ctx: Ctx, wants: Wants, codes: Iterable[str]) -> None:
    """Of every voucher, also of one that is under no rule: it may come under one until it is locked."""
    for code in codes:
        wants.lock(VOUCHER_RULES, (ctx.project_id, code))


def _rules_under_lock(rows: Rows, ctx: Ctx, codes: Collection[str]) -> dict[str, str] | Need:
    """The ids of the vouchers' own rules, by code; `Need` where there was no rule at all when they were gathered."""
    if not all(rows.knows(VOUCHER_RULES, (ctx.project_id, code)) for code in codes):
        wants = Wants()
        _want_rules(ctx, wants, codes)
        return Need(wants)
    own = {code: rows.get(VOUCHER_RULES, (ctx.project_id, code)) for code in codes}
    return {code: row.rule_id for code, row in own.items() if row is not None}


def ruled_under_lock(rows: Rows, ctx: Ctx, facts: Facts, customer_id: str) -> Facts | Need:
    """The facts with what rules look at as it is under lock; `Need` where some of it lacks.

    The facts are already about the customer under lock, with the request laid over the profile.
    """
    if not rows.rulebook.rows(VALIDATION_RULES):
        return facts
    rules = _rules_under_lock(rows, ctx, facts.vouchers)
    if isinstance(rules, Need):
        return rules
    locked = replace(facts, ruled=Ruled(rules=rules, api_key=facts.ruled.api_key))
    subjects = subjects_of(rows.rulebook, locked, customer_id)
    keys = {key for subject in subjects for key in subject.counters(rows.rulebook)}
    counters = counters_under_lock(rows, ctx, sorted(keys))
    if isinstance(counters, Wants):
        return Need(counters)
    standing = _standing(rows, ctx, locked, customer_id, segments_asked(rows.rulebook, subjects))
    if isinstance(standing, Need):
        return standing
    return replace(locked, ruled=replace(locked.ruled, counters=counters, standing=standing))


def _standing(rows: Rows, ctx: Ctx, facts: Facts, customer_id: str, segment_ids: set[str]) -> Standing | Need | None:
    """What segments look at in the customer of a redemption; one who is new has only what the request says."""
    if not segment_ids or facts.person is None:
        return None
    if facts.person.id is not None:
        lacking = lacking_standing(rows, (ctx.project_id, customer_id), segment_ids)
        if lacking is not None:
            return Need(lacking)
    return standing_of(rows, facts.person.customer, segment_ids)


def count_redeemed(
    rows: Rows, ctx: Ctx, facts: Facts, target: Target, customer_id: str, *, amount: int, discount: int
) -> None:
    """Count the redemption of one target of a request, of an order of `amount` off which `discount` was taken."""
    thing = target.candidate or target.tier
    if thing is not None and rows.rulebook.rows(VALIDATION_RULES):
        keys = subject_of(facts, thing, customer_id).counters(rows.rulebook)
        count(rows, ctx, keys, amount=amount, discount=discount)


async def want_counts_back(read: Read, ctx: Ctx, wants: Wants, of: Subject, code: str) -> None:
    """Name what the rollback of a redemption gives back to, as its rules are now; `code` is empty for a tier."""
    if not read.rulebook.rows(VALIDATION_RULES):
        return
    own = {}
    if code:
        _want_rules(ctx, wants, [code])
        own = await of_vouchers(read, ctx.project_id, [code])
    subject = replace(of, rule_id=own[code].rule_id if code in own else None)
    want_counters(ctx, wants, subject.counters(read.rulebook))


def counts_to_give_back(rows: Rows, ctx: Ctx, of: Subject, code: str) -> list[CounterKey] | Need:
    """The counters that the rules of a voucher or tier read under lock; `Need` where some were not named."""
    if not rows.rulebook.rows(VALIDATION_RULES):
        return []
    rules = _rules_under_lock(rows, ctx, [code] if code else [])
    if isinstance(rules, Need):
        return rules
    keys = replace(of, rule_id=rules.get(code)).counters(rows.rulebook)
    counters = counters_under_lock(rows, ctx, keys)
    return Need(counters) if isinstance(counters, Wants) else keys
