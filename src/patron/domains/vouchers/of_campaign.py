"""What is asked of a campaign, and of the vouchers of one."""

from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from patron.db.actions import Pool
from patron.db.dialect import JsonText, each_text, is_among, row_text
from patron.db.statements import Statement
from patron.domains.vouchers.campaign import CAMPAIGN_DAYS, CAMPAIGN_NAMES, CAMPAIGNS, Campaign
from patron.domains.vouchers.model import (
    TRANSACTION_KEYS,
    VOUCHER_HOLDERS,
    VOUCHER_TOTALS,
    VOUCHER_TRANSACTIONS,
    VOUCHERS,
    VoucherTransaction,
)
from patron.domains.vouchers.store import COLUMNS_OF_FOUND, Found, found_of

_PROJECT: ColumnElement[str] = sa.bindparam("project_id")
_CODE: ColumnElement[str] = sa.bindparam("code")
_CAMPAIGN: ColumnElement[str] = sa.bindparam("campaign_id")
DAY_SUMS = CAMPAIGN_DAYS.fields[len(CAMPAIGN_DAYS.key) :]
_LIMIT: ColumnElement[int] = sa.bindparam("limit")
_CODES: ColumnElement[str] = sa.bindparam("codes", type_=JsonText())

CAMPAIGN_OF: Statement[str | None] = Statement(
    sa.select(VOUCHERS.c.campaign_id).where(VOUCHERS.c.project_id == _PROJECT, VOUCHERS.c.code == _CODE),
    lambda campaign_id: campaign_id,
)
"""The id of the campaign that the voucher with this code is of."""

_LIVE_CAMPAIGN = sa.select(CAMPAIGNS.sa).where(CAMPAIGNS.c.project_id == _PROJECT, CAMPAIGNS.c.deleted_at.is_(None))
CAMPAIGN_BY_ID = Statement(_LIVE_CAMPAIGN.where(CAMPAIGNS.c.id == sa.bindparam("id")), Campaign)
"""The campaign with this id."""

CAMPAIGN_BY_NAME = Statement(
    _LIVE_CAMPAIGN.where(
        CAMPAIGNS.c.id
        == sa.select(CAMPAIGN_NAMES.c.campaign_id)
        .where(CAMPAIGN_NAMES.c.project_id == _PROJECT, CAMPAIGN_NAMES.c.name == sa.bindparam("name"))
        .scalar_subquery()
    ),
    Campaign,
)
"""The campaign with this name."""


def _publishable(*columns: Any) -> sa.Select[Any]:
    return (
        sa.select(*columns)
        .where(
            VOUCHERS.c.project_id == _PROJECT,
            VOUCHERS.c.campaign_id == sa.bindparam("campaign_id"),
            # As text: with parameters in their place, neither database could tell that the index has all such rows.
            sa.text("publish_count = 0 AND active = 1"),
            sa.or_(VOUCHERS.c.expires_at.is_(None), VOUCHERS.c.expires_at > sa.bindparam("now")),
        )
        .order_by(VOUCHERS.c.id)
        .limit(sa.bindparam("limit"))
    )


PUBLISHABLE = Pool(
    "vouchers.publishable", VOUCHERS, _publishable(VOUCHERS.sa), beside=(VOUCHER_TOTALS, VOUCHER_HOLDERS)
)
"""The vouchers of a campaign that may be published, the oldest first. Parameters: `project_id`, `campaign_id`, `now`.

`now` is epoch ms; writes that draw with the same one share a draw. What was done with each, and whose it is, comes
along.
"""

PUBLISHABLE_CODES = Statement(_publishable(VOUCHERS.c.code), str)
"""The codes of the same vouchers, also of those that another unit holds. Parameters: those of the pool, and `limit`."""

ONLY_CODE_OF = Statement(
    sa.select(VOUCHERS.c.code)
    .where(VOUCHERS.c.project_id == _PROJECT, VOUCHERS.c.campaign_id == sa.bindparam("campaign_id"))
    .order_by(VOUCHERS.c.id)
    .limit(1),
    str,
)
"""The code of a campaign that has one for all."""

