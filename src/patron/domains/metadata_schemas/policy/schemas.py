"""The checks of a project's schemas, from its rulebook."""

from collections.abc import Mapping
from typing import Any

from patron.db.rulebook import Rulebook
from patron.domains.metadata_schemas.model import METADATA_SCHEMAS, RESOURCES, MetadataSchema, definitions_of
from patron.domains.metadata_schemas.policy.checking import Check, Faults, compiled, refused


class _Checks:
    """The checks of one rulebook, each compiled when it is first asked for."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._schemas = {schema.related_object: schema for schema in rulebook.rows(METADATA_SCHEMAS).values()}
        self._compiled: dict[str, Check] = {}

    def of(self, name: str) -> Check | None:
        """The check of this resource or custom object; None where there is no schema for it."""
        check = self._compiled.get(name)
        if check is None and name in self._schemas:
            check = self._compiled[name] = self._compile(self._schemas[name])
        return check

    def _compile(self, schema: MetadataSchema) -> Check:
        return compiled(
            definitions_of(schema), defined_only=schema.allow_defined_only == 1, object_of=self._of_custom_object
        )

    def _of_custom_object(self, name: str) -> Check | None:
        return None if name in RESOURCES else self.of(name)


def metadata_check(rulebook: Rulebook, resource: str) -> Check | None:
    """The check of a resource's metadata under this rulebook; None where nothing is defined for it."""
    return rulebook.derived(_Checks).of(resource)


def check_metadata_schema(rulebook: Rulebook, resource: str, metadata: Mapping[str, Any]) -> None:
    """Refuse metadata that the schema of its resource (`customer`, `order` …) does not allow.

    `metadata` is what would be stored, after any merge; {} for none. Raises Problem 400 `metadata_validation_failed`,
    whose details name every key at fault with the reason and the value (spec C 5.1).
    """
    check = metadata_check(rulebook, resource)
    if check is None:
        return
    faults = Faults()
    check(metadata, "", faults)
    if faults.told:
        raise refused(faults)
