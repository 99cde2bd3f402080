"""What segments name, and that both ends know of it: a location that is named is not deleted, nor named when it was."""

from patron.db.actions import Wants
from patron.db.naming import Naming
from patron.db.rows import Rows
from patron.domains.segments.store.segments import NAMING, TYPES

SCOPE = "segments"
"""A unit holds one member that adds segments or changes a filter, or that deletes what filters may name."""


def want_alone(wants: Wants, project_id: str) -> None:
    """Hold off whoever else adds segments, or deletes what they name: under the lock of the rulebook, all is known."""
    wants.scan(TYPES, scope=SCOPE, project_id=project_id)


def _want(wants: Wants, project_id: str, location_id: str) -> None:
    wants.scan(NAMING, scope=SCOPE, project_id=project_id, name=_in_json(location_id))


def _namer(rows: Rows, project_id: str, location_id: str) -> str | None:
    return next(iter(rows.scanned(NAMING, project_id=project_id, name=_in_json(location_id))), None)


def _in_json(location_id: str) -> str:
    return f'"{location_id}"'


NAMED_BY_SEGMENTS = Naming(_want, _namer)
"""Which segment names a location."""
