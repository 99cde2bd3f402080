"""Projects, keys and what an installation keeps of itself. The first two are content of the rulebook."""

from typing import Literal

import msgspec

from patron.db.rulebook import Part
from patron.db.tables import Json, Table

Kind = Literal["server", "client", "management"]
"""Who holds a key: a shop's own server, a browser or app, or who administers the project."""


class Installation(msgspec.Struct, frozen=True):
    """What the server remembers of itself under a name: its generated secret, the projects that it opened itself."""

    name: str
    value: str


class Project(msgspec.Struct, frozen=True):
    """A project. `rate_limit_per_minute` of None is no limit. Times are epoch ms."""

    project_id: str
    name: str
    rate_limit_per_minute: int | None
    created_at: int
    deleted_at: int | None
    version: int


class ApiKey(msgspec.Struct, frozen=True):
    """A key: `token_hash` is the token's SHA-256 in hex; `deleted_at` is when it was revoked.

    `origins` is a JSON list of the web origins that a client key is good for. An id is unique among the keys
    of its kind in the whole installation, since it is all that a request says of its project.
    """

    app_id: str
    kind: str
    project_id: str
    name: str
    token_hash: str
    origins: Json
    created_at: int
    deleted_at: int | None
    version: int


INSTALLATION = Table(Installation, "installation", rank=100, key=("name",))
PROJECTS = Table(Project, "projects", rank=110, key=("project_id",))
API_KEYS = Table(ApiKey, "api_keys", rank=120, key=("app_id", "kind"), indexes={"version": ("project_id", "version")})

PARTS = (Part(PROJECTS), Part(API_KEYS))
"""What of this domain every process holds in its rulebooks."""
