"""What must hold of segments' members, whoever wrote them: both rows that say so agree, and speak of somebody."""

from typing import Any

import sqlalchemy as sa

from patron.db.checks import PROJECT, check
from patron.db.dialect import each_text, json_member
from patron.domains.customers.model import CUSTOMERS, ERASURES
from patron.domains.segments.model import LISTING_TASK, SEGMENT_LISTINGS, SEGMENT_MEMBERS, SEGMENTS_OF_CUSTOMERS
from patron.queue.jobs import JOBS

_members, _mine, _customers = SEGMENT_MEMBERS.c, SEGMENTS_OF_CUSTOMERS.c, CUSTOMERS.c
_listings, _jobs = SEGMENT_LISTINGS.c, JOBS.c

_entry = each_text(_mine.segments).table_valued("value", name="entry")


def _says(segment_id: sa.ColumnElement[str]) -> Any:
    return sa.exists().select_from(_entry).where(_entry.c.value == segment_id)


_SAID_BY_CUSTOMER = sa.exists().where(
    _mine.project_id == PROJECT, _mine.customer_id == _members.customer_id, _says(_members.segment_id)
)
_IS_ERASED = sa.exists().where(ERASURES.c.project_id == PROJECT, ERASURES.c.done_at.is_(None))
"""Rows of somebody who is just being erased go one after the other."""

_HAS_ROW = sa.exists().where(
    _members.project_id == PROJECT,
    _members.customer_id == _mine.customer_id,
    _members.segment_id == _entry.c.value,
)
_CREATED_AT = (
    sa.select(_customers.created_at)
    .where(_customers.project_id == PROJECT, _customers.id == _members.customer_id)
    .correlate(SEGMENT_MEMBERS.sa)
    .scalar_subquery()
)

_HAS_JOB = sa.exists().where(
    _jobs.project_id == PROJECT,
    _jobs.task == LISTING_TASK,
    _jobs.due_at.is_not(None),
    json_member(_jobs.payload, "segment_id") == _listings.segment_id,
)

CHECKS = (
    check(
        "segment_members.of_customer",
        "Who is a member of a segment says so in its own row.",
        sa.select(_members.customer_id, _members.segment_id, sa.null()).where(
            _members.project_id == PROJECT, ~_SAID_BY_CUSTOMER, ~_IS_ERASED
        ),
    ),
    check(
        "customer_segments.of_segment",
        "Whose own row says that it is in a segment is a member of it.",
        sa.select(_mine.customer_id, sa.null(), _entry.c.value)
        .select_from(SEGMENTS_OF_CUSTOMERS.sa.join(_entry, sa.true()))
        .where(_mine.project_id == PROJECT, ~_HAS_ROW, ~_IS_ERASED),
    ),
    check(
        "segment_members.created_at",
        "Lists of members go by when each customer was created.",
        sa.select(_members.customer_id, _members.created_at, _CREATED_AT).where(
            _members.project_id == PROJECT, _members.created_at.is_distinct_from(_CREATED_AT), ~_IS_ERASED
        ),
    ),
    check(
        "segment_listings.without_job",
        "Whoever a static segment is still to list waits for a job that does it.",
        sa.select(_listings.segment_id, _listings.id, sa.null()).where(_listings.project_id == PROJECT, ~_HAS_JOB),
        advice="Have the job tried anew by `patron jobs retry`; if it is no longer there, make the segment anew.",
    ),
)
