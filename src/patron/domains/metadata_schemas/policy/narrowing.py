"""The filters of lists: a project's metadata and days, brought to what a list may be asked for."""

from collections.abc import Mapping
from typing import Any

from patron.db.filters.filtered import filtered
from patron.db.filters.listed import WHOLE, Listed, Narrowing
from patron.db.rulebook import Rulebook
from patron.domains.metadata_schemas.policy.fields import MetadataFields
from patron.domains.projects import calendar_of
from patron.engine.conditions.fields import Field
from patron.engine.conditions.filters import Fault
from patron.engine.conditions.operators import FOR_QUERIES
from patron.engine.conditions.parsing import Grammar, parse
from patron.kernel.problems import invalid_query_params


def narrowing(
    listed: Listed, given: Mapping[str, Any] | None, rulebook: Rulebook, now: int, resource: str = ""
) -> Narrowing:
    """What the `filters` of a query leave of a list at this moment (epoch ms).

    `resource` names the schema of the list's metadata, where it has any. Problem 400 by the path to what is wrong, and
    what was expected there.
    """
    if given is None:
        return WHOLE
    metadata = MetadataFields.of(rulebook, resource)

    def find(name: str) -> Field | None:
        return listed.find(name) or (metadata.find(name) if listed.has_metadata else None)

    found = parse(given, Grammar(find, listed.known, FOR_QUERIES), "filters")
    if isinstance(found, Fault):
        raise invalid_query_params(str(found))
    passing = filtered(found, listed.source_of)
    return Narrowing(passing.where, {**passing.values(calendar_of(rulebook), now), "now": now}, found)
