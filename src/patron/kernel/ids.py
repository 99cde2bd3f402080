"""Ids made by the application: a prefix, then 24 letters and digits that sort by the time they were made."""

from hashlib import blake2b

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_TIME_DIGITS = 8
_RANDOM_DIGITS = 16


def make_id(prefix: str, now: int, seed: bytes, label: str = "") -> str:
    """The id that this moment (epoch ms), seed (16 random bytes or more) and label stand for.

    The same arguments give the same id, so that running a write again gives the row the same name; other
    labels give unrelated ones. Prefixes are the reference's (spec C 1.8), for example `cust_`.
    """
    digest = blake2b(label.encode(), digest_size=16, key=seed[:64]).digest()
    return prefix + _base62(now, _TIME_DIGITS) + _base62(int.from_bytes(digest), _RANDOM_DIGITS)


def _base62(number: int, digits: int) -> str:
    out = []
    for _ in range(digits):
        number, digit = divmod(number, 62)
        out.append(_ALPHABET[digit])
    return "".join(reversed(out))
