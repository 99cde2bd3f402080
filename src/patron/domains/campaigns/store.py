"""What is asked of stored campaigns."""

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from patron.db.statements import Statement
from patron.domains.vouchers import CAMPAIGN_DAYS, CAMPAIGN_NAMES, CAMPAIGN_TOTALS, CAMPAIGNS, Campaign, CampaignTotals

Found = tuple[Campaign, CampaignTotals]
"""A campaign, and how many vouchers it has."""

_PROJECT: ColumnElement[str] = sa.bindparam("project_id")
_FIELDS = len(CAMPAIGNS.fields)


def _beside(column: sa.Column[Any]) -> sa.ScalarSelect[Any]:
    """A column of a campaign's totals; subqueries, so that no plan joins everybody's."""
    return (
        sa.select(column)
        .where(CAMPAIGN_TOTALS.c.project_id == CAMPAIGNS.c.project_id, CAMPAIGN_TOTALS.c.campaign_id == CAMPAIGNS.c.id)
        .correlate(CAMPAIGNS.sa)
        .scalar_subquery()
    )


_COUNTS = CAMPAIGN_TOTALS.fields[len(CAMPAIGN_TOTALS.key) :]
_WHOLE = sa.select(CAMPAIGNS.sa, *(_beside(CAMPAIGN_TOTALS.c[field]).label(f"its_{field}") for field in _COUNTS)).where(
    CAMPAIGNS.c.project_id == _PROJECT, CAMPAIGNS.c.deleted_at.is_(None)
)


def _found(*row: Any) -> Found:
    campaign = Campaign(*row[:_FIELDS])
    counts = (0 if count is None else count for count in row[_FIELDS:])
    return campaign, CampaignTotals(campaign.project_id, campaign.id, *counts)


BY_ID = Statement(_WHOLE.where(CAMPAIGNS.c.id == sa.bindparam("id")), _found)
"""The campaign with this id."""

BY_NAME = Statement(
    _WHOLE.where(
        CAMPAIGNS.c.id
        == sa.select(CAMPAIGN_NAMES.c.campaign_id)
        .where(CAMPAIGN_NAMES.c.project_id == _PROJECT, CAMPAIGN_NAMES.c.name == sa.bindparam("name"))
        .scalar_subquery()
    ),
    _found,
)
"""The campaign with this name."""

_generating, _updating, _failed = (_beside(CAMPAIGN_TOTALS.c[field]) for field in ("generating", "updating", "failed"))
STATUSES: dict[str, ColumnElement[bool]] = {
    "IN_PROGRESS": _generating > 0,
    "MODIFYING": sa.and_(_generating == 0, _updating > 0),
    "FAILED": sa.and_(_generating == 0, _updating == 0, _failed > 0),
    "DONE": sa.and_(_generating == 0, _updating == 0, _failed == 0),
    "DRAFT": sa.false(),
}
"""How far the work on a campaign's codes is: of each campaign, one of them holds."""

COLUMNS = {"created_at": CAMPAIGNS.c.id, "updated_at": CAMPAIGNS.c.updated_at}
"""What each order goes by: ids begin with the time of creation."""


@cache
def page_of(order: str, status: str | None, *, typed: bool, after: bool) -> Statement[Found]:
    """A page in this order (`-created_at` …) of the campaigns in this state, of one `campaign_type` if `typed`.

    Parameters: `project_id`, `limit`, `offset`, `campaign_type` if `typed`; if `after`, `value` and `id`, the last
    entry's.
    """
    field = order.removeprefix("-")
    down = order.startswith("-")
    columns = [COLUMNS[field]] if field == "created_at" else [COLUMNS[field], CAMPAIGNS.c.id]
    page = _filtered(_WHOLE, status, typed=typed)
    if after:
        value: ColumnElement[Any] = sa.bindparam("value")
        last: ColumnElement[Any] = sa.bindparam("id")
        here, there = (columns[0], value) if len(columns) == 1 else (sa.tuple_(*columns), sa.tuple_(value, last))
        page = page.where(here < there if down else here > there)
    directed = [column.desc() if down else column.asc() for column in columns]
    return Statement(page.order_by(*directed).limit(sa.bindparam("limit")).offset(sa.bindparam("offset")), _found)


@cache
def count_of(status: str | None, *, typed: bool) -> Statement[int]:
    """How many campaigns are in this state, of one `campaign_type` if `typed`."""
    live = sa.select(sa.func.count(CAMPAIGNS.c.id)).where(
        CAMPAIGNS.c.project_id == _PROJECT, CAMPAIGNS.c.deleted_at.is_(None)
    )
    return Statement(_filtered(live, status, typed=typed), int)


def _filtered(select: sa.Select[Any], status: str | None, *, typed: bool) -> sa.Select[Any]:
    if typed:
        select = select.where(CAMPAIGNS.c.campaign_type == sa.bindparam("campaign_type"))
    return select if status is None else select.where(STATUSES[status])


_IN_BIN = sa.and_(
    CAMPAIGNS.c.project_id == _PROJECT,
    CAMPAIGNS.c.id == sa.bindparam("id"),
    CAMPAIGNS.c.in_bin == 1,
    CAMPAIGNS.c.deleted_at == sa.bindparam("deleted_at"),
)

BINNED_NAME = Statement(sa.select(CAMPAIGNS.c.name).where(_IN_BIN), str)
"""The name of the campaign in the bin with this id, deleted at this moment."""

PURGE_DAYS = Statement(
    sa.delete(CAMPAIGN_DAYS.sa)
    .where(
        CAMPAIGN_DAYS.c.project_id == _PROJECT,
        CAMPAIGN_DAYS.c.campaign_id == sa.bindparam("id"),
        sa.exists().where(_IN_BIN),
    )
    .returning(CAMPAIGN_DAYS.c.day),
    int,
)
"""Deletes what happened in that campaign, as long as it is in the bin."""
