"""What is asked of stored publications."""

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from patron.db.dialect import JsonText, each_text, is_among
from patron.db.statements import Statement
from patron.domains.events.model import FAILURE, PUBLICATIONS, SUCCESS, Publication
from patron.domains.publications.model import (
    MEMBERSHIPS,
    PUBLICATION_KEYS,
    PUBLICATION_VOUCHERS,
    Membership,
    PublicationKey,
)

_PROJECT: ColumnElement[str] = sa.bindparam("project_id")

KEY = Statement(
    sa.select(PUBLICATION_KEYS.sa).where(
        PUBLICATION_KEYS.c.project_id == _PROJECT, PUBLICATION_KEYS.c.source_id == sa.bindparam("source_id")
    ),
    PublicationKey,
)
"""What this source_id was used for."""

MEMBERSHIP = Statement(
    sa.select(MEMBERSHIPS.sa).where(
        MEMBERSHIPS.c.project_id == _PROJECT,
        MEMBERSHIPS.c.customer_id == sa.bindparam("customer_id"),
        MEMBERSHIPS.c.campaign_id == sa.bindparam("campaign_id"),
    ),
    Membership,
)
"""The code that this customer has of this campaign."""

_given = each_text(sa.bindparam("codes", type_=JsonText())).table_valued("value", name="given")
_OF_VOUCHER = PUBLICATION_VOUCHERS.sa.join(
    PUBLICATIONS.sa,
    sa.and_(
        PUBLICATIONS.c.project_id == PUBLICATION_VOUCHERS.c.project_id,
        PUBLICATIONS.c.id == PUBLICATION_VOUCHERS.c.publication_id,
    ),
)

METADATA_OF_CODES: Statement[tuple[str, str | None]] = Statement(
    # A subquery for each code: a join may be planned as a scan of all publications while statistics are old.
    sa.select(
        _given.c.value,
        sa.select(PUBLICATIONS.c.metadata)
        .select_from(_OF_VOUCHER)
        .where(
            PUBLICATION_VOUCHERS.c.project_id == _PROJECT,
            PUBLICATION_VOUCHERS.c.code == _given.c.value,
            is_among(PUBLICATION_VOUCHERS.c.voucher_id, sa.bindparam("ids", type_=JsonText())),
            PUBLICATION_VOUCHERS.c.given == 1,
        )
        .order_by(PUBLICATION_VOUCHERS.c.publication_id)
        .limit(1)
        .scalar_subquery(),
    ).select_from(_given),
    lambda code, metadata: (code, metadata),
)
"""With which metadata (JSON) each of these codes of vouchers with these ids was given away first, None: with none."""

METADATA_OF_MEMBER: Statement[tuple[str, str]] = Statement(
    sa.select(MEMBERSHIPS.c.voucher_id, PUBLICATIONS.c.metadata)
    .select_from(
        MEMBERSHIPS.sa.join(
            PUBLICATIONS.sa,
            sa.and_(
                PUBLICATIONS.c.project_id == MEMBERSHIPS.c.project_id,
                PUBLICATIONS.c.id == MEMBERSHIPS.c.publication_id,
            ),
        )
    )
    .where(
        MEMBERSHIPS.c.project_id == _PROJECT,
        MEMBERSHIPS.c.customer_id == sa.bindparam("customer_id"),
        is_among(MEMBERSHIPS.c.campaign_id, sa.bindparam("campaign_ids", type_=JsonText())),
    ),
    lambda voucher_id, metadata: (voucher_id, metadata),
)
"""The voucher that this customer has of each of these campaigns, and the metadata (JSON) with which they got it."""

COLUMNS = {
    "id": PUBLICATIONS.c.id,
    "created_at": PUBLICATIONS.c.id,
    "voucher_code": PUBLICATIONS.c.code,
    "tracking_id": PUBLICATIONS.c.tracking_id,
    "customer_id": PUBLICATIONS.c.customer_id,
    "channel": PUBLICATIONS.c.channel,
}
"""What each order goes by: ids begin with the time of creation."""

