"""Links: signed, expiring texts that stand in a URL for what they say, such as who may open a page."""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any

import msgspec
from itsdangerous import BadData, Signer, URLSafeSerializer
from itsdangerous.encoding import base64_decode, base64_encode

LONGEST = 2_048

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(tuple[Any, int]).decode


def signer(secrets: Sequence[str], purpose: str) -> URLSafeSerializer:
    """What signs JSON for one purpose with the first of the secrets, and knows again what any of them signed.

    The text is signed and not encrypted: let it hold nothing that its reader may not see.
    """
    return URLSafeSerializer(
        list(reversed(secrets)), salt=purpose, signer_kwargs={"key_derivation": "hmac", "digest_method": sha256}
    )


class Links:
    """Seals what a link says. `secrets`: the first signs, all are taken."""

    __slots__ = ("_secrets",)

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = tuple(secrets)

    def seal(self, purpose: str, payload: Any, expires_at: int) -> str:
        """A text of letters, digits, `-`, `_` and `.` that says `payload` (JSON) until `expires_at` (epoch ms)."""
        said = base64_encode(_encode((payload, expires_at // 1000)))
        return _link_signer(self._secrets, purpose).sign(said).decode("ascii")

    def open(self, purpose: str, token: str, now: int) -> Any:
        """What was sealed for this purpose, lists as lists; None if that is over at `now` (epoch ms), or never was."""
        if len(token) > LONGEST or not token.isascii():
            return None
        try:
            payload, expires_at = _decode(base64_decode(_link_signer(self._secrets, purpose).unsign(token)))
        except BadData:
            return None
        return payload if now // 1000 < expires_at else None


@lru_cache(100)
def _link_signer(secrets: tuple[str, ...], purpose: str) -> Signer:
    """Kept, and without the search for a shorter form: a link may stand in the answer to every read."""
    return Signer(list(reversed(secrets)), salt=f"link {purpose}", key_derivation="hmac", digest_method=sha256)
