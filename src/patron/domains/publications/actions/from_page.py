"""Publishing from a page, which names its visitor and changes nobody (spec C 2.12).

Anybody may send any source_id with a page's key. So a customer who is there is neither changed nor shown, and one who
is not there is created only where the project lets its pages create customers.
"""

from typing import Any

from msgspec.structs import replace

from patron.db.actions import Action, Ctx, Outcome, Read, Wants
from patron.db.rows import Rows
from patron.domains.customers.model import CUSTOMER_KEYS
from patron.domains.customers.wire import CustomerIn
from patron.domains.projects.model import ProjectSettings
from patron.domains.publications.actions.publish import PUBLISH
from patron.domains.publications.policy import Publish
from patron.kernel.problems import Problem, invalid_payload, not_found


async def _gather(read: Read, ctx: Ctx, body: Publish) -> Wants:
    if body.customer.id:
        raise invalid_payload("customer.id: expected none from a page; what a page may name is the source_id")
    if not _source_id(body):
        raise invalid_payload("customer.source_id: expected the visitor's")
    return await PUBLISH.gather(read, ctx, _as_a_name(body))


def _source_id(body: Publish) -> str:
    """The official client sends what it was given as its tracking id as the source_id; others may call it so."""
    given: Any = body.customer
    return given.source_id or given.tracking_id or ""


def _as_a_name(body: Publish) -> Publish:
    return replace(body, customer=CustomerIn(source_id=_source_id(body)))


def _apply(rows: Rows, ctx: Ctx, body: Publish) -> Outcome:
    source_id = _source_id(body)
    key = rows.get(CUSTOMER_KEYS, (ctx.project_id, source_id))
    if key is not None and key.customer_id is not None:
        return PUBLISH.apply(rows, ctx, _as_a_name(body))
    if not ProjectSettings.of(rows.rulebook).client.create_customers:
        raise _unknown(source_id)
    given = {field: getattr(body.customer, field) for field in CustomerIn.__struct_fields__}
    return PUBLISH.apply(rows, ctx, replace(body, customer=CustomerIn(**{**given, "source_id": source_id})))


def _unknown(source_id: str) -> Problem:
    problem = not_found("customer", source_id)
    problem.details += ". Pages of this project may not create customers: let the shop's server create them."
    return problem


PUBLISH_FROM_PAGE = Action("publications.publish_from_page", _gather, _apply)
"""Body: `Publish`, whose customer is a `PageCustomerIn`. Answers and problems as those of `PUBLISH`, and 400 for a
customer without a source_id, 404 for one who is not there and may not be created.
"""
