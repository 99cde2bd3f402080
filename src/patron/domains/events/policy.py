"""Pure decisions about events: what their metadata must be, and what may become of a definition."""

from collections.abc import Mapping
from typing import Any

import msgspec

from patron.db.rulebook import Rulebook
from patron.domains.events.model import EVENT_DEFINITIONS, EventDefinition
from patron.domains.events.wire.definition import MOST_PROPERTIES, Property
from patron.domains.metadata_schemas import Check, Faults, compiled, refused
from patron.domains.metadata_schemas.model import Definition
from patron.kernel.problems import Problem, invalid_payload, not_found

Properties = Mapping[str, Property]

RESOURCE = "custom_event_schema"
"""What the reference calls a definition in its refusals."""


class Defined:
    """A definition with its check, made once for each version of the rulebook."""

    def __init__(self, definition: EventDefinition) -> None:
        self.id = definition.id
        self.name = definition.name
        self._check = _check_of(properties_of(definition))

    def check(self, metadata: Mapping[str, Any]) -> None:
        """Refuse metadata that lacks a required key, or has a value of another type than its key's.

        Keys that the definition does not name are taken as they are; null is as absent. Raises Problem 400
        `metadata_validation_failed`, which tells every fault.
        """
        faults = Faults()
        self._check(metadata, "", faults)
        if faults.told:
            raise refused(faults)


def _check_of(properties: Properties) -> Check:
    definitions = {
        key: Definition(type=each.type, array=False, optional=each.optional, deleted=each.deleted)
        for key, each in properties.items()
    }
    return compiled(definitions, defined_only=False, object_of=lambda _name: None)


def definitions_of(rulebook: Rulebook) -> dict[str, Defined]:
    """The definitions by name; ask through `rulebook.derived`."""
    return {row.name: Defined(row) for row in rulebook.rows(EVENT_DEFINITIONS).values()}


def properties_of(definition: EventDefinition) -> dict[str, Property]:
    """What the metadata of such an event must be, by its keys."""
    return msgspec.json.decode(definition.properties, type=dict[str, Property])


def undefined(name: str) -> Problem:
    """404 for an event that nobody has defined: a name that is mistyped must not count as another event."""
    problem = not_found(RESOURCE, name)
    problem.details += (
        ". Events are defined before they are tracked: "
        "POST /management/v1/projects/{projectId}/custom-event-schemas with a management key."
    )
    return problem


def merged(before: Properties, changes: Properties) -> dict[str, Property]:
    """The properties after a change. A type never changes, since events of the old type are stored (spec C 5.1)."""
    for key, wanted in changes.items():
        if key in before and before[key].type != wanted.type:
            raise invalid_payload(f"schema.properties.{key}.type: expected {before[key].type}, which cannot be changed")
    after = {**before, **changes}
    if len(after) > MOST_PROPERTIES:
        raise invalid_payload(f"schema.properties: expected at most {MOST_PROPERTIES}, removed ones included")
    return after
