"""The link to a customer's page, put into the answers that are about this one customer (spec C 1.6).

Whoever has the link may see and change what is on the page. So it is made when an answer leaves, for holders of server
keys alone, and is in nothing that is kept: no feed, no record of an Idempotency-Key.
"""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from patron.db.actions import Reply
from patron.domains.customers.links import cockpit_url
from patron.domains.customers.model import Customer
from patron.domains.customers.store import BY_ID
from patron.domains.customers.wire import Assets
from patron.domains.projects.model import ProjectSettings
from patron.http.routes import Call


class _Told(msgspec.Struct):
    id: str


def assets_of(call: Call[Any, Any], customer: Customer) -> Assets | UnsetType:
    """What an answer tells of this customer's page; UNSET in a project whose customers have none."""
    cockpit = ProjectSettings.of(call.read.rulebook).cockpit
    if not cockpit.enabled:
        return UNSET
    return Assets(cockpit_url(call.links, call.public_url, customer, cockpit.link_days, call.ctx.now))


async def with_assets(call: Call[Any, Any], reply: Reply) -> Reply:
    """The answer of a write, with what is told of the customer's page."""
    customer = reply.about or await _told_again(call, reply)
    assets = UNSET if customer is None else assets_of(call, customer)
    if assets is UNSET:
        return reply
    fields = msgspec.json.decode(reply.body, type=dict[str, msgspec.Raw])
    kind = fields.pop("object")
    return call.json({**fields, "assets": assets, "object": kind})


async def _told_again(call: Call[Any, Any], reply: Reply) -> Customer | None:
    """The customer of an answer that is given once more; None if it was deleted since."""
    told = msgspec.json.decode(reply.body, type=_Told)
    found = await call.read.one(BY_ID, project_id=call.ctx.project_id, id=told.id)
    return None if found is None else found[0]
