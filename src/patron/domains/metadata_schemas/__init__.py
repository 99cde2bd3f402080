"""Metadata schemas: which keys the metadata of a resource may have, of which type, and within which bounds.

Nouns: `MetadataSchema`, one for each resource (`customer`, `order` …) or custom object, and its `Definition`s by key.
Verbs: `create`, `change`, `delete`. Whoever writes metadata asks `check_metadata_schema` first; `metadata_check` is the
same for one resource, None where nothing is defined. A domain with definitions of its own compiles them by `compiled`
and refuses by `refused`. `MetadataFields` are the keys as fields of conditions; `narrowing` is what the `filters` of a
query leave of a list, whose metadata may be among what they ask for.
"""

from patron.domains.metadata_schemas.policy.checking import Check, Faults, compiled, refused
from patron.domains.metadata_schemas.policy.fields import MetadataFields, loose_field
from patron.domains.metadata_schemas.policy.narrowing import narrowing
from patron.domains.metadata_schemas.policy.schemas import check_metadata_schema, metadata_check

__all__ = [
    "Check",
    "Faults",
    "MetadataFields",
    "check_metadata_schema",
    "compiled",
    "loose_field",
    "metadata_check",
    "narrowing",
    "refused",
]
