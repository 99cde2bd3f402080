"""What rules name, and that both ends know of it: what a rule names is not deleted, and no rule names what was."""

import re
from typing import Any

import msgspec

from patron.db.actions import Wants
from patron.db.naming import Naming
from patron.db.rows import Rows
from patron.domains.segments import DELETED_AMONG
from patron.domains.segments.model import PREFIX as SEGMENT
from patron.domains.validation_rules.store import NAMING
from patron.kernel.incentive_problems import invalid_validation_rules

SCOPE = "validation_rules"
"""A unit holds one member that adds names to rules, or that deletes what they may name."""

_SEGMENT_IDS = re.compile(rf'"({SEGMENT}[^"\\]*)"')
_encode = msgspec.json.encode


def want_named(wants: Wants, project_id: str, rules: Any) -> None:
    """Say that it must be known which of the segments in these rules were deleted."""
    wants.scan(DELETED_AMONG, scope=SCOPE, project_id=project_id, ids=_segment_ids(rules))


def check_named(rows: Rows, rules: Any) -> None:
    """Refuse rules that name a segment that was deleted. Problem 400."""
    gone = rows.scanned(DELETED_AMONG, project_id=rows.project_id, ids=_segment_ids(rules))
    if gone:
        raise invalid_validation_rules(f"rules: expected no segment that was deleted, and {gone[0]} was")


def _segment_ids(rules: Any) -> str:
    return _encode(sorted(set(_SEGMENT_IDS.findall(_encode(rules).decode())))).decode()


def _want(wants: Wants, project_id: str, thing_id: str) -> None:
    wants.scan(NAMING, scope=SCOPE, project_id=project_id, thing=thing_id)


def _namer(rows: Rows, project_id: str, thing_id: str) -> str | None:
    return next(iter(rows.scanned(NAMING, project_id=project_id, thing=thing_id)), None)


NAMED_BY_RULES = Naming(_want, _namer)
"""Which rule names a product collection or a segment."""
