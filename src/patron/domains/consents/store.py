"""What is asked of stored consents."""

from functools import cache
from typing import Any

import sqlalchemy as sa

from patron.db.statements import Statement
from patron.domains.consents.model import (
    CONSENT_CHANGES,
    CONSENT_GROUPS,
    CONSENTS,
    Consent,
    ConsentChange,
    ConsentGroup,
)

Told = tuple[ConsentChange, str | None]
"""A change, and the name of its consent (None: it has no definition)."""

LIVE = Statement(
    sa.select(CONSENTS.sa).where(CONSENTS.c.project_id == sa.bindparam("project_id"), CONSENTS.c.deleted_at.is_(None)),
    Consent,
)
"""The consents of a project."""

LIVE_GROUPS = Statement(
    sa.select(CONSENT_GROUPS.sa).where(
        CONSENT_GROUPS.c.project_id == sa.bindparam("project_id"), CONSENT_GROUPS.c.deleted_at.is_(None)
    ),
    ConsentGroup,
)
"""The groups of a project."""

CONSENT = Statement(
    sa.select(CONSENTS.sa).where(
        CONSENTS.c.project_id == sa.bindparam("project_id"), CONSENTS.c.id == sa.bindparam("id")
    ),
    Consent,
)
"""The consent with this id, also a deleted one."""

_OF_CUSTOMER = (
    CONSENT_CHANGES.c.project_id == sa.bindparam("project_id"),
    CONSENT_CHANGES.c.customer_id == sa.bindparam("customer_id"),
)

COUNT = Statement(sa.select(sa.func.count()).select_from(CONSENT_CHANGES.sa).where(*_OF_CUSTOMER), int)
"""How many changes the history of this customer has."""


def _told(*row: Any) -> Told:
    return ConsentChange(*row[:-1]), row[-1]


@cache
def page_of(order: str, position: str | None) -> Statement[Told]:
    """A page of a customer's history in this order (`created_at` or `-created_at`).

    Parameters: `project_id`, `customer_id`, `limit`, `offset`; at the position `cursor` also `value` and `id`, the last
    entry's.
    """
    columns = (CONSENT_CHANGES.c.created_at, CONSENT_CHANGES.c.id)
    same_consent = sa.and_(
        CONSENTS.c.project_id == CONSENT_CHANGES.c.project_id, CONSENTS.c.id == CONSENT_CHANGES.c.consent_id
    )
    page = sa.select(CONSENT_CHANGES.sa, CONSENTS.c.name).join_from(
        CONSENT_CHANGES.sa, CONSENTS.sa, same_consent, isouter=True
    )
    page = page.where(*_OF_CUSTOMER)
    down = order.startswith("-")
    if position is not None:
        here, there = sa.tuple_(*columns), sa.tuple_(sa.bindparam("value"), sa.bindparam("id"))
        page = page.where(here < there if down else here > there)
    page = page.order_by(*(column.desc() if down else column.asc() for column in columns))
    return Statement(page.limit(sa.bindparam("limit")).offset(sa.bindparam("offset")), _told)
