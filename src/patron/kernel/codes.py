"""Codes of vouchers: what a configuration can yield, and which code comes n-th, so that none comes twice.

A code is a pattern whose holes hold characters of a charset. All codes of a configuration are numbered; a key shuffles
the numbers, so that whoever knows some codes can guess no other one, and so that counting up never repeats a code. Of a
vast configuration, the key draws numbers instead: half of the work, and a repetition is a freak that its maker has to
notice, as it does codes that others have.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

HOLE = "#"
ALPHANUMERIC = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
LENGTH = 8
LONGEST = 255
"""Characters of a code, whoever chose it."""
MOST_HOLES = 64

VAST = 1 << 40
"""Of so many codes, one in 220 times a hundred thousand drawn ones hold the same one twice."""

_ROUNDS = 4
_DIGEST = 64
_WIDTHS = (8, 16, 32, 64)
"""Bytes of a drawn number; it has a byte more than the configuration, so that all codes are about equally likely."""


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


def nth_codes(config: CodeConfig, key: bytes, numbers: range) -> list[str]:
    """The codes with these numbers (0 to capacity - 1) in the order that this key (up to 64 bytes) makes.

    Another number, another code; of at least `VAST` codes, nearly always.

    >>> tiny = CodeConfig(charset="ab", pattern="##", prefix="x-")
    >>> sorted(nth_codes(tiny, b"any", range(4)))
    ['x-aa', 'x-ab', 'x-ba', 'x-bb']
    """
    characters = "".join(sorted(set(config.charset)))
    size, holes, fill = config.capacity, config.holes, _filling(config)
    width = next((width for width in _WIDTHS if size >> 8 * (width - 1) == 0), None) if size >= VAST else None
    chosen = _shuffled(numbers, size, key) if width is None else _drawn(numbers, size, key, width)
    return [fill(text) for text in _texts(chosen, characters, holes)]


def nth_code(config: CodeConfig, key: bytes, n: int) -> str:
    """The one code with this number; see `nth_codes`."""
    return nth_codes(config, key, range(n, n + 1))[0]


@lru_cache(16)
def _pairs(characters: str) -> list[str]:
    """Two characters at a time, the lower one first: half of a code's time went into single ones."""
    return [low + high for high in characters for low in characters]


def _texts(chosen: Iterable[int], characters: str, holes: int) -> list[str]:
    """What numbers stand for in so many characters, the lowest place first."""
    pairs, base = _pairs(characters), len(characters) ** 2
    fours, rest = divmod(holes, 4)
    four = base**2
    texts = []
    for each in chosen:
        number, text = each, ""
        for _ in range(fours):
            # Four at a time: small numbers divide several times as fast as large ones.
            number, low = divmod(number, four)
            text += pairs[low % base] + pairs[low // base]
        for _ in range(0, rest, 2):
            number, low = divmod(number, base)
            text += pairs[low]
        texts.append(text[:holes])
    return texts


@lru_cache(64)
def _filling(config: CodeConfig) -> Callable[[str], str]:
    """Puts random characters into the holes of a code."""
    first, *between, last = (*config.pattern.split(HOLE), "") if config.holes == 0 else config.pattern.split(HOLE)
    head, tail = config.prefix + first, last + config.postfix
    if not any(between):
        return lambda text: f"{head}{text}{tail}"
    form = "%s".join(part.replace("%", "%%") for part in (head, *between, tail))
    return lambda text: form % tuple(text)


def _drawn(numbers: range, size: int, key: bytes, width: int) -> list[int]:
    """A number below size for each, at random: several come from one digest."""
    several = _DIGEST // width
    first, end = numbers.start // several, -(-numbers.stop // several)
    digests = [blake2b(block.to_bytes(8), key=key, person=b"drawn").digest() for block in range(first, end)]
    places = range(0, _DIGEST, width)
    drawn = [int.from_bytes(digest[place : place + width]) % size for digest in digests for place in places]
    return drawn[numbers.start - first * several : numbers.stop - first * several]


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
