"""A shop under load that remembers what it was promised, and looks afterwards whether the promises were kept.

Each client has customers of its own, so that it knows what they must look like, and all of them write to one customer
together. Every request has an Idempotency-Key; one that got no answer, or a 503, is repeated with it.
"""

import asyncio
import random
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx

from tests.support.servers import KEYS

CLIENTS = 16
HOT = "hot"
PAUSE_SECONDS = 0.05


@dataclass(slots=True)
class Request:
    """One write, and what its customer looks like when it has happened: its number, None for a deleted one."""

    method: str
    path: str
    body: dict[str, Any] | None
    key: str
    source_id: str
    after: int | None


@dataclass(slots=True)
class Shopper:
    """One client: what it was promised of each of its customers, and the request that it has no answer to."""

    name: str
    chance: random.Random
    customers: dict[str, int | None] = field(default_factory=dict)
    pending: Request | None = None
    hot: int = 0
    acknowledged: int = 0
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def next_request(self) -> Request:
        n = next(self.numbers)
        key = f"{self.name}-{n}"
        alive = [source_id for source_id, number in self.customers.items() if number is not None]
        drawn = self.chance.random()
        if drawn < 0.2:
            return Request("POST", "", {"source_id": HOT, "metadata": {self.name: n}}, key, HOT, n)
        if drawn < 0.5 or not alive:
            source_id = f"{self.name}-{n}"
            return Request("POST", "", {"source_id": source_id, "metadata": {"n": n}}, key, source_id, n)
        source_id = self.chance.choice(alive)
        if drawn < 0.6:
            return Request("DELETE", f"/{source_id}", None, key, source_id, None)
        return Request("PUT", f"/{source_id}", {"metadata": {"n": n}}, key, source_id, n)

    def note(self, request: Request) -> None:
        """The request was acknowledged."""
        self.pending = None
        self.acknowledged += 1
        if request.source_id == HOT:
            self.hot = request.after or 0
        else:
            self.customers[request.source_id] = request.after


class Load:
    """All clients, over the whole test; the server may change its address between two runs."""

    def __init__(self, seed: int) -> None:
        self.shoppers = [Shopper(f"c{n}", random.Random(f"{seed} {n}")) for n in range(CLIENTS)]
        self.unavailable = 0

    @property
    def acknowledged(self) -> int:
        return sum(shopper.acknowledged for shopper in self.shoppers)

    @property
    def pending(self) -> int:
        return sum(shopper.pending is not None for shopper in self.shoppers)

    async def run(self, url: str, stop: asyncio.Event) -> None:
        """Send requests until told to stop, or until the server is gone."""
        await asyncio.gather(*(self._shop(url, shopper, stop) for shopper in self.shoppers))

    async def settle(self, url: str) -> None:
        """Repeat whatever got no answer."""
        stop = asyncio.Event()
        stop.set()
        await asyncio.gather(*(self._shop(url, shopper, stop) for shopper in self.shoppers))
        assert self.pending == 0

    async def _shop(self, url: str, shopper: Shopper, stop: asyncio.Event) -> None:
        async with httpx.AsyncClient(verify=False, base_url=url, headers=KEYS, timeout=20, trust_env=False) as client:
            while shopper.pending is not None or not stop.is_set():
                shopper.pending = shopper.pending or shopper.next_request()
                try:
                    await self._send(client, shopper, shopper.pending)
                except httpx.TransportError:
                    return

    async def _send(self, client: httpx.AsyncClient, shopper: Shopper, request: Request) -> None:
        answer = await client.request(
            request.method,
            f"/v1/customers{request.path}",
            json=request.body,
            headers={"Idempotency-Key": request.key},
        )
        if answer.status_code == 503:
            assert int(answer.headers["Retry-After"]) >= 1
            self.unavailable += 1
            await asyncio.sleep(PAUSE_SECONDS)
            return
        assert answer.status_code == (204 if request.method == "DELETE" else 200), answer.text
        shopper.note(request)

    def check_kept(self, url: str) -> None:
        """Everything acknowledged is there; what was not is there wholly or not at all."""
        with httpx.Client(verify=False, base_url=url, headers=KEYS, timeout=20, trust_env=False) as client:
            for shopper in self.shoppers:
                self._check_shopper(client, shopper)
            self._check_list(client)

    def _check_shopper(self, client: httpx.Client, shopper: Shopper) -> None:
        pending = shopper.pending
        for source_id, number in shopper.customers.items():
            allowed = {number}
            if pending is not None and pending.source_id == source_id:
                allowed.add(pending.after)
            assert _number(client, source_id, "n") in allowed, source_id
        if pending is not None and pending.source_id not in (HOT, *shopper.customers):
            assert _number(client, pending.source_id, "n") in (None, pending.after)
        allowed_hot = {
            shopper.hot or None,
            pending.after if pending and pending.source_id == HOT else shopper.hot or None,
        }
        assert _number(client, HOT, shopper.name) in allowed_hot

    def _check_list(self, client: httpx.Client) -> None:
        seen: list[str] = []
        page = client.get("/v1/customers", params={"limit": 100}).json()
        total = page["total"]
        while True:
            seen += [each["source_id"] for each in page["customers"]]
            if not page["has_more"]:
                break
            page = client.get("/v1/customers", params={"limit": 100, "cursor": page["next_cursor"]}).json()
        assert len(seen) == len(set(seen)) == total


def _number(client: httpx.Client, source_id: str, key: str) -> int | None:
    answer = client.get(f"/v1/customers/{source_id}")
    if answer.status_code == 404:
        return None
    assert answer.status_code == 200, answer.text
    number: int | None = answer.json()["metadata"].get(key)
    return number
