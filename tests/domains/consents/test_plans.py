"""A history is read by its index, and keyed reads by their key, however much others have said."""

from collections.abc import Iterator
from typing import Any

import pytest

from bench.shop import analyze, fill, id_of, project_of, write
from patron.db.statements import Statement
from patron.domains.consents.model import CONSENT_CHANGES, CONSENTS, Consent, ConsentChange
from patron.domains.consents.store import CONSENT, COUNT, page_of
from tests.support.databases import Postgres, sqlite_file
from tests.support.plans import plan_of

CUSTOMERS = 300
CHANGES = 40
"""Of each customer."""
DEFINED = 2_000
BEGIN = 1_700_000_000_000


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def filled(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """The database's URL, and the id of a project in which many have said much."""
    if request.param == "sqlite":
        with sqlite_file() as url:
            yield url, _fill(url)
    else:
        server: Postgres = request.getfixturevalue("postgres")
        with server.database() as url:
            yield url, _fill(url)


def _fill(url: str) -> str:
    fill(url, 1)
    project_id = project_of(url)
    consents = [Consent(project_id, f"cnst_{n}", str(n), "", "", BEGIN, None, None, 1) for n in range(DEFINED)]
    changes = [
        ConsentChange(project_id, f"cnstch_{c}-{n}", id_of(c), f"cnst_{n}", None, n % 2, BEGIN + n, "API", "", "", "")
        for c in range(CUSTOMERS)
        for n in range(CHANGES)
    ]
    write(url, {CONSENTS: consents, CONSENT_CHANGES: changes})
    analyze(url)
    return project_id


STATEMENTS: dict[str, tuple[Statement[Any], dict[str, Any]]] = {
    "consent": (CONSENT, {"id": "cnst_7"}),
    "count": (COUNT, {"customer_id": id_of(7)}),
    **{
        f"page {order} {position}": (
            page_of(order, position),
            {"customer_id": id_of(7), "limit": 11, "offset": 0, "value": BEGIN + 20, "id": "cnstch_7-20"},
        )
        for order in ("created_at", "-created_at")
        for position in (None, "cursor")
    },
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_only_the_customers_own_changes_are_looked_at(filled: tuple[str, str], name: str) -> None:
    url, project_id = filled
    statement, params = STATEMENTS[name]
    plan = plan_of(url, statement, {"project_id": project_id, **params})
    assert plan.steps
    assert not plan.faults, plan.steps
    assert plan.rows_read <= 2 * CHANGES
