"""Metadata schemas: which keys the metadata of a resource may have, of which type, and within which bounds.

Nouns: `MetadataSchema`, one for each resource (`customer`, `order` …) or custom object, and its `Definition`s by key.
Verbs: `create`, `change`, `delete`. Whoever writes metadata asks `check_metadata_schema` first; `metadata_check` is the
same for one resource, None where nothing is defined. A domain with definitions of its own compiles them by `compiled`
and refuses by `refused`.
"""

from patron.domains.metadata_schemas.policy.checking import Check, Faults, compiled, refused
from patron.domains.metadata_schemas.policy.schemas import check_metadata_schema, metadata_check

__all__ = ["Check", "Faults", "check_metadata_schema", "compiled", "metadata_check", "refused"]
