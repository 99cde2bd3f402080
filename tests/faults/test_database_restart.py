"""PostgreSQL goes away under load and comes back: 503 with Retry-After meanwhile, then everything goes on."""

import asyncio
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.faults.load import Load
from tests.faults.looks import check_tables
from tests.faults.processes import Running, server
from tests.faults.rounds import Log
from tests.support.databases import Postgres, postgres_server
from tests.support.servers import KEYS

LONGEST_ANSWER_SECONDS = 15


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A server that syncs to disk, and that nobody else uses."""
    with tempfile.TemporaryDirectory(prefix="patron-test-") as folder:
        Path(folder).chmod(0o755)
        with postgres_server(Path(folder) / "data", durable=True) as server:
            yield server


@pytest.mark.parametrize("how", [signal.SIGQUIT, signal.SIGKILL], ids=["immediate", "killed"])
def test_the_server_outlives_its_database(
    own_postgres: Postgres, rounds: int, fault_log: Log, how: signal.Signals
) -> None:
    with own_postgres.database() as url, server(url) as running:
        load = Load(3)
        for n in range(rounds):
            recovered = asyncio.run(_round(own_postgres, running, load, how))
            load.check_kept(running.url)
            check_tables(url)
            fault_log.note(
                f"round {n + 1}: {load.acknowledged} acknowledged and {load.unavailable} refused in all, "
                f"ready again {recovered:.1f} s after the database, all kept"
            )
        assert load.unavailable > 0
        assert running.end(signal.SIGTERM) == 0


async def _round(postgres: Postgres, running: Running, load: Load, how: signal.Signals) -> float:
    stop = asyncio.Event()
    loading = asyncio.create_task(load.run(running.url, stop))
    async with httpx.AsyncClient(
        verify=False, base_url=running.url, headers=KEYS, timeout=LONGEST_ANSWER_SECONDS
    ) as client:
        await asyncio.sleep(0.4)
        await asyncio.to_thread(postgres.end, how)
        await asyncio.sleep(0.3)
        assert (await client.get("/livez")).status_code == 200
        assert (await client.get("/readyz")).status_code == 503
        refusal = await client.get("/v1/customers/hot")
        assert (refusal.status_code, refusal.json()["key"]) == (503, "service_unavailable")
        assert int(refusal.headers["Retry-After"]) >= 1
        await asyncio.to_thread(postgres.begin_again)
        back = time.monotonic()
        while (await client.get("/readyz")).status_code != 200:  # noqa: ASYNC110 - as a supervisor asks
            await asyncio.sleep(0.05)
        recovered = time.monotonic() - back
        before = load.acknowledged
        async with asyncio.timeout(LONGEST_ANSWER_SECONDS):
            while load.acknowledged == before:  # noqa: ASYNC110 - the load counts, it does not call
                await asyncio.sleep(0.01)
    stop.set()
    await loading
    return recovered
