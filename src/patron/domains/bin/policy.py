"""The ids of entries of the bin."""

import re

from patron.kernel.ids import earliest_id, moment_of_id

PREFIX = "tbe_"
_TIME = len(earliest_id("", 0))
_ENTRY = re.compile(rf"{PREFIX}([0-9A-Za-z]{{{_TIME}}})(\w{{1,64}})", re.ASCII)

Position = tuple[int, str]
"""When something was deleted (epoch ms), and the id that it had."""

LATEST: Position = (1 << 62, "")
EARLIEST: Position = (-1, "")


def entry_id(deleted_at: int, resource_id: str) -> str:
    """The id of an entry; later ones sort behind earlier ones.

    >>> entry_id(1700000000000, "v_1")
    'tbe_0Tvcokgiv_1'
    """
    return earliest_id(PREFIX, deleted_at) + resource_id


def position_of(entry: str) -> Position | None:
    """What an entry's id is made of; None for a text that is none.

    >>> position_of("tbe_0Tvcokgiv_1"), position_of("v_1")
    ((1700000000000, 'v_1'), None)
    """
    found = _ENTRY.fullmatch(entry)
    return None if found is None else (moment_of_id(found[1]), found[2])
