"""What rules count of a redemption: named, read and moved in its unit, and given back at its rollback."""

from dataclasses import replace

from patron.db.actions import Ctx, Need, Read, Wants
from patron.db.rows import Rows
from patron.domains.redeemables.policy.facts import Facts, Ruled
from patron.domains.redeemables.policy.ruling import subject_of
from patron.domains.validation_rules import (
    CounterKey,
    Subject,
    count,
    counters_under_lock,
    of_vouchers,
    want_counters,
)
from patron.domains.validation_rules.model import VALIDATION_RULES, VOUCHER_RULES


def want_counts(read: Read, ctx: Ctx, wants: Wants, facts: Facts, customer_id: str) -> None:
    """Name the rules of vouchers, and the counters that they read, for a redemption by this customer (or nobody)."""
    for code in facts.ruled.rules:
        wants.lock(VOUCHER_RULES, (ctx.project_id, code))
    for candidate in facts.vouchers.values():
        want_counters(ctx, wants, subject_of(facts, candidate, customer_id).counters(read.rulebook))


def ruled_under_lock(rows: Rows, ctx: Ctx, facts: Facts, customer_id: str) -> Facts | Need:
    """The facts with the rules of vouchers and the counters as they are under lock; `Need` where some lack."""
    rules = {
        code: row.rule_id
        for code in facts.ruled.rules
        if (row := rows.get(VOUCHER_RULES, (ctx.project_id, code))) is not None
    }
    locked = replace(facts, ruled=Ruled(rules=rules, api_key=facts.ruled.api_key))
    keys = {
        key
        for candidate in locked.vouchers.values()
        for key in subject_of(locked, candidate, customer_id).counters(rows.rulebook)
    }
    counters = counters_under_lock(rows, ctx, sorted(keys))
    if isinstance(counters, Wants):
        return Need(counters)
    return replace(locked, ruled=Ruled(rules=rules, counters=counters, api_key=facts.ruled.api_key))


def count_redeemed(
    rows: Rows, ctx: Ctx, facts: Facts, code: str, customer_id: str, *, amount: int, discount: int
) -> None:
    """Count the redemption of one voucher of a request, of an order of `amount` off which `discount` was taken."""
    candidate = facts.vouchers.get(code)
    if candidate is not None:
        keys = subject_of(facts, candidate, customer_id).counters(rows.rulebook)
        count(rows, ctx, keys, amount=amount, discount=discount)


async def want_counts_back(read: Read, ctx: Ctx, wants: Wants, of: Subject, code: str) -> None:
    """Name what the rollback of a redemption of this voucher gives back to, as its rules are now."""
    if not read.rulebook.rows(VALIDATION_RULES):
        return
    wants.lock(VOUCHER_RULES, (ctx.project_id, code))
    own = await of_vouchers(read, ctx.project_id, [code])
    subject = replace(of, rule_id=own[code].rule_id if code in own else None)
    want_counters(ctx, wants, subject.counters(read.rulebook))


def counts_to_give_back(rows: Rows, ctx: Ctx, of: Subject, code: str) -> list[CounterKey] | Need:
    """The counters that the rules of a voucher read under lock; `Need` where some were not named."""
    key = (ctx.project_id, code)
    own = rows.get(VOUCHER_RULES, key) if rows.knows(VOUCHER_RULES, key) else None
    keys = replace(of, rule_id=None if own is None else own.rule_id).counters(rows.rulebook)
    counters = counters_under_lock(rows, ctx, keys)
    return Need(counters) if isinstance(counters, Wants) else keys
