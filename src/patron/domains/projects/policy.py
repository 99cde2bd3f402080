"""What a token is worth: how it is kept, and when it opens a key; and what a project may ask for."""

import hashlib
import hmac
from uuid import UUID

import msgspec

from patron.db.rulebook import Rulebook
from patron.domains.projects.model import PROJECTS, ApiKey


def token_hash(token: str) -> str:
    """The form in which a token is kept. Tokens are long and random, so a fast hash loses nothing."""
    return hashlib.sha256(token.encode(errors="surrogateescape")).hexdigest()


def opens(key: ApiKey, token: str, origin: str | None) -> bool:
    """Whether this token opens this key for a request from this origin (client keys alone look at it)."""
    right = hmac.compare_digest(token_hash(token), key.token_hash)
    return right and key.deleted_at is None and (key.kind != "client" or origin in origins_of(key))


def origins_of(key: ApiKey) -> list[str]:
    """The web origins that a client key is good for."""
    return msgspec.json.decode(key.origins, type=list[str])


def derived_token(secret: str, purpose: str) -> str:
    """A token that can be made again from the installation's secret, so that no copy of it need be kept: a UUID."""
    return str(UUID(bytes=hmac.digest(secret.encode(), purpose.encode(), "sha256")[:16], version=4))


def rate_limit(rulebook: Rulebook) -> int | None:
    """How many requests a minute the project of this rulebook may make; None is any number."""
    project = rulebook.rows(PROJECTS).get((rulebook.project_id,))
    return None if project is None else project.rate_limit_per_minute
