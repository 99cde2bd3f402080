"""Pages and keyed reads go by an index, and look at no more rows when there are more publications."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
import sqlalchemy as sa

from bench.shop import BEGIN_MS, Rows, analyze, fill, id_of, project_of, source_id_of, write
from patron.db.postgres import WRITES
from patron.db.rulebook import Rulebook
from patron.db.statements import Statement
from patron.domains.events.model import FAILURE, PUBLICATIONS, SUCCESS, Publication
from patron.domains.metadata_schemas import narrowing
from patron.domains.publications.fields import PUBLICATION_FIELDS
from patron.domains.publications.model import (
    MEMBERSHIPS,
    PUBLICATION_KEYS,
    PUBLICATION_VOUCHERS,
    Membership,
    PublicationKey,
    PublicationVoucher,
)
from patron.domains.publications.store import (
    COUNTS_OF_CAMPAIGN,
    KEY,
    MEMBERSHIP,
    METADATA_OF_CODES,
    METADATA_OF_MEMBER,
    page_of,
)
from patron.domains.publications.wire.asked import Order
from patron.domains.vouchers import ONLY_CODE_OF, PUBLISHABLE, PUBLISHABLE_CODES
from patron.domains.vouchers.model import DISCOUNT, GIFT, NEVER, VOUCHERS, Voucher
from patron.kernel.ids import earliest_id
from tests.support.databases import Postgres, sqlite_file
from tests.support.plans import Plan, plan_of

SMALL, LARGE = 2_000, 8_000
LIMIT = 11
CAMPAIGNS = 40

Shops = dict[int, tuple[str, str]]
"""By size: the database's URL, and the project's id."""


def code_of(n: int) -> str:
    """The code of the voucher with this number; its order is not that of creation."""
    return f"CODE-{n * 7919 % 1_000_003:07}"


def publication_id_of(n: int) -> str:
    return earliest_id("pub_", BEGIN_MS + n * 1_000) + "0" * 16


MIDDLE = publication_id_of(500)
MIDDLES = {
    "id": MIDDLE,
    "created_at": MIDDLE,
    "voucher_code": code_of(500),
    "tracking_id": source_id_of(500),
    "customer_id": id_of(500),
    "channel": "channel 1",
}
FILTERS = {
    "customer": id_of(7),
    "voucher": code_of(7),
    "campaign": "Campaign 7",
    "source_id": "publication 7",
    "voucher_type": GIFT,
    "failed": True,
    "succeeded": True,
}
POOL = {"campaign_id": "camp_7", "now": BEGIN_MS, "limit": LIMIT}
KEYED: dict[str, tuple[Statement[Any], dict[str, Any]]] = {
    "key": (KEY, {"source_id": "publication 7"}),
    "membership": (MEMBERSHIP, {"customer_id": id_of(7), "campaign_id": "camp_7"}),
    "metadata of codes": (
        METADATA_OF_CODES,
        {"codes": f'["{code_of(7)}", "{code_of(8)}"]', "ids": '["v_7", "v_8"]'},
    ),
    "metadata of a member": (METADATA_OF_MEMBER, {"customer_id": id_of(7), "campaign_ids": '["camp_7", "camp_8"]'}),
    "only code": (ONLY_CODE_OF, {"campaign_id": "camp_7"}),
    "publishable codes": (PUBLISHABLE_CODES, POOL),
}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shops(request: pytest.FixtureRequest) -> Iterator[Shops]:
    if request.param == "sqlite":
        with sqlite_file() as small, sqlite_file() as large:
            yield _filled(small, large)
    else:
        server: Postgres = request.getfixturevalue("postgres")
        with server.database() as small, server.database() as large:
            yield _filled(small, large)


def _filled(small: str, large: str) -> Shops:
    shops = {}
    for url, size in ((small, SMALL), (large, LARGE)):
        fill(url, size)
        project_id = project_of(url)
        write(url, _rows(project_id, size))
        analyze(url)
        shops[size] = url, project_id
    return shops


def _rows(project_id: str, size: int) -> Rows:
    """A voucher and a publication for each customer; half of the vouchers of each campaign are still free."""
    publications = [_publication(project_id, n) for n in range(size)]
    return {
        VOUCHERS: [_voucher(project_id, n) for n in range(size)],
        PUBLICATIONS: publications,
        PUBLICATION_KEYS: [
            PublicationKey(project_id, f"publication {n}", each.id, each.customer_id, each.code, each.code)
            for n, each in enumerate(publications)
        ],
        PUBLICATION_VOUCHERS: [
            PublicationVoucher(project_id, each.code, each.id, f"v_{n}", 1) for n, each in enumerate(publications)
        ],
        MEMBERSHIPS: [
            Membership(project_id, each.customer_id, each.campaign_id or "", each.id, each.code, f"v_{n}")
            for n, each in enumerate(publications)
        ],
    }


def _publication(project_id: str, n: int) -> Publication:
    return Publication(
        project_id=project_id,
        id=publication_id_of(n),
        customer_id=id_of(n),
        tracking_id=source_id_of(n),
        source_id=f"publication {n}",
        channel=f"channel {n % 3}",
        metadata="{}",
        campaign_id=f"camp_{n % CAMPAIGNS}",
        campaign=f"Campaign {n % CAMPAIGNS}",
        voucher_type=GIFT if n % 2 else DISCOUNT,
        code=code_of(n),
        codes=None,
        voucher_ids=f'["v_{n}"]',
        result=FAILURE if n % 50 == 0 else SUCCESS,
        failure_code="x" if n % 50 == 0 else None,
        failure_message="x" if n % 50 == 0 else None,
        created_at=BEGIN_MS + n * 1_000,
    )


def _voucher(project_id: str, n: int) -> Voucher:
    return Voucher(
        project_id=project_id,
        code=code_of(n),
        id=earliest_id("v_", BEGIN_MS + n * 1_000) + "0" * 16,
        campaign_id=f"camp_{n % CAMPAIGNS}",
        type=DISCOUNT,
        category=None,
        discount='{"type":"PERCENT","percent_off":10}',
        gift_effect=None,
        start_at=None,
        expires_at=None,
        validity=None,
        active=1,
        additional_info=None,
        metadata="{}",
        quantity=None,
        publish_count=n // CAMPAIGNS % 2,
        created_at=BEGIN_MS + n * 1_000,
        updated_at=NEVER,
    )


def plans(shops: Shops, statement: Statement[Any], params: dict[str, Any], **settings: Any) -> dict[int, Plan]:
    return {
        size: plan_of(url, statement, {"project_id": project_id, **params}, **settings)
        for size, (url, project_id) in shops.items()
    }


def assert_keyed(shops: Shops, statement: Statement[Any], params: dict[str, Any], **settings: Any) -> None:
    found = plans(shops, statement, params, **settings)
    for plan in found.values():
        assert plan.steps
        assert not plan.faults, plan.steps
    assert found[LARGE].rows_read <= found[SMALL].rows_read + 2


@pytest.mark.parametrize("name", KEYED)
def test_a_keyed_read_looks_at_its_rows_alone(shops: Shops, name: str) -> None:
    assert_keyed(shops, *KEYED[name])


def test_free_codes_are_drawn_by_their_index(shops: Shops) -> None:
    assert_keyed(shops, PUBLISHABLE.statement, POOL, settings=WRITES)


@pytest.mark.parametrize("order", get_args(Order))
@pytest.mark.parametrize("after", [False, True])
def test_a_page_in_any_order_looks_at_the_pages_rows_alone(shops: Shops, order: str, after: bool) -> None:
    where = {"value": MIDDLES[order.removeprefix("-")], "id": MIDDLE} if after else {}
    assert_keyed(shops, page_of(order, (), after=after), {"limit": LIMIT, "offset": 0, **where})


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("order", ["created_at", "-created_at"])
def test_a_filtered_page_goes_by_the_filters_index(shops: Shops, name: str, order: str) -> None:
    assert_keyed(shops, page_of(order, (name,), after=False), {"limit": LIMIT, "offset": 0, name: FILTERS[name]})


@pytest.mark.parametrize("order", ["created_at", "-created_at"])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("customer_id", id_of(7)),
        ("campaign_name", "Campaign 7"),
        ("source_id", "publication 7"),
        ("voucher_type", GIFT),
        ("voucher_code", code_of(7)),
    ],
)
def test_filters_go_by_an_index_as_parameters_do(shops: Shops, field: str, value: str, order: str) -> None:
    given = {field: {"conditions": {"$is": value}}}
    only = narrowing(PUBLICATION_FIELDS, given, Rulebook("", 0, {}), BEGIN_MS)
    assert_keyed(shops, only.of(page_of(order, (), after=False)), {"limit": LIMIT, "offset": 0, **only.values})


def test_a_campaigns_publications_are_counted_by_their_index(shops: Shops) -> None:
    campaign = {"campaign": FILTERS["campaign"], "campaign_id": "camp_7", "first": "pub_", "end": "pub_~"}
    for url, project_id in shops.values():
        plan = plan_of(url, COUNTS_OF_CAMPAIGN, {"project_id": project_id, **campaign})
        assert not plan.faults, plan.steps
        assert any("campaign" in step for step in plan.steps), plan.steps


def test_a_scan_would_be_noticed(shops: Shops) -> None:
    everything = Statement(sa.select(PUBLICATIONS.c.id).order_by(PUBLICATIONS.c.failure_message), str)
    for url, _ in shops.values():
        assert plan_of(url, everything, {}).faults
