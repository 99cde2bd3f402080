"""Trying a rule out: what it would come to in a case of the caller's choice. Nothing is stored, and nothing counted."""

from typing import Any

import msgspec

from patron.db.actions import Ctx, Read
from patron.domains.customers import find_sent, new_customer, patched
from patron.domains.customers.wire import CustomerIn
from patron.domains.orders import catalogue_of, kept_items, new_order
from patron.domains.orders import patched as patched_order
from patron.domains.orders.wire import OrderIn
from patron.domains.projects import calendar_of
from patron.domains.validation_rules.actions.find import find
from patron.domains.validation_rules.policy.compiled import Ready
from patron.domains.validation_rules.policy.lines import lines_of
from patron.domains.validation_rules.policy.reading import tree_of
from patron.domains.validation_rules.wire.given import ErrorIn
from patron.domains.validation_rules.wire.tested import TestIn, UnsavedTestIn
from patron.engine.rules.facts import RuleFacts
from patron.engine.rules.judging import Judge, Judgement
from patron.engine.rules.nodes import Rule
from patron.kernel.clock import from_iso
from patron.kernel.problems import invalid_payload

UNSAVED = "rules"
_decode = msgspec.json.decode


async def try_stored(read: Read, ctx: Ctx, rule_id: str, asked: TestIn) -> Judgement:
    """What a stored rule comes to. Problem 404 for an unknown one."""
    rule = await find(read, ctx.project_id, rule_id)
    return await _try(read, ctx, Ready(rule, read.rulebook).judge, asked)


async def try_unsaved(read: Read, ctx: Ctx, asked: UnsavedTestIn) -> Judgement:
    """What rules come to that nobody has stored. Problem 400 by the path to what is wrong in them."""
    message = asked.error.message if isinstance(asked.error, ErrorIn) else None
    rule = Rule(UNSAVED, tree_of(asked.rules, read.rulebook), message if isinstance(message, str) else None)
    return await _try(read, ctx, Judge(rule, calendar_of(read.rulebook)), asked)


async def _try(read: Read, ctx: Ctx, judge: Judge, asked: TestIn) -> Judgement:
    now = ctx.now if asked.at is None else _moment(asked.at)
    facts = RuleFacts(
        now=now,
        customer=await _customer(read, ctx, asked, now),
        segments=list(asked.segments),
        holder=asked.holder,
        redemption={"metadata": asked.metadata or {}},
        event={"metadata": asked.event or {}},
        api_key=[each for each in (asked.api_key or ctx.key_id, None if asked.api_key else ctx.key_name) if each],
        counters=asked.counters,
        **await _order(read, ctx, judge, asked, now),
    )
    return judge.judgement(facts)


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


async def _order(read: Read, ctx: Ctx, judge: Judge, asked: TestIn, now: int) -> dict[str, Any]:
    """What is known of the order. The incentive is taken to leave what is sent as discounts, and nothing more."""
    sent = asked.order
    if not isinstance(sent, OrderIn):
        return {}
    catalogue = await catalogue_of(read, ctx.project_id, [sent])
    items = kept_items(sent, catalogue) or []
    order = patched_order(new_order(ctx.project_id, "", None, now), sent, items, {})
    known = order.amount is not None
    discount = order.discount_amount + order.items_discount_amount
    return {
        "has_order": True,
        "order": {"metadata": _decode(order.metadata)},
        "lines": lines_of(items, catalogue, read.rulebook, now, judge.things),
        "amount": order.amount,
        "initial_amount": order.amount if order.initial_amount is None else order.initial_amount,
        "total_amount": order.total_amount if known else None,
        "discount": discount,
    }
