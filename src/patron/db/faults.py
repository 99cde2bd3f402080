"""What can happen to a unit that is no fault of its members."""


class Refused(Exception):
    """The database refused the unit (a deadlock, a serialization failure, a duplicate, a lock that took too long).

    It was rolled back. `kind` is the SQLSTATE; `table` and `constraint` name what it is about, where known.
    """

    def __init__(self, kind: str, *, table: str | None = None, constraint: str | None = None) -> None:
        super().__init__(f"{kind} {table or ''} {constraint or ''}".strip())
        self.kind = kind
        self.table = table
        self.constraint = constraint


class Unreachable(Exception):
    """The database could not be reached; nothing of the unit was or will be committed."""


class UnknownOutcome(Exception):
    """The connection was lost at the commit, and the database did not come back in time to tell what became of it."""


UNIQUE_VIOLATION = "23505"
LOCK_NOT_AVAILABLE = "55P03"
