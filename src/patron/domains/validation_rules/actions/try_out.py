"""Trying a rule out: what it would come to in a case of the caller's choice. Nothing is stored, and nothing counted."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import msgspec

from patron.db.actions import Ctx, Read
from patron.domains.customers import find_sent, new_customer, patched
from patron.domains.customers.wire import CustomerIn
from patron.domains.orders import catalogue_of, kept_items, new_order
from patron.domains.orders import patched as patched_order
from patron.domains.orders.wire import ItemOut, OrderIn
from patron.domains.projects import calendar_of
from patron.domains.validation_rules.actions.find import find
from patron.domains.validation_rules.policy.bundles import bundle_of, items_of, kept_bundle, with_lines
from patron.domains.validation_rules.policy.compiled import Ready
from patron.domains.validation_rules.policy.lines import lines_of
from patron.domains.validation_rules.policy.reading import tree_of
from patron.domains.validation_rules.wire.given import ErrorIn
from patron.domains.validation_rules.wire.tested import TestIn, UnsavedTestIn
from patron.engine.bundle_rules import Bundle
from patron.engine.bundles import Needs, needs_of
from patron.engine.rules.facts import RuleFacts
from patron.engine.rules.judging import Judge, Judgement
from patron.engine.rules.nodes import Rule
from patron.kernel.clock import from_iso
from patron.kernel.problems import invalid_payload

UNSAVED = "rules"
_decode = msgspec.json.decode


class Tried(NamedTuple):
    """What a rule comes to, and the bundle that it needs, if it does."""

    judgement: Judgement
    needs: Needs


async def try_stored(read: Read, ctx: Ctx, rule_id: str, asked: TestIn) -> Tried:
    """What a stored rule comes to. Problem 404 for an unknown one."""
    rule = await find(read, ctx.project_id, rule_id)
    ready = Ready(rule, read.rulebook)
    return await _try(read, ctx, ready.judge, ready.bundle, asked)


async def try_unsaved(read: Read, ctx: Ctx, asked: UnsavedTestIn) -> Tried:
    """What rules come to that nobody has stored. Problem 400 by the path to what is wrong in them."""
    message = asked.error.message if isinstance(asked.error, ErrorIn) else None
    rule = Rule(UNSAVED, tree_of(asked.rules, read.rulebook), message if isinstance(message, str) else None)
    kept = kept_bundle(asked.bundle_rules or None)
    bundle = None if kept is None else bundle_of(kept, rule_id=UNSAVED, error=rule.error, everywhere=False)
    return await _try(read, ctx, Judge(rule, calendar_of(read.rulebook)), bundle, asked)


async def _try(read: Read, ctx: Ctx, judge: Judge, bundle: Bundle | None, asked: TestIn) -> Tried:
    now = ctx.now if asked.at is None else _moment(asked.at)
    things = judge.things | {part.id for part in (() if bundle is None else bundle.parts)}
    items, of_order = await _order(read, ctx, things, asked, now)
    facts = RuleFacts(
        now=now,
        customer=await _customer(read, ctx, asked, now),
        segments=list(asked.segments),
        holder=asked.holder,
        redemption={"metadata": asked.metadata or {}},
        event={"metadata": asked.event or {}},
        api_key=[each for each in (asked.api_key or ctx.key_id, None if asked.api_key else ctx.key_name) if each],
        counters=asked.counters,
        **of_order,
    )
    bundles = () if bundle is None else (with_lines(bundle, facts.lines),)
    return Tried(judge.judgement(facts), needs_of(bundles, items_of(items)))


def _moment(text: str) -> int:
    try:
        return from_iso(text)
    except (ValueError, OverflowError):
        raise invalid_payload("at: expected a date or a date and time in ISO 8601") from None


async def _customer(read: Read, ctx: Ctx, asked: TestIn, now: int) -> dict[str, Any] | None:
    body = asked.customer
    if not isinstance(body, CustomerIn):
        return None
    found = await find_sent(read, ctx.project_id, body)
    source_id = body.source_id if isinstance(body.source_id, str) else None
    customer = new_customer(ctx.project_id, "", source_id, body, now) if found is None else patched(found[0], body, now)
    return {"metadata": _decode(customer.metadata or "{}")}


async def _order(
    read: Read, ctx: Ctx, things: Collection[str], asked: TestIn, now: int
) -> tuple[Sequence[ItemOut], dict[str, Any]]:
    """The lines, and what is known of the order, to tell which of `things` are in it.

    The incentive is taken to leave what is sent as discounts, and nothing more.
    """
    sent = asked.order
    if not isinstance(sent, OrderIn):
        return (), {}
    catalogue = await catalogue_of(read, ctx.project_id, [sent])
    items = kept_items(sent, catalogue) or []
    order = patched_order(new_order(ctx.project_id, "", None, now), sent, items, {})
    known = order.amount is not None
    discount = order.discount_amount + order.items_discount_amount
    return items, {
        "has_order": True,
        "order": {"metadata": _decode(order.metadata)},
        "lines": lines_of(items, catalogue, read.rulebook, now, things),
        "amount": order.amount,
        "initial_amount": order.amount if order.initial_amount is None else order.initial_amount,
        "total_amount": order.total_amount if known else None,
        "discount": discount,
    }
