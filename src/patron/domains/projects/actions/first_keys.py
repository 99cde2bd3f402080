"""The first keys of a project that is created through the management API.

A retry under one Idempotency-Key gets the same answer, tokens included, and yet no token is written down: a token is
derived from its key's id, and the id is what the record of the answer holds.
"""

from collections.abc import Callable
from uuid import UUID, uuid4

import msgspec

from patron.db.actions import Reply
from patron.domains.projects.actions.administer import Created, CreateProject
from patron.domains.projects.actions.open_project import StoredKey
from patron.domains.projects.managed_wire import ManagedProjectIn, NewKey, NewProjectOut
from patron.domains.projects.model import Kind
from patron.domains.projects.policy import token_hash

Derive = Callable[[str], bytes]
"""32 bytes of a text that nobody without the installation's secret could make."""


def with_first_keys(project: ManagedProjectIn, derive: Derive) -> CreateProject:
    """A project to create, with a server and a client key of new ids."""
    return CreateProject(project, _key("server", derive), _key("client", derive))


def with_tokens(reply: Reply, derive: Derive) -> NewProjectOut:
    """The answer to the one who asked: with the tokens of the keys."""
    created = msgspec.json.decode(reply.body, type=Created)
    server, client = (NewKey(app_id, _token(app_id, derive)) for app_id in (created.server_id, created.client_id))
    return NewProjectOut.with_keys(created.project, server, client)


def _key(kind: Kind, derive: Derive) -> StoredKey:
    app_id = str(uuid4())
    return StoredKey(kind, app_id, "made with the project", token_hash(_token(app_id, derive)))


def _token(app_id: str, derive: Derive) -> str:
    return str(UUID(bytes=derive(f"token of the key {app_id}")[:16], version=4))