_given = each_text(sa.bindparam("campaigns", type_=JsonText())).table_valued("value", name="given")
ONLY_VOUCHERS_OF: Statement[Found | None] = Statement(
    sa.select(
        sa.select(row_text(*COLUMNS_OF_FOUND))
        .where(VOUCHERS.c.project_id == _PROJECT, VOUCHERS.c.campaign_id == _given.c.value)
        .order_by(VOUCHERS.c.id)
        .limit(1)
        .scalar_subquery()
    ).select_from(_given),
    lambda text: None if text is None else found_of(*msgspec.json.decode(text)),
)
"""The vouchers of campaigns that have one for all, by their ids (a JSON array): a row for each, or None."""

CODES_AFTER: Statement[tuple[str, str]] = Statement(
    sa.select(VOUCHERS.c.code, VOUCHERS.c.id)
    .where(
        VOUCHERS.c.project_id == _PROJECT, VOUCHERS.c.campaign_id == _CAMPAIGN, VOUCHERS.c.id > sa.bindparam("after")
    )
    .order_by(VOUCHERS.c.id)
    .limit(_LIMIT),
    lambda code, voucher_id: (code, voucher_id),
)
"""The next vouchers of a campaign after the one with this id, as `(code, id)`."""

_given = each_text(_CODES).table_valued("value", name="given")
HOLDERS_OF: Statement[str | None] = Statement(
    sa.select(
        sa.select(VOUCHER_HOLDERS.c.customer_id)
        .where(VOUCHER_HOLDERS.c.project_id == _PROJECT, VOUCHER_HOLDERS.c.code == _given.c.value)
        .correlate(_given)
        .scalar_subquery()
    ).select_from(_given),
    lambda customer_id: customer_id,
)
"""For each of these codes (a JSON array) the id of the customer who holds its voucher, None for nobody."""


def _deletion(table: sa.Table) -> Statement[str]:
    """Deletes what is kept of these vouchers (codes, a JSON array), as far as they are of this campaign."""
    still_of_it = sa.exists().where(
        VOUCHERS.c.project_id == _PROJECT, VOUCHERS.c.code == table.c.code, VOUCHERS.c.campaign_id == _CAMPAIGN
    )
    return Statement(
        sa.delete(table)
        .where(table.c.project_id == _PROJECT, is_among(table.c.code, _CODES), still_of_it)
        .returning(table.c.code),
        str,
    )


DELETE_TRANSACTIONS_OF = _deletion(VOUCHER_TRANSACTIONS.sa)
DELETE_TRANSACTION_KEYS_OF = _deletion(TRANSACTION_KEYS.sa)

DELETE_DAYS = Statement(
    sa.delete(CAMPAIGN_DAYS.sa)
    .where(CAMPAIGN_DAYS.c.project_id == _PROJECT, CAMPAIGN_DAYS.c.campaign_id == _CAMPAIGN)
    .returning(CAMPAIGN_DAYS.c.day),
    int,
)
"""Deletes what happened in a campaign."""

DAYS: Statement[tuple[int, ...]] = Statement(
    sa.select(
        *(sa.cast(sa.func.coalesce(sa.func.sum(CAMPAIGN_DAYS.c[field]), 0), sa.BigInteger()) for field in DAY_SUMS)
    ).where(
        CAMPAIGN_DAYS.c.project_id == _PROJECT,
        CAMPAIGN_DAYS.c.campaign_id == _CAMPAIGN,
        CAMPAIGN_DAYS.c.day >= sa.bindparam("first"),
        CAMPAIGN_DAYS.c.day <= sa.bindparam("last"),
    ),
    lambda *sums: sums,
)
"""What happened in a campaign from the `first` day to the `last`: the sums of `DAY_SUMS`."""

BEFORE_THE_FIRST, AFTER_THE_LAST = "", "vtx_~"


@cache
def transactions_in(*, down: bool) -> Statement[VoucherTransaction]:
    """A page of the transactions of a campaign's cards, by ids `above` and `below`, the newest first if `down`."""
    moves = VOUCHER_TRANSACTIONS.c
    return Statement(
        sa.select(VOUCHER_TRANSACTIONS.sa)
        .where(
            moves.project_id == _PROJECT,
            moves.campaign_id == _CAMPAIGN,
            moves.id > sa.bindparam("above"),
            moves.id < sa.bindparam("below"),
        )
        .order_by(moves.id.desc() if down else moves.id.asc())
        .limit(_LIMIT),
        VoucherTransaction,
    )
