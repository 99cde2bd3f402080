"""What a large request writes holds up no small writes, and is not held up by them."""

import asyncio

import asyncpg
import pytest

from patron.http.writing import LARGE_BODY
from tests.support.servers import Shop

ROW = "name-{n},Somebody\n"
WAIT_SECONDS = 0.5


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_large_request_does_not_stand_behind_a_small_one(shop: Shop, database_url: str) -> None:
    assert shop.client.post("/v1/customers", json={"source_id": "held"}).status_code == 200
    rows = "".join(ROW.format(n=n) for n in range(2 * LARGE_BODY // len(ROW)))
    assert len(rows) >= LARGE_BODY
    session = await asyncpg.connect(database_url)
    async with session.transaction():
        await session.execute("SELECT FROM customers FOR UPDATE")
        small = asyncio.create_task(asyncio.to_thread(shop.client.put, "/v1/customers/held", json={"name": "x"}))
        await asyncio.sleep(WAIT_SECONDS)
        file = {"file": f"Source_id,Name\n{rows}".encode()}
        large = await asyncio.to_thread(shop.client.post, "/v1/customers/importCSV", files=file)
        assert large.status_code == 202
        assert not small.done()
    assert (await small).status_code == 200
    await session.close()
