"""A shop of any size: customers written in bulk into a migrated database, in the form that the server gives them."""

import asyncio
import random
from typing import Any

import apsw
import asyncpg

from patron.config import BootstrapKey, Settings
from patron.db.counts import COUNTS, Count
from patron.db.sql import SqliteSql
from patron.db.tables import Table
from patron.domains.customers.model import (
    CUSTOMER_KEYS,
    CUSTOMER_TOTALS,
    CUSTOMERS,
    LIST,
    Customer,
    CustomerKey,
    CustomerTotals,
)
from patron.domains.customers.policy import new_customer
from patron.domains.customers.wire import AddressIn, CustomerIn
from patron.domains.vouchers.model import DISCOUNT, NEVER, Voucher
from patron.kernel.ids import earliest_id
from patron.running import bootstrap, opened, project_ids
from tests.support.servers import APP_ID, APP_TOKEN

Rows = dict[Table[Any], list[Any]]

BATCH = 10_000
BEGIN_MS = 1_700_000_000_000

_CITIES = ("Berlin", "Warszawa", "Kraków", "Paris", "Lyon", "Porto", "London", "Leeds", "Wien", "Graz")
_NAMES = ("Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Tony", "Frances", "Ken", "Margaret")


def fill(database_url: str, customers: int) -> None:
    """Migrate a database, and give it the project of `serving`'s key with customers numbered from zero."""
    project_id = project_of(database_url)
    chance = random.Random(7)
    for first in range(0, customers, BATCH):
        batch = list(range(first, min(first + BATCH, customers)))
        write(database_url, rows_of(project_id, batch, chance))
    write(database_url, {COUNTS: [Count(project_id, LIST, 0, customers)]})
    analyze(database_url)


def project_of(database_url: str) -> str:
    """The id of the project that `fill` has filled."""
    return asyncio.run(_project(database_url))


async def _project(database_url: str) -> str:
    settings = Settings(database_url=database_url, bootstrap=(BootstrapKey("server", APP_ID, APP_TOKEN),))
    async with opened(settings, migrating=True) as patron:
        await bootstrap(patron.units, settings)
        [project_id] = await project_ids(patron)
        return project_id


def rows_of(project_id: str, numbers: list[int], chance: random.Random) -> Rows:
    """The customers with these numbers, as the rows of every table that they have any in."""
    customers = [_customer(project_id, n, chance) for n in numbers]
    return {
        CUSTOMERS: customers,
        CUSTOMER_KEYS: [CustomerKey(project_id, row.source_id, row.id) for row in customers],
        CUSTOMER_TOTALS: [CustomerTotals(project_id, row.id) for row in customers],
    }


def _customer(project_id: str, n: int, chance: random.Random) -> Customer:
    name = f"{chance.choice(_NAMES)} Nº {n}"
    profile = CustomerIn(
        name=name,
        email=f"{n}@shop.example",
        phone=f"+49 30 {n:07}",
        birthdate=f"19{chance.randrange(50, 100)}-0{chance.randrange(1, 10)}-1{chance.randrange(10)}",
        address=AddressIn(
            city=chance.choice(_CITIES), line_1=f"Main Street {n % 100}", country="DE", postal_code=f"{n % 99_999:05}"
        ),
        metadata={
            "lang": chance.choice(("en", "de", "pl")),
            "vip": chance.random() < 0.1,
            "visits": chance.randrange(500),
            "interests": chance.sample(("tea", "books", "cycling", "music"), k=2),
        },
    )
    created = BEGIN_MS + n * 1_000
    return new_customer(project_id, id_of(n), source_id_of(n), profile, created)


def id_of(n: int) -> str:
    """The id of the customer with this number."""
    return f"cust_{n:024}"


def source_id_of(n: int) -> str:
    """The source_id of the customer with this number."""
    return f"shop-{n}"


def write(database_url: str, rows: Rows) -> None:
    """Load rows in the database's own way, in one transaction."""
    if database_url.startswith("sqlite"):
        connection = apsw.Connection(database_url.removeprefix("sqlite:///"))
        with connection:
            for table, records in rows.items():
                connection.executemany(SqliteSql(table).insert, map(table.values_of, records))
        connection.close()
    else:
        asyncio.run(_copy(database_url, rows))


async def _copy(database_url: str, rows: Rows) -> None:
    session = await asyncpg.connect(database_url)
    async with session.transaction():
        for table, records in rows.items():
            await session.copy_records_to_table(
                table.name, records=map(table.values_of, records), columns=list(table.fields)
            )
    await session.close()


def analyze(database_url: str) -> None:
    """Let the database know what its tables hold by now."""
    if database_url.startswith("sqlite"):
        connection = apsw.Connection(database_url.removeprefix("sqlite:///"))
        connection.execute("ANALYZE")
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        connection.close()
    else:
        asyncio.run(_vacuum(database_url))


async def _vacuum(database_url: str) -> None:
    session = await asyncpg.connect(database_url)
    await session.execute("VACUUM ANALYZE")
    await session.close()


def voucher_of(
    project_id: str, code: str, n: int, *, campaign_id: str | None = None, quantity: int | None = None
) -> Voucher:
    """A coupon of ten percent, with the id and the time of creation of the n-th."""
    return Voucher(
        project_id=project_id,
        code=code,
        id=earliest_id("v_", BEGIN_MS + n) + "0" * 16,
        campaign_id=campaign_id,
        type=DISCOUNT,
        category=None,
        discount='{"type":"PERCENT","percent_off":10,"effect":"APPLY_TO_ORDER"}',
        gift_effect=None,
        start_at=None,
        expires_at=None,
        validity=None,
        active=1,
        additional_info=None,
        metadata="{}",
        quantity=quantity,
        publish_count=0,
        created_at=BEGIN_MS + n,
        updated_at=NEVER,
    )
