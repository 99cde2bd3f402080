"""Cursors: where a list goes on, as a signed text that the caller hands back unread."""

from itsdangerous import BadData, URLSafeSerializer

from patron.kernel.problems import Problem, invalid_query_params

Position = tuple[str | int | None, ...]
"""The values by which a list is ordered, those of the last entry of a page; the last of them is unique."""

LONGEST = 4_096


class Cursors:
    """Seals positions of one list of one project: a cursor of another list or project is refused.

    The text is signed, not encrypted: it may hold what its reader was shown on the page before.
    """

    __slots__ = ("_project_id", "_purpose", "_secret")

    def __init__(self, secret: str, purpose: str, project_id: str) -> None:
        self._secret = secret
        self._purpose = purpose
        self._project_id = project_id

    def seal(self, position: Position) -> str:
        """The cursor that stands for this position."""
        return str(self._serializer().dumps(position))

    def open(self, cursor: str) -> Position:
        """The position that was sealed. Problem 400 for anything that this list did not seal."""
        if len(cursor) > LONGEST:
            raise _not_ours()
        try:
            return tuple(self._serializer().loads(cursor))
        except BadData:
            raise _not_ours() from None

    def _serializer(self) -> URLSafeSerializer:
        salt = f"cursor {self._purpose} {self._project_id}"
        return URLSafeSerializer(self._secret, salt=salt, signer_kwargs={"key_derivation": "hmac"})


def _not_ours() -> Problem:
    return invalid_query_params("cursor: expected the next_cursor of an earlier page of this list, unchanged")
