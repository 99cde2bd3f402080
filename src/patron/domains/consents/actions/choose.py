"""Setting what a customer consents to (spec C 2.11), with an entry in the history for each value that changes."""

import msgspec

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.consents.model import (
    CHANGE_PREFIX,
    CONSENT_CHANGES,
    CONSENTS,
    UNSUBSCRIBED,
    ConsentChange,
    ConsentsGiven,
    ConsentsRevoked,
)
from patron.domains.consents.policy import Chosen, chosen, may_give, may_revoke
from patron.domains.customers import consents_of, found, keep_consents, want
from patron.domains.customers.model import Customer, CustomerUpdated
from patron.kernel.problems import not_found

Event = CustomerUpdated | ConsentsGiven | ConsentsRevoked


class Choose(msgspec.Struct, frozen=True):
    """What the customer with this id or source_id says, by the id of a consent or `UNSUBSCRIBED`."""

    reference: str
    choices: dict[str, bool]


async def _gather(read: Read, ctx: Ctx, body: Choose) -> Wants:
    wants = Wants()
    customer_id = await want(read, ctx, wants, body.reference)
    for event in _events(ctx, body, customer_id):
        wants.expect(event)
    return wants


def _events(ctx: Ctx, body: Choose, customer_id: str) -> list[Event]:
    """What may be announced of a customer."""
    return [
        CustomerUpdated(ctx.project_id, customer_id),
        ConsentsGiven(ctx.project_id, customer_id, may_give(body.choices)),
        ConsentsRevoked(ctx.project_id, customer_id, may_revoke(body.choices)),
    ]


def _apply(rows: Rows, ctx: Ctx, body: Choose) -> Outcome:
    customer = found(rows, ctx, body.reference, lambda customer_id: _events(ctx, body, customer_id))
    if isinstance(customer, Need):
        return customer
    _check_known(rows, ctx, body)
    before = consents_of(customer)
    after = chosen(before, body.choices, ctx.now)
    if after.changed:
        keep_consents(rows, ctx, customer, after.consents)
        for consent_id in after.changed:
            said = before.get(consent_id)
            rows.add(CONSENT_CHANGES, _change(ctx, customer, consent_id, None if said is None else said.value, after))
        _announce(rows, ctx, customer, after)
    return Reply(204, subject=customer.id)


def _check_known(rows: Rows, ctx: Ctx, body: Choose) -> None:
    """By the rulebook of this unit, so that nothing is said to a consent that is deleted by now."""
    known = rows.rulebook.rows(CONSENTS)
    for consent_id in body.choices:
        if consent_id != UNSUBSCRIBED and (ctx.project_id, consent_id) not in known:
            raise not_found("consent", consent_id)


def _change(ctx: Ctx, customer: Customer, consent_id: str, before: bool | None, after: Chosen) -> ConsentChange:
    return ConsentChange(
        project_id=ctx.project_id,
        id=ctx.id(CHANGE_PREFIX, f"{customer.id}/{consent_id}"),
        customer_id=customer.id,
        consent_id=consent_id,
        before=None if before is None else int(before),
        value=int(after.consents[consent_id].value),
        created_at=after.at,
        channel=ctx.channel,
        key_id=ctx.key_id,
        origin=ctx.origin,
        request_id=ctx.request_id,
    )


def _announce(rows: Rows, ctx: Ctx, customer: Customer, after: Chosen) -> None:
    if after.given:
        rows.announce(ConsentsGiven(ctx.project_id, customer.id, after.given))
    if after.revoked:
        rows.announce(ConsentsRevoked(ctx.project_id, customer.id, after.revoked))


CHOOSE = Action("consents.choose", _gather, _apply)
"""Body: `Choose`. Answers 204; Problem 404 for an unknown customer or consent, by which nothing at all is set."""