_FILTERS: dict[str, ColumnElement[bool]] = {
    "customer": PUBLICATIONS.c.customer_id == sa.bindparam("customer"),
    "customers": is_among(PUBLICATIONS.c.customer_id, sa.bindparam("customers", type_=JsonText())),
    "campaign": PUBLICATIONS.c.campaign == sa.bindparam("campaign"),
    "source_id": PUBLICATIONS.c.source_id == sa.bindparam("source_id"),
    "voucher_type": PUBLICATIONS.c.voucher_type == sa.bindparam("voucher_type"),
    "failed": PUBLICATIONS.c.result == sa.literal_column("'FAILURE'"),  # as the partial index says it
    "succeeded": PUBLICATIONS.c.result == sa.literal_column("'SUCCESS'"),
}


@cache
def page_of(order: str, filters: tuple[str, ...], *, after: bool) -> Statement[Publication]:
    """A page in this order (`-created_at` …) of the publications that pass the named filters.

    Parameters: `project_id`, `limit`, `offset`, one for each filter but `failed` and `succeeded`; if `after`, `value`
    and `id`, the last entry's.
    """
    down = order.startswith("-")
    column = COLUMNS[order.removeprefix("-")]
    entry = _entry(filters)
    by_id = column is PUBLICATIONS.c.id
    columns: list[ColumnElement[Any]] = [entry] if by_id else [column, entry]
    page = _filtered(sa.select(PUBLICATIONS.sa), filters)
    if after:
        value: ColumnElement[Any] = sa.bindparam("value")
        publication_id: ColumnElement[Any] = sa.bindparam("id")
        here, there = (entry, publication_id) if by_id else (sa.tuple_(*columns), sa.tuple_(value, publication_id))
        page = page.where(here < there if down else here > there)
    directed = [each.desc() if down else each.asc() for each in columns]
    return Statement(page.order_by(*directed).limit(sa.bindparam("limit")).offset(sa.bindparam("offset")), Publication)


@cache
def count_of(filters: tuple[str, ...]) -> Statement[int]:
    """How many publications pass the named filters. Parameters: `project_id`, and one for each filter."""
    return Statement(_filtered(sa.select(sa.func.count(PUBLICATIONS.c.id)), filters), int)


def _entry(filters: tuple[str, ...]) -> ColumnElement[Any]:
    """The id of a publication, from where those of a voucher are found in its order."""
    return PUBLICATION_VOUCHERS.c.publication_id if "voucher" in filters else PUBLICATIONS.c.id


def _filtered(select: sa.Select[Any], filters: tuple[str, ...]) -> sa.Select[Any]:
    conditions = [_FILTERS[name] for name in filters if name in _FILTERS]
    if "voucher" not in filters:
        return select.where(PUBLICATIONS.c.project_id == _PROJECT, *conditions)
    return select.select_from(_OF_VOUCHER).where(
        PUBLICATION_VOUCHERS.c.project_id == _PROJECT,
        PUBLICATION_VOUCHERS.c.code == sa.bindparam("voucher"),
        *conditions,
    )


COUNTS_OF_CAMPAIGN: Statement[tuple[int, int]] = Statement(
    sa.select(
        *(sa.func.count(PUBLICATIONS.c.id).filter(PUBLICATIONS.c.result == result) for result in (SUCCESS, FAILURE))
    ).where(
        PUBLICATIONS.c.project_id == _PROJECT,
        PUBLICATIONS.c.campaign == sa.bindparam("campaign"),
        PUBLICATIONS.c.campaign_id == sa.bindparam("campaign_id"),
        PUBLICATIONS.c.id >= sa.bindparam("first"),
        PUBLICATIONS.c.id < sa.bindparam("end"),
    ),
    lambda succeeded, failed: (succeeded, failed),
)
"""How many publications of a campaign succeeded and failed, by its name and id, with ids from `first` up to `end`.

By name, since that has the index; by id too, since a name may have been another campaign's before.
"""
