"""Pure decisions about one customer: what a patch makes of a profile, and what a deletion leaves of it."""

from collections.abc import Mapping
from itertools import compress
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from patron.db.rulebook import Rulebook
from patron.domains.customers.model import NEVER, NO_SOURCE_ID, Customer, CustomerTotals, DeletedCustomer
from patron.domains.customers.wire import SCALARS, Address, AddressIn, Consent, CustomerPatch, SystemMetadata
from patron.domains.metadata_schemas import check_metadata_schema, metadata_check
from patron.kernel.clock import to_iso
from patron.kernel.json_bounds import check_metadata

_encode = msgspec.json.encode
_NO_ADDRESS = Address(city=None, state=None, line_1=None, line_2=None, country=None, postal_code=None)


def new_customer(project_id: str, customer_id: str, source_id: str | None, patch: CustomerPatch, now: int) -> Customer:
    """A profile that has what the patch says and nothing else."""
    name, description, email, phone, birthday, birthdate = given = _scalars(patch)
    address = _address_of(patch)
    metadata = patch.metadata if isinstance(patch.metadata, Mapping) else None
    return Customer(
        project_id=project_id,
        id=customer_id,
        source_id=source_id or NO_SOURCE_ID,
        name=_or_none(name),
        description=_or_none(description),
        email=_or_none(email),
        phone=_or_none(phone),
        birthday=_or_none(birthday),
        birthdate=_or_none(birthdate),
        nulls=" ".join(compress(SCALARS, map(_is_none, given))) if None in given else "",
        address=None if address is None else _encode(address).decode(),
        city=None if address is None else address.city,
        metadata=None if metadata is None else _encode(metadata).decode(),
        system_metadata="{}",
        created_at=now,
        updated_at=NEVER,
    )


_scalars = attrgetter(*SCALARS)
_parts_of = attrgetter(*Address.__struct_fields__)

_SENT = (*SCALARS, "nulls", "address", "city", "metadata")
"""The columns that a profile's owner fills; whatever else a customer has is the server's."""


def _or_none(value: str | None | UnsetType) -> str | None:
    return None if value is UNSET else value


def _is_none(value: Any) -> bool:
    return value is None


def _address_of(patch: CustomerPatch) -> Address | None:
    """The address that a new profile has, all six keys; none where no part of it was given."""
    given = patch.address
    if given is UNSET or given is None:
        return None
    return Address(*[None if part is UNSET else part for part in _parts_of(given)])


def patched(customer: Customer, patch: CustomerPatch, now: int) -> Customer:
    """The profile after the patch; the very same one where the patch says nothing new.

    `updated_at` moves with a difference alone: a shop that upserts its customer with each order would otherwise
    rewrite the profile each time, and tell everybody of it.
    """
    changes = _changes(customer, patch)
    if all(getattr(customer, field) == value for field, value in changes.items()):
        return customer
    return msgspec.structs.replace(customer, **changes, updated_at=now)


def replaced(customer: Customer, patch: CustomerPatch, now: int) -> Customer:
    """The profile that has what the patch says and nothing else of what its owner may send (spec C 2.6).

    The very same one where that is what it has: ids, times and what the server writes stay in any case.
    """
    sent = new_customer(customer.project_id, customer.id, customer.source_id, patch, now)
    changes = {field: getattr(sent, field) for field in _SENT}
    if all(_same(getattr(customer, field), value, field) for field, value in changes.items()):
        return customer
    return msgspec.structs.replace(customer, **changes, updated_at=now)


def _same(one: Any, other: Any, field: str) -> bool:
    if one == other or field not in ("address", "metadata") or one is None or other is None:
        return bool(one == other)
    return _canonical(msgspec.json.decode(one)) == _canonical(msgspec.json.decode(other))


def _changes(customer: Customer, patch: CustomerPatch) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    nulls = set(customer.nulls.split())
    for field in SCALARS:
        value = getattr(patch, field)
        if value is not UNSET:
            changes[field] = value
            (nulls.discard if value is not None else nulls.add)(field)
    changes["nulls"] = " ".join(field for field in SCALARS if field in nulls)
    if patch.address is not UNSET:
        changes |= _moved(customer, patch.address)
    if isinstance(patch.metadata, Mapping):
        changes["metadata"] = _merged(customer.metadata, patch.metadata)
    return changes


def _moved(customer: Customer, part: AddressIn | None) -> dict[str, Any]:
    if part is None:
        return {"address": None, "city": None}
    before = _NO_ADDRESS if customer.address is None else msgspec.json.decode(customer.address, type=Address)
    given = {field: getattr(part, field) for field in part.__struct_fields__}
    after = msgspec.structs.replace(before, **{field: value for field, value in given.items() if value is not UNSET})
    if after == before and customer.address is not None:
        return {}
    return {"address": _encode(after).decode(), "city": after.city}


def _merged(stored: str | None, given: Mapping[str, Any]) -> str:
    """Metadata merges by key, and a key that is set to null stays, as null (spec C 2.3)."""
    if stored is None:
        return _encode(given).decode()
    before: dict[str, Any] = msgspec.json.decode(stored)
    after = {**before, **given}
    if _canonical(after) == _canonical(before):
        return stored
    check_metadata(after)
    return _encode(after).decode()


def check_schema(rulebook: Rulebook, customer: Customer) -> None:
    """Refuse a customer whose metadata the schema of customers does not allow. Problem 400 (spec C 5.1)."""
    if metadata_check(rulebook, "customer") is not None:
        metadata = {} if customer.metadata is None else msgspec.json.decode(customer.metadata)
        check_metadata_schema(rulebook, "customer", metadata)


def consents_of(customer: Customer) -> dict[str, Consent]:
    """What a customer has said to each consent, by its id or `unsubscribed` (spec C 1.6)."""
    consents = msgspec.json.decode(customer.system_metadata, type=SystemMetadata).consents
    return {} if isinstance(consents, UnsetType) else consents


def with_consents(customer: Customer, consents: Mapping[str, Consent], now: int) -> Customer:
    """The profile with these consents in place of those that it had."""
    others = msgspec.json.decode(customer.system_metadata, type=dict[str, msgspec.Raw])
    after = _encode({**others, "consents": consents}).decode()
    return msgspec.structs.replace(customer, system_metadata=after, updated_at=now)


def _canonical(value: Any) -> bytes:
    """Equal for equal JSON; Python alone would take 1, 1.0 and true for the same."""
    return _encode(value, order="deterministic")


def without_key(customer: Customer, key: str, now: int) -> Customer | None:
    """The profile without one key of its metadata; None where it has no such key."""
    metadata: dict[str, Any] = {} if customer.metadata is None else msgspec.json.decode(customer.metadata)
    if key not in metadata:
        return None
    del metadata[key]
    return msgspec.structs.replace(customer, metadata=_encode(metadata).decode(), updated_at=now)


def tombstone(customer: Customer, totals: CustomerTotals, now: int) -> DeletedCustomer:
    """What a deletion keeps. The source_id is rewritten as the reference's event shows it (spec C 2.5)."""
    source_id = customer.source_id
    return DeletedCustomer(
        project_id=customer.project_id,
        id=customer.id,
        source_id=f"{source_id}_deleted{to_iso(now)}" if source_id != NO_SOURCE_ID else NO_SOURCE_ID,
        profile=_encode(customer).decode(),
        totals=_encode(totals).decode(),
        deleted_at=now,
    )
