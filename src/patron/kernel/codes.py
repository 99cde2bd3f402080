"""Codes of vouchers: what a configuration can yield, and which code comes n-th, so that none comes twice.

A code is a pattern whose holes hold characters of a charset. All codes of a configuration are numbered; a key shuffles
the numbers, so that whoever knows some codes can guess no other one, and so that counting up never repeats a code.
"""

from dataclasses import dataclass
from hashlib import blake2b

HOLE = "#"
ALPHANUMERIC = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
LENGTH = 8
LONGEST = 255
"""Characters of a code, whoever chose it."""
MOST_HOLES = 64

_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class CodeConfig:
    """How codes look: `prefix`, then the pattern with a character of `charset` in the place of each `#`, `postfix`."""

    charset: str = ALPHANUMERIC
    pattern: str = HOLE * LENGTH
    prefix: str = ""
    postfix: str = ""

    @property
    def capacity(self) -> int:
        """How many codes there are.

        >>> CodeConfig(charset="0123456789", pattern="A-##").capacity, CodeConfig(pattern="A").capacity
        (100, 1)
        """
        return int(len(set(self.charset)) ** self.pattern.count(HOLE))


def nth_code(config: CodeConfig, key: bytes, n: int) -> str:
    """The n-th code (0 to capacity - 1) in the order that this key (up to 64 bytes) makes; another n, another code.

    >>> tiny = CodeConfig(charset="ab", pattern="##", prefix="x-")
    >>> sorted(nth_code(tiny, b"any", n) for n in range(4))
    ['x-aa', 'x-ab', 'x-ba', 'x-bb']
    """
    characters = sorted(set(config.charset))
    number = _shuffled(n, config.capacity, key)
    parts = config.pattern.split(HOLE)
    filled = [parts[0]]
    for part in parts[1:]:
        number, place = divmod(number, len(characters))
        filled += (characters[place], part)
    return f"{config.prefix}{''.join(filled)}{config.postfix}"


def _shuffled(n: int, size: int, key: bytes) -> int:
    """Where a keyed shuffle of 0 to size - 1 puts n: a Feistel network, walked until it ends within the size."""
    half = max(1, ((size - 1).bit_length() + 1) // 2)
    mask = (1 << half) - 1
    while True:
        left, right = n >> half, n & mask
        for turn in range(_ROUNDS):
            left, right = right, left ^ (_chance(key, turn, right, half) & mask)
        n = left << half | right
        if n < size:
            return n


def _chance(key: bytes, turn: int, value: int, bits: int) -> int:
    size = (bits + 7) // 8
    return int.from_bytes(blake2b(bytes((turn,)) + value.to_bytes(size), digest_size=size, key=key).digest())
