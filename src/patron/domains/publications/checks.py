"""What must hold of stored publications, whoever wrote them: every count is computed anew from what was given away."""

from typing import Any

import sqlalchemy as sa

from patron.db.checks import PROJECT, check, total_check
from patron.domains.customers import owner_of
from patron.domains.events.model import NO_CODE, PUBLICATIONS, SUCCESS
from patron.domains.publications.model import MEMBERSHIPS, PUBLICATION_KEYS, PUBLICATION_VOUCHERS
from patron.domains.vouchers.model import VOUCHER_HOLDERS, VOUCHERS

_publications, _keys, _given = PUBLICATIONS.c, PUBLICATION_KEYS.c, PUBLICATION_VOUCHERS.c
_memberships, _vouchers, _holders = MEMBERSHIPS.c, VOUCHERS.c, VOUCHER_HOLDERS.c

_NOTHING = sa.null()
_GIVEN_AWAY = (
    sa.select(sa.func.count())
    .where(
        _given.project_id == PROJECT,
        _given.code == _vouchers.code,
        _given.voucher_id == _vouchers.id,
        _given.given == 1,
    )
    .scalar_subquery()
)
_OWNER = owner_of(_publications.customer_id)
"""Publications move after the customers' merge, what leads to them moves at once."""


def _publication(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(_publications.project_id == PROJECT, _publications.result == SUCCESS, *conditions)


def _has_voucher(code: sa.ColumnElement[str], publication_id: sa.ColumnElement[str], given: Any) -> Any:
    return sa.exists().where(
        _given.project_id == PROJECT,
        _given.code == code,
        _given.publication_id == publication_id,
        _given.given == given,
    )


_OF_HOLDER = (
    sa.select(_holders.code, _holders.customer_id, _OWNER)
    .select_from(VOUCHER_HOLDERS.sa)
    .join(VOUCHERS.sa, sa.and_(_vouchers.project_id == PROJECT, _vouchers.code == _holders.code))
    .join(
        PUBLICATION_VOUCHERS.sa,
        sa.and_(_given.project_id == PROJECT, _given.code == _vouchers.code, _given.voucher_id == _vouchers.id),
    )
    .join(
        PUBLICATIONS.sa,
        sa.and_(_publications.project_id == PROJECT, _publications.id == _given.publication_id),
    )
    .where(_holders.project_id == PROJECT, _vouchers.publish_count == 1, _given.given == 1)
)

CHECKS = (
    total_check("publications", PUBLICATIONS),
    check(
        "vouchers.publish_count",
        "A voucher was published as often as it was given away.",
        sa.select(_vouchers.code, _vouchers.publish_count, _GIVEN_AWAY).where(
            _vouchers.project_id == PROJECT, _vouchers.publish_count != _GIVEN_AWAY
        ),
    ),
    check(
        "voucher_holders.of_publication",
        "A voucher that was published once is held by whom it was published to.",
        _OF_HOLDER.where(_holders.customer_id != _OWNER),
    ),
    check(
        "publications.without_voucher",
        "Every publication that names a code says whether it was given away.",
        sa.select(_publications.id, _NOTHING, _publications.code).where(
            _publications.project_id == PROJECT,
            _publications.code != NO_CODE,
            ~_has_voucher(_publications.code, _publications.id, sa.case((_publications.result == SUCCESS, 1), else_=0)),
        ),
    ),
    check(
        "publication_keys.of_nothing",
        "Every source_id leads to its publication, and both are the same customer's.",
        sa.select(_keys.source_id, _keys.publication_id, _NOTHING).where(
            _keys.project_id == PROJECT,
            ~_publication(
                _publications.id == _keys.publication_id,
                _publications.source_id == _keys.source_id,
                _publications.code == _keys.code,
                _keys.customer_id == _OWNER,
            ),
        ),
    ),
    check(
        "memberships.of_nothing",
        "Who has a code of a campaign was given it by a publication.",
        sa.select(_memberships.customer_id, _memberships.publication_id, _NOTHING).where(
            _memberships.project_id == PROJECT,
            sa.or_(
                ~_publication(
                    _publications.id == _memberships.publication_id,
                    _publications.campaign_id == _memberships.campaign_id,
                    _memberships.customer_id == _OWNER,
                ),
                ~_has_voucher(_memberships.code, _memberships.publication_id, 1),
            ),
        ),
    ),
)
