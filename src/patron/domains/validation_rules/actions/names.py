"""What rules name, and that both ends know of it: what a rule names is not deleted, and no rule names what was."""

import re
from typing import Any

import msgspec

from patron.db.actions import Wants
from patron.db.naming import Naming
from patron.db.rows import Rows
from patron.domains.product_collections import PRODUCT_COLLECTIONS
from patron.domains.products.model import PRODUCTS, SKUS
from patron.domains.segments import DELETED_AMONG
from patron.domains.segments.model import PREFIX as SEGMENT
from patron.domains.validation_rules.policy.bundles import named_things
from patron.domains.validation_rules.store import NAMING
from patron.kernel.incentive_problems import invalid_validation_rules

SCOPE = "validation_rules"
"""A unit holds one member that adds names to rules, or that deletes what they may name."""

_TABLES: dict[str, Any] = {"product": PRODUCTS, "sku": SKUS}
_SEGMENT_IDS = re.compile(rf'"({SEGMENT}[^"\\]*)"')
_encode = msgspec.json.encode


def want_named(wants: Wants, project_id: str, rules: Any) -> None:
    """Say that it must be known which of the segments in these rules were deleted, and hold off who deletes a
    collection.
    """
    wants.scan(DELETED_AMONG, scope=SCOPE, project_id=project_id, ids=_segment_ids(rules))


def check_named(rows: Rows, rules: Any) -> None:
    """Refuse rules that name a segment that was deleted. Problem 400."""
    gone = rows.scanned(DELETED_AMONG, project_id=rows.project_id, ids=_segment_ids(rules))
    if gone:
        raise invalid_validation_rules(f"rules: expected no segment that was deleted, and {gone[0]} was")


def want_bundled(wants: Wants, project_id: str, bundle_rules: str | None) -> None:
    """Name the products and SKUs of stored bundle rules, and hold off who deletes a collection."""
    want_named(wants, project_id, {})
    for _, kind, name in named_things(bundle_rules):
        if kind in _TABLES:
            wants.lock(_TABLES[kind], (project_id, name))


def check_bundled(rows: Rows, bundle_rules: str | None) -> None:
    """Refuse bundles of what is not there. Problem 400 by the path to it."""
    for path, kind, name in named_things(bundle_rules):
        key = (rows.project_id, name)
        is_collection = kind not in _TABLES and key in rows.rulebook.rows(PRODUCT_COLLECTIONS)
        if not is_collection and (kind not in _TABLES or rows.get(_TABLES[kind], key) is None):
            raise invalid_validation_rules(f"{path}: expected the id of a {kind}")


def _segment_ids(rules: Any) -> str:
    return _encode(sorted(set(_SEGMENT_IDS.findall(_encode(rules).decode())))).decode()


def _want(wants: Wants, project_id: str, thing_id: str) -> None:
    wants.scan(NAMING, scope=SCOPE, project_id=project_id, thing=thing_id)


def _namer(rows: Rows, project_id: str, thing_id: str) -> str | None:
    return next(iter(rows.scanned(NAMING, project_id=project_id, thing=thing_id)), None)


NAMED_BY_RULES = Naming(_want, _namer)
"""Which rule names a product collection or a segment."""
