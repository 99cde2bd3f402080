"""What must hold of stored consents, whoever wrote them."""

import sqlalchemy as sa

from patron.db.checks import PROJECT, check
from patron.db.dialect import json_member
from patron.domains.consents.model import CONSENT_CHANGES
from patron.domains.customers import owner_of
from patron.domains.customers.model import CUSTOMERS, MERGED_CUSTOMERS

_changes, _customers, _merged = CONSENT_CHANGES.c, CUSTOMERS.c, MERGED_CUSTOMERS.c
_later = CONSENT_CHANGES.sa.alias()

_SAID = json_member(
    _customers.system_metadata.op("->")(sa.literal_column("'consents'")).op("->")(_changes.consent_id), "value"
)
_YES = sa.or_(sa.cast(_SAID, sa.Text()) == "true", sa.cast(_SAID, sa.Text()) == "1")
"""The databases write a truth in two ways."""

_OWNER = owner_of(_changes.customer_id)
_SAID_LATER = sa.and_(
    _later.c.project_id == PROJECT,
    _later.c.consent_id == _changes.consent_id,
    sa.or_(
        _later.c.created_at > _changes.created_at,
        # two customers who are one now may have said two things in one moment
        sa.and_(_later.c.created_at == _changes.created_at, _later.c.id != _changes.id, (_later.c.value == 1) == _YES),
    ),
)
_IS_LAST = sa.and_(
    ~sa.exists().where(_SAID_LATER, _later.c.customer_id == _OWNER),
    ~sa.exists().where(
        _SAID_LATER,
        _merged.project_id == PROJECT,
        _merged.into_id == _OWNER,
        _later.c.customer_id == _merged.id,
    ),
)

CHECKS = (
    check(
        "consent_changes.last",
        "What a profile says to a consent is what its customer said last.",
        sa.select(_changes.customer_id, _SAID, _changes.value).where(
            _changes.project_id == PROJECT,
            _customers.project_id == PROJECT,
            _customers.id == _OWNER,
            _IS_LAST,
            sa.or_(_SAID.is_(None), (_changes.value == 1) != _YES),
        ),
        advice=(
            "Nobody but the customer can say what they agree to: ask them, and say it anew by "
            "PUT /v1/customers/{customerId}/consents."
        ),
    ),
)
