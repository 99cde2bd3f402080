"""What must be true of the tables, whatever happened: looked at in the database itself."""

import asyncio

import apsw
import asyncpg

FAULTS = {
    "a customer without totals": """
        SELECT count(*) FROM customers c WHERE NOT EXISTS
        (SELECT 1 FROM customer_totals t WHERE t.project_id = c.project_id AND t.customer_id = c.id)""",
    "totals without a customer": """
        SELECT count(*) FROM customer_totals t WHERE NOT EXISTS
        (SELECT 1 FROM customers c WHERE t.project_id = c.project_id AND t.customer_id = c.id)""",
    "a customer whose source_id is not its own": """
        SELECT count(*) FROM customers c WHERE c.source_id <> '' AND NOT EXISTS
        (SELECT 1 FROM customer_keys k
         WHERE k.project_id = c.project_id AND k.source_id = c.source_id AND k.customer_id = c.id)""",
    "a source_id of nobody": "SELECT count(*) FROM customer_keys WHERE customer_id IS NULL",
    "a total that is not the number of customers": """
        SELECT abs((SELECT count(*) FROM customers)
                   - coalesce((SELECT sum(n) FROM counts WHERE name = 'customers'), 0))""",
    "an idempotency key without an answer": "SELECT count(*) FROM idempotency_keys WHERE fingerprint = ''",
}


def check_tables(database_url: str) -> None:
    """Nothing half done lies in the tables. For SQLite, no server may run meanwhile."""
    for fault, number in asyncio.run(_numbers(database_url)).items():
        assert number == 0, fault


async def _numbers(database_url: str) -> dict[str, int]:
    if database_url.startswith("sqlite"):
        connection = apsw.Connection(database_url.removeprefix("sqlite:///"))
        numbers = {fault: connection.execute(query).get for fault, query in FAULTS.items()}
        connection.close()
        return numbers
    session = await asyncpg.connect(database_url)
    numbers = {fault: int(await session.fetchval(query)) for fault, query in FAULTS.items()}
    await session.close()
    return numbers
