"""Ids made by the application: a prefix, then 24 letters and digits that sort by the time they were made."""

from functools import lru_cache
from hashlib import blake2b
from struct import Struct

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
TIME_DIGITS = 8
_SERIAL_DIGITS = 3
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
_LATEST = 62**TIME_DIGITS - 1


@lru_cache(2_048)
def make_id(prefix: str, now: int, seed: bytes, label: str = "") -> str:
    """The id that this moment (epoch ms), seed (16 random bytes or more) and label stand for.

    The same arguments give the same id, so that running a write again gives the row the same name; other
    labels give unrelated ones. Prefixes are the reference's (spec C 1.8), for example `cust_`.
    """
    # A write asks for each of its ids twice, in gather and in apply: the last ones are kept.
    digest = blake2b(label.encode(), digest_size=16, key=seed[:64]).digest()
    first, second = _halves(digest)
    return prefix + _time_digits(now) + _eight(first) + _eight(second)


def make_ids(prefix: str, now: int, seed: bytes, label: str, n: int) -> list[str]:
    """As many ids as are asked for, of which each is as `make_id` would make one: four come from one digest."""
    begin, key = prefix + _time_digits(now), seed[:64]
    ids = []
    for place in range(0, n, 4):
        chance = _eights(blake2b(f"{label}/{place}".encode(), key=key, person=b"many").digest())
        texts = [_eight(number) for number in chance]
        ids += [begin + texts[i] + texts[i + 1] for i in range(0, len(texts), 2)]
    return ids[:n]


def make_serial_id(prefix: str, now: int, seed: bytes, label: str, serial: int) -> str:
    """As `make_id`; ids of the same arguments and other serials (0 to 238,327) sort by the serial."""
    digest = blake2b(label.encode(), digest_size=16, key=seed[:64]).digest()
    first, second = _halves(digest)
    return prefix + _time_digits(now) + _eight(first) + _eight(second)[_SERIAL_DIGITS:] + _serial_digits(serial)


def earliest_id(prefix: str, moment: int) -> str:
    """What sorts just before every id that was made at this moment (epoch ms) or later, and after all older ones.

    Moments that no id can be of, before 1970 or after the year 8888, are moved to the nearest that one can.

    >>> earliest_id("evcus_", 0), earliest_id("evcus_", 1700000000000)
    ('evcus_00000000', 'evcus_0Tvcokgi')
    """
    return prefix + _base62(min(max(moment, 0), _LATEST), TIME_DIGITS)


def moment_of_id(digits: str) -> int:
    """The moment (epoch ms) that an id's first eight letters and digits after the prefix tell.

    >>> moment_of_id("0Tvcokgi")
    1700000000000
    """
    moment = 0
    for digit in digits:
        moment = moment * 62 + ALPHABET.index(digit)
    return moment


@lru_cache(256)
def _time_digits(now: int) -> str:
    return _base62(now, TIME_DIGITS)


@lru_cache(256)
def _serial_digits(serial: int) -> str:
    return _base62(serial, _SERIAL_DIGITS)


def _eight(number: int) -> str:
    """The lowest eight digits: `_base62` without its loop, since half of a new id's time went there."""
    number, d = divmod(number, 3844)
    number, c = divmod(number, 3844)
    a, b = divmod(number, 3844)
    return f"{_PAIRS[a % 3844]}{_PAIRS[b]}{_PAIRS[c]}{_PAIRS[d]}"


def _base62(number: int, digits: int) -> str:
    """The lowest digits of a number; two at a time, since ids are made often."""
    out = []
    for _ in range((digits + 1) // 2):
        number, pair = divmod(number, 3844)
        out.append(_PAIRS[pair])
    out.reverse()
    text = "".join(out)
    return text[1:] if digits % 2 else text


_halves = Struct(">QQ").unpack
_eights = Struct(">8Q").unpack
