"""The server is killed, stopped, or finds the disk full, under load: what it acknowledged is there."""

import asyncio
import random
import signal
from pathlib import Path
from resource import RLIMIT_FSIZE, prlimit

import httpx
import pytest

from tests.faults.load import Load
from tests.faults.looks import check_tables
from tests.faults.processes import Running, server
from tests.faults.rounds import Log
from tests.support.servers import KEYS


def test_a_killed_server_has_kept_what_it_acknowledged(database_url: str, rounds: int, fault_log: Log) -> None:
    chance = random.Random(rounds)
    load = Load(rounds)
    for n in range(rounds):
        with server(database_url) as running:
            asyncio.run(_kill_under_load(running, load, after=chance.randrange(20, 200)))
        pending = load.pending
        _check_and_settle(database_url, load)
        fault_log.note(f"kill -9 round {n + 1}: {load.acknowledged} acknowledged in all, {pending} in flight, all kept")
    assert load.acknowledged > 20 * rounds


async def _kill_under_load(running: Running, load: Load, *, after: int) -> None:
    """Kill the server once it has acknowledged so many more writes, while it works on others."""
    enough = load.acknowledged + after
    loading = asyncio.create_task(load.run(running.url, asyncio.Event()))
    async with asyncio.timeout(60):
        while load.acknowledged < enough:  # noqa: ASYNC110 - the load counts, it does not call
            await asyncio.sleep(0.001)
    await asyncio.to_thread(running.end, signal.SIGKILL)
    await loading


def test_a_server_that_is_told_to_stop_under_load_ends_well(database_url: str, rounds: int, fault_log: Log) -> None:
    load = Load(1)
    for n in range(rounds):
        with server(database_url) as running:

            async def stop_under_load(running: Running = running) -> None:
                loading = asyncio.create_task(load.run(running.url, asyncio.Event()))
                await asyncio.sleep(0.5)
                code = await asyncio.to_thread(running.end, signal.SIGTERM)
                await loading
                assert code == 0

            asyncio.run(stop_under_load())
        _check_and_settle(database_url, load)
        fault_log.note(f"SIGTERM round {n + 1}: {load.acknowledged} acknowledged in all, exit code 0, all kept")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_full_disk_refuses_writes_and_loses_none(database_url: str, rounds: int, fault_log: Log) -> None:
    load = Load(2)
    for n in range(rounds):
        with server(database_url) as running:
            most = Path(database_url.removeprefix("sqlite:///")).stat().st_size + 500_000
            prlimit(running.process.pid, RLIMIT_FSIZE, (most, most))
            asyncio.run(_fill(load, running.url))
            assert httpx.get(f"{running.url}/v1/customers", headers=KEYS).status_code == 200
            assert load.pending > 0
            assert running.end(signal.SIGTERM) == 0
        _check_and_settle(database_url, load)
        fault_log.note(f"full disk round {n + 1}: {load.acknowledged} acknowledged in all, {load.unavailable} refused")


async def _fill(load: Load, url: str) -> None:
    """Write until the disk has been full for a while."""
    running = asyncio.create_task(load.run(url, asyncio.Event()))
    async with asyncio.timeout(60):
        before = load.unavailable
        while load.unavailable < before + 50:  # noqa: ASYNC110 - the load counts, it does not call
            await asyncio.sleep(0.05)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def _check_and_settle(database_url: str, load: Load) -> None:
    """Look at what the server has left, start it again, and have it finish what got no answer."""
    check_tables(database_url)
    with server(database_url) as running:
        load.check_kept(running.url)
        asyncio.run(load.settle(running.url))
        load.check_kept(running.url)
        assert running.end(signal.SIGTERM) == 0
    check_tables(database_url)
