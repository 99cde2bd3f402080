"""Cursors: where a list goes on, as a signed text that the caller hands back unread."""

from collections.abc import Sequence

from itsdangerous import BadData, URLSafeSerializer

from patron.http.links import signer
from patron.kernel.problems import Problem, invalid_query_params

Position = tuple[str | int | None, ...]
"""The values by which a list is ordered, those of the last entry of a page; the last of them is unique."""

LONGEST = 4_096


class Cursors:
    """Seals positions of one list of one project: a cursor of another list or project is refused.

    The text is signed, not encrypted: it may hold what its reader was shown on the page before.
    """

    __slots__ = ("_project_id", "_purpose", "_secrets")

    def __init__(self, secrets: Sequence[str], purpose: str, project_id: str) -> None:
        self._secrets = secrets
        self._purpose = purpose
        self._project_id = project_id

    def seal(self, position: Position) -> str:
        """The cursor that stands for this position."""
        return str(self._serializer().dumps(position))

    def open(self, cursor: str) -> Position:
        """The position that was sealed. Problem 400 for anything that this list did not seal."""
        if len(cursor) > LONGEST or not cursor.isascii():
            raise _not_ours()
        try:
            return tuple(self._serializer().loads(cursor))
        except BadData:
            raise _not_ours() from None

    def _serializer(self) -> URLSafeSerializer:
        return signer(self._secrets, f"cursor {self._purpose} {self._project_id}")


def _not_ours() -> Problem:
    return invalid_query_params("cursor: expected the next_cursor of an earlier page of this list, unchanged")
