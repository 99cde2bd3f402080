"""What is asked of stored segments, and of what happened to them."""

import sqlalchemy as sa

from patron.db.dialect import TEXT, JsonText, each_text, has_part, is_among
from patron.db.statements import Statement
from patron.domains.customers.model import CUSTOMERS, MERGED_CUSTOMERS
from patron.domains.segments.model import SEGMENT_ACTIVITY, SEGMENTS, Segment, SegmentActivity

_LIVE = sa.select(SEGMENTS.sa).where(
    SEGMENTS.c.project_id == sa.bindparam("project_id"), SEGMENTS.c.deleted_at.is_(None)
)

LIVE = Statement(_LIVE, Segment)
"""The segments of a project."""

BY_ID = Statement(_LIVE.where(SEGMENTS.c.id == sa.bindparam("id")), Segment)
"""The segment with this id, unless it was deleted."""

DELETED_AMONG = Statement(
    sa.select(SEGMENTS.c.id).where(
        SEGMENTS.c.project_id == sa.bindparam("project_id"),
        is_among(SEGMENTS.c.id, sa.bindparam("ids", type_=JsonText())),
        SEGMENTS.c.deleted_at.is_not(None),
    ),
    str,
)
"""Which of these segments (a JSON array of ids) were deleted."""

TYPES = Statement(_LIVE.with_only_columns(SEGMENTS.c.type), str)
"""The type of each segment of a project."""

NAMING = Statement(
    _LIVE.with_only_columns(SEGMENTS.c.id)
    .where(has_part(SEGMENTS.c.filter, sa.bindparam("name", type_=TEXT)))
    .order_by(SEGMENTS.c.id)
    .limit(1),
    str,
)
"""A segment in whose filter this text stands."""

_given = each_text(sa.bindparam("ids", type_=JsonText())).table_valued("value", name="given")
_heir = (
    sa.select(MERGED_CUSTOMERS.c.into_id)
    .where(MERGED_CUSTOMERS.c.project_id == sa.bindparam("project_id"), MERGED_CUSTOMERS.c.id == _given.c.value)
    .scalar_subquery()
)
_own = (
    sa.select(CUSTOMERS.c.id)
    .where(CUSTOMERS.c.project_id == sa.bindparam("project_id"), CUSTOMERS.c.id == _given.c.value)
    .scalar_subquery()
)
NOW_IDS: Statement[tuple[str, str | None]] = Statement(
    sa.select(_given.c.value, sa.func.coalesce(_own, _heir)), lambda given, now: (given, now)
)
"""For which customers these ids (a JSON array) stand: one row for each, with None where it is nobody's."""


ANY_TYPE = ""


def activities_of(*, down: bool) -> Statement[SegmentActivity]:
    """A page of what happened to a segment.

    Parameters: `project_id`, `segment_id`, `type` (or `ANY_TYPE`), `limit`, `above` and `below` (ids, themselves not
    included).
    """
    by = SEGMENT_ACTIVITY.c.id
    wanted = sa.bindparam("type", type_=TEXT)
    return Statement(
        sa.select(SEGMENT_ACTIVITY.sa)
        .where(
            SEGMENT_ACTIVITY.c.project_id == sa.bindparam("project_id"),
            SEGMENT_ACTIVITY.c.segment_id == sa.bindparam("segment_id"),
            by > sa.bindparam("above"),
            by < sa.bindparam("below"),
            sa.or_(SEGMENT_ACTIVITY.c.type == wanted, wanted == sa.literal(ANY_TYPE, TEXT)),
        )
        .order_by(by.desc() if down else by.asc())
        .limit(sa.bindparam("limit")),
        SegmentActivity,
    )


NEWEST_ACTIVITIES, OLDEST_ACTIVITIES = activities_of(down=True), activities_of(down=False)
