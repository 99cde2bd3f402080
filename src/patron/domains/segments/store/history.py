"""What is asked of what a customer has done: how often something happened, when it did last, and what was given.

The history of who was merged into a customer stands under their ids until a job has moved it, and counts all the same.
"""

from typing import Any

import sqlalchemy as sa

from patron.db.dialect import INTEGER, JsonText, each_text, is_among
from patron.db.filters.sources import Clause
from patron.db.statements import Statement
from patron.domains.customers.model import MERGED_CUSTOMERS
from patron.domains.events.model import ACTIVITY, EVENT_COUNTS, PUBLICATIONS, SUCCESS, EventCount

_NEVER = -1
_ONE: Clause = sa.literal_column("1")
_merged = MERGED_CUSTOMERS.c


def count_in_feed(project_id: Clause, customer_id: Clause, kind: Clause) -> Clause:
    """How many entries of a type a customer's feed has: by the feed's index, under each id of the customer."""
    merged = _of_merged(sa.func.sum(_count(project_id, _merged.id, kind)), project_id, customer_id)
    return _count(project_id, customer_id, kind) + sa.func.coalesce(sa.cast(merged, INTEGER), 0)


def last_in_feed(project_id: Clause, customer_id: Clause, kind: Clause) -> Clause:
    """When the last of these entries came about (epoch ms); NULL where there is none."""
    merged = _of_merged(sa.func.max(_last(project_id, _merged.id, kind)), project_id, customer_id)
    own, theirs = (sa.func.coalesce(each, _NEVER) for each in (_last(project_id, customer_id, kind), merged))
    return sa.func.nullif(sa.case((own >= theirs, own), else_=theirs), _NEVER)


def _of_merged(value: Clause, project_id: Clause, customer_id: Clause) -> Clause:
    """A value of all who were merged into a customer."""
    into = sa.select(value).where(_merged.project_id == project_id, _merged.into_id == customer_id)
    return into.correlate_except(MERGED_CUSTOMERS.sa).scalar_subquery()


def _count(project_id: Clause, customer_id: Clause, kind: Clause) -> Clause:
    return _entries(sa.func.count(), project_id, customer_id, kind).scalar_subquery()


def _last(project_id: Clause, customer_id: Clause, kind: Clause) -> Clause:
    """The feed is in the order of ids, which begin with the time."""
    newest = _entries(ACTIVITY.c.created_at, project_id, customer_id, kind).order_by(ACTIVITY.c.id.desc())
    return newest.limit(1).scalar_subquery()


def _entries(value: Clause, project_id: Clause, customer_id: Clause, kind: Clause) -> sa.Select[Any]:
    entries = ACTIVITY.c
    of_feed = (entries.project_id == project_id, entries.customer_id == customer_id, entries.type == kind)
    return sa.select(value).select_from(ACTIVITY.sa).where(*of_feed).correlate_except(ACTIVITY.sa)


_PROJECT: Clause = sa.bindparam("project_id")
_CUSTOMER: Clause = sa.bindparam("customer_id")
_TYPES: Clause = sa.bindparam("types", type_=JsonText())
_kinds = each_text(_TYPES).table_valued("value", name="kinds")

COUNTS_OF = Statement(
    sa.select(EVENT_COUNTS.sa).where(
        EVENT_COUNTS.c.project_id == _PROJECT,
        EVENT_COUNTS.c.customer_id == _CUSTOMER,
        is_among(EVENT_COUNTS.c.type, _TYPES),
    ),
    EventCount,
)
"""How often these events (a JSON array of names) have happened to a customer."""


def _counted(kind: str, n: int, last_at: int | None) -> EventCount:
    return EventCount("", "", kind, n, last_at or 0)


COUNTS_IN_FEED: Statement[EventCount] = Statement(
    sa.select(
        _kinds.c.value,
        count_in_feed(_PROJECT, _CUSTOMER, _kinds.c.value),
        last_in_feed(_PROJECT, _CUSTOMER, _kinds.c.value),
    ),
    _counted,
)
"""How many entries of each of these types (a JSON array) a customer's feed has; none of a type is 0."""

_given = PUBLICATIONS.c
_OF_PUBLICATION = (_given.id, _given.created_at, _given.voucher_ids)
_SUCCEEDED = _given.result == sa.literal_column(f"'{SUCCESS}'")
_INTO = sa.and_(_merged.project_id == _given.project_id, _merged.id == _given.customer_id)


def _publication(_id: str, created_at: int, voucher_ids: str) -> tuple[int, str]:
    return created_at, voucher_ids


GIVEN_TO: Statement[tuple[int, str]] = Statement(
    sa.union_all(
        sa.select(*_OF_PUBLICATION).where(_given.project_id == _PROJECT, _given.customer_id == _CUSTOMER, _SUCCEEDED),
        sa.select(*_OF_PUBLICATION)
        .select_from(MERGED_CUSTOMERS.sa.join(PUBLICATIONS.sa, _INTO))
        .where(_merged.project_id == _PROJECT, _merged.into_id == _CUSTOMER, _given.project_id == _PROJECT, _SUCCEEDED),
    ).order_by("id"),
    _publication,
)
"""When a customer was given something, and the vouchers' ids (a JSON array), the first publication first."""

VOUCHER_ID = each_text(_given.voucher_ids).table_valued("value", name="voucher")


def some_publication(project_id: Clause, customer_id: Clause, where: Clause) -> Clause:
    """Whether a customer was given a voucher by a publication for which this holds.

    It is about `PUBLICATIONS` and `VOUCHER_ID`, of which there is a row for each voucher that was given.
    """
    given = PUBLICATIONS.sa.join(VOUCHER_ID, sa.true())
    holds = (_given.project_id == project_id, _SUCCEEDED, where)
    own = sa.select(_ONE).select_from(given).where(_given.customer_id == customer_id, *holds)
    theirs = (
        sa.select(_ONE)
        .select_from(MERGED_CUSTOMERS.sa.join(given, _INTO))
        .where(_merged.project_id == project_id, _merged.into_id == customer_id, *holds)
    )
    ours = (PUBLICATIONS.sa, MERGED_CUSTOMERS.sa, VOUCHER_ID)
    # The offset keeps PostgreSQL from looking up everybody's publications at once, to ask that for a few customers.
    return sa.or_(*(each.limit(1).offset(0).correlate_except(*ours).exists() for each in (own, theirs)))
