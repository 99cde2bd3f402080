"""Counting redemptions for the rules that read that, exactly: in the unit of the redemption, under its locks.

A counter is moved while the object that it belongs to is under a rule that reads it (docs/adr/0008).
"""

from collections.abc import Iterable, Mapping

import msgspec

from patron.db.actions import Ctx, Read, Wants
from patron.db.rows import Rows
from patron.domains.projects import calendar_of
from patron.domains.validation_rules.model import RULE_COUNTERS, RuleCounter
from patron.domains.validation_rules.policy.counting import (
    CounterKey,
    begins_of,
    blank,
    counted,
    given_back,
    owners_of,
)
from patron.domains.validation_rules.store import COUNTERS

Counters = Mapping[CounterKey, RuleCounter]


async def find_counters(read: Read, project_id: str, keys: Iterable[CounterKey]) -> Counters:
    """The counters with these keys, by their keys; those that have counted nothing are absent. No lock, no write."""
    asked = owners_of(keys)
    if not asked["owners"]:
        return {}
    texts = {name: msgspec.json.encode(values).decode() for name, values in asked.items()}
    found = await read.all(COUNTERS, project_id=project_id, **texts)
    return {CounterKey(row.owner, row.scope, row.customer_id, row.key_id): row for row in found}


def want_counters(ctx: Ctx, wants: Wants, keys: Iterable[CounterKey]) -> None:
    """Name counters that a write reads and may move; those that do not exist are made, and go again if nobody did."""
    for key in keys:
        wants.find_or_make(RULE_COUNTERS, blank(ctx.project_id, key))


def counters_under_lock(rows: Rows, ctx: Ctx, keys: Iterable[CounterKey]) -> Counters | Wants:
    """The counters with these keys, under lock; where some were not named, the `Wants` of all for a `Need`."""
    listed = list(keys)
    if not all(rows.knows(RULE_COUNTERS, (ctx.project_id, *key)) for key in listed):
        wants = Wants()
        want_counters(ctx, wants, listed)
        return wants
    found = {key: rows.get(RULE_COUNTERS, (ctx.project_id, *key)) for key in listed}
    return {key: row for key, row in found.items() if row is not None}


def count(rows: Rows, ctx: Ctx, keys: Iterable[CounterKey], *, amount: int, discount: int) -> None:
    """Count one redemption, of an order of `amount` (before discounts) off which `discount` was taken, in minor units.

    `keys` are the counters that the rules in question read, each once, which `want_counters` has named.
    """
    begins = begins_of(calendar_of(rows.rulebook), ctx.now)
    for key in keys:
        row = rows.get(RULE_COUNTERS, (ctx.project_id, *key))
        assert row is not None
        rows.put(RULE_COUNTERS, counted(row, begins, amount=amount, discount=discount))


def give_back(rows: Rows, ctx: Ctx, keys: Iterable[CounterKey], made_at: int, *, amount: int, discount: int) -> None:
    """Give the counters back what one redemption, made at `made_at` (epoch ms), has counted: once, at its rollback.

    `keys` as for `count`, as the rules are now: what is under no rule any more counts nothing.
    """
    begins = begins_of(calendar_of(rows.rulebook), made_at)
    for key in keys:
        row = rows.get(RULE_COUNTERS, (ctx.project_id, *key))
        if row is not None and row.total > 0:
            rows.put(RULE_COUNTERS, given_back(row, begins, amount=amount, discount=discount))
