"""Creating stacks of tiers, changing and deleting them (spec I 2.3)."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from patron.db.actions import Action, Ctx, More, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.promotions.actions.find import find_stack
from patron.domains.promotions.actions.hold import Held, held, want_promotion
from patron.domains.promotions.model import (
    MOST_STACKS,
    PROMOTION_STACKS,
    STACK_PREFIX,
    PromotionStack,
    stacked,
)
from patron.domains.promotions.policy import category_id_of, check_promotion, check_stacked, unknown_stack
from patron.domains.promotions.wire.given import StackedIn, StackIn, StackPatch
from patron.domains.promotions.wire.told import StackOut
from patron.domains.vouchers import find_campaign, lock_campaign
from patron.kernel.problems import invalid_payload

_encode = msgspec.json.encode


class Create(msgspec.Struct, frozen=True):
    """A stack for the campaign with this id or name."""

    reference: str
    stack: StackIn


class Update(msgspec.Struct, frozen=True):
    """Changes of the stack with this id, of the campaign with this id or name."""

    reference: str
    id: str
    patch: StackPatch


class Delete(msgspec.Struct, frozen=True):
    """The stack with this id, of the campaign with this id or name."""

    reference: str
    id: str


async def _gather_create(read: Read, ctx: Ctx, body: Create) -> Wants:
    campaign = await find_campaign(read, ctx.project_id, body.reference)
    wants = Wants()
    await want_promotion(read, ctx, wants, campaign.id)
    return wants


def _create(rows: Rows, ctx: Ctx, body: Create) -> Outcome:
    campaign = lock_campaign(rows, ctx, body.reference)
    if campaign is None:
        return More()
    check_promotion(campaign)
    of = held(rows, ctx, campaign.id)
    if of is None:
        return More()
    if len(of.stacks) >= MOST_STACKS:
        raise invalid_payload(f"promotion stacks: expected at most {MOST_STACKS} in a campaign")
    check_stacked(body.stack.tiers.ids, of.tiers)
    stack = PromotionStack(
        project_id=ctx.project_id,
        id=ctx.id(STACK_PREFIX),
        campaign_id=campaign.id,
        name=body.stack.name,
        tier_ids=_text(body.stack.tiers.ids),
        category_id=category_id_of(rows.rulebook, body.stack),
        in_bin=0,
        created_at=ctx.now,
        updated_at=None,
        deleted_at=None,
        version=rows.next_version(),
    )
    rows.add(PROMOTION_STACKS, stack)
    return _shown(rows, stack)


async def _gather(read: Read, ctx: Ctx, body: Update | Delete) -> Wants:
    stack = await find_stack(read, ctx.project_id, body.reference, body.id)
    wants = Wants()
    await want_promotion(read, ctx, wants, stack.campaign_id)
    wants.lock(PROMOTION_STACKS, (ctx.project_id, stack.id))
    return wants


def _update(rows: Rows, ctx: Ctx, body: Update) -> Outcome:
    stack = _named(rows, ctx, body.id)
    of = held(rows, ctx, stack.campaign_id)
    if of is None:
        return More()
    after = replace(stack, **_changes(rows, stack, of, body.patch))
    if after != stack:
        after = replace(after, updated_at=ctx.now, version=rows.next_version())
        rows.put(PROMOTION_STACKS, after)
    return _shown(rows, after)


def _changes(rows: Rows, stack: PromotionStack, of: Held, patch: StackPatch) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if isinstance(patch.name, str):
        changes["name"] = patch.name
    if isinstance(patch.tiers, StackedIn) and patch.tiers.ids != stacked(stack):
        check_stacked(patch.tiers.ids, of.tiers)
        changes["tier_ids"] = _text(patch.tiers.ids)
    if patch.category_id is not UNSET:
        changes["category_id"] = category_id_of(rows.rulebook, patch)
    return changes


def _delete(rows: Rows, ctx: Ctx, body: Delete) -> Outcome:
    stack = _named(rows, ctx, body.id)
    rows.put(PROMOTION_STACKS, replace(stack, deleted_at=ctx.now, version=rows.next_version()))
    return Reply(204)


def _named(rows: Rows, ctx: Ctx, stack_id: str) -> PromotionStack:
    stack = rows.get(PROMOTION_STACKS, (ctx.project_id, stack_id))
    if stack is None or stack.deleted_at is not None:
        raise unknown_stack(stack_id)
    return stack


def _text(ids: Sequence[str]) -> str:
    return _encode(ids).decode()


def _shown(rows: Rows, stack: PromotionStack) -> Reply:
    return Reply(200, _encode(StackOut.of(rows.rulebook, stack)))


CREATE = Action("promotions.create_stack", _gather_create, _create)
"""Body: `Create`. Answers 200 with the stack.

Problem 404 for an unknown campaign or category, or a tier that is not of the campaign; 400 for a campaign of another
type, or one stack too many.
"""

UPDATE: Action[Update] = Action("promotions.update_stack", _gather, _update)
"""Body: `Update`. Answers 200 with the stack; Problem 404 for an unknown one, or what it cannot refer to."""

DELETE: Action[Delete] = Action("promotions.delete_stack", _gather, _delete)
"""Body: `Delete`. Answers 204; Problem 404 for an unknown one."""
