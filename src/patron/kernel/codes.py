"""Codes of vouchers: what a configuration can yield, and which code comes n-th, so that none comes twice.

A code is a pattern whose holes hold characters of a charset. All codes of a configuration are numbered; a key shuffles
the numbers, so that whoever knows some codes can guess no other one, and so that counting up never repeats a code.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
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
        return int(len(set(self.charset)) ** self.holes)

    @property
    def holes(self) -> int:
        """How many characters of a code are random."""
        return self.pattern.count(HOLE)


def nth_codes(config: CodeConfig, key: bytes, numbers: Iterable[int]) -> list[str]:
    """The codes with these numbers (0 to capacity - 1) in the order that this key (up to 64 bytes) makes.

    Another number, another code.

    >>> tiny = CodeConfig(charset="ab", pattern="##", prefix="x-")
    >>> sorted(nth_codes(tiny, b"any", range(4)))
    ['x-aa', 'x-ab', 'x-ba', 'x-bb']
    """
    characters = "".join(sorted(set(config.charset)))
    pairs = _pairs(characters)
    base, holes, form = len(characters) ** 2, config.holes, _form(config)
    codes = []
    for shuffled in _shuffled(numbers, config.capacity, key):
        number = shuffled
        filled: list[str] = []
        for _ in range(0, holes, 2):
            number, place = divmod(number, base)
            filled += pairs[place]
        codes.append(form % tuple(filled[:holes]))
    return codes


def nth_code(config: CodeConfig, key: bytes, n: int) -> str:
    """The one code with this number; see `nth_codes`."""
    return nth_codes(config, key, (n,))[0]


@lru_cache(16)
def _pairs(characters: str) -> list[str]:
    """Two characters at a time, the lower one first: half of a code's time went into single ones."""
    return [low + high for high in characters for low in characters]


def _form(config: CodeConfig) -> str:
    """A code with `%s` in the place of each random character."""
    parts = [part.replace("%", "%%") for part in config.pattern.split(HOLE)]
    return f"{config.prefix.replace('%', '%%')}{'%s'.join(parts)}{config.postfix.replace('%', '%%')}"


def _shuffled(numbers: Iterable[int], size: int, key: bytes) -> Iterator[int]:
    """Where a keyed shuffle of 0 to size - 1 puts each: a Feistel network, walked until it ends within the size."""
    half = max(1, ((size - 1).bit_length() + 1) // 2)
    mask = (1 << half) - 1
    width = (half + 7) // 8
    turns = [blake2b(bytes((turn,)), digest_size=width, key=key) for turn in range(_ROUNDS)]
    for number in numbers:
        n = number
        while True:
            left, right = n >> half, n & mask
            for turn in turns:
                chance = turn.copy()
                chance.update(right.to_bytes(width))
                left, right = right, left ^ (int.from_bytes(chance.digest()) & mask)
            n = left << half | right
            if n < size:
                break
        yield n
