"""What a token is worth: how it is kept, and when it opens a key."""

import hashlib
import hmac
from uuid import UUID

import msgspec

from patron.domains.projects.model import ApiKey


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
