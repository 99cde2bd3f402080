"""What must hold of stored consents, whoever wrote them."""

import sqlalchemy as sa

from patron.db.checks import PROJECT, check
from patron.db.dialect import json_member
from patron.domains.consents.model import CONSENT_CHANGES
from patron.domains.customers.model import CUSTOMERS

_changes, _customers = CONSENT_CHANGES.c, CUSTOMERS.c
_later = CONSENT_CHANGES.sa.alias()

_IS_LAST = ~sa.exists().where(
    _later.c.project_id == PROJECT,
    _later.c.customer_id == _changes.customer_id,
    _later.c.consent_id == _changes.consent_id,
    _later.c.created_at > _changes.created_at,
)
_SAID = json_member(
    _customers.system_metadata.op("->")(sa.literal_column("'consents'")).op("->")(_changes.consent_id), "value"
)
_YES = sa.or_(sa.cast(_SAID, sa.Text()) == "true", sa.cast(_SAID, sa.Text()) == "1")
"""The databases write a truth in two ways."""

CHECKS = (
    check(
        "consent_changes.last",
        "What a profile says to a consent is what its customer said last.",
        sa.select(_changes.customer_id, _SAID, _changes.value).where(
            _changes.project_id == PROJECT,
            _customers.project_id == PROJECT,
            _customers.id == _changes.customer_id,
            _IS_LAST,
            sa.or_(_SAID.is_(None), (_changes.value == 1) != _YES),
        ),
    ),
)
