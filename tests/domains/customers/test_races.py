"""Many at once on one customer: nothing is lost, nothing is made twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from tests.domains.customers.conftest import Make, a_source_id, ok

AT_ONCE = 20


def at_once(deed: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(deed, range(AT_ONCE)))


def test_twenty_who_bring_one_new_source_id_make_one_customer(client: httpx.Client) -> None:
    for _ in range(5):
        source_id = a_source_id()
        before = ok(client.get("/v1/customers"))["total"]
        made = at_once(lambda n, source_id=source_id: ok(  # type: ignore[misc]
            client.post("/v1/customers", json={"source_id": source_id, "metadata": {f"k{n}": n}})
        ))  # fmt: skip
        assert len({each["id"] for each in made}) == 1
        assert ok(client.get(f"/v1/customers/{source_id}"))["metadata"] == {f"k{n}": n for n in range(AT_ONCE)}
        assert ok(client.get("/v1/customers"))["total"] == before + 1


def test_twenty_who_change_one_customer_lose_nothing(client: httpx.Client, make: Make) -> None:
    made = make()
    path = f"/v1/customers/{made['id']}"
    at_once(lambda n: ok(client.put(path, json={"metadata": {f"k{n}": n}, "address": {"city": str(n)}})))
    assert ok(client.get(path))["metadata"] == {f"k{n}": n for n in range(AT_ONCE)}


def test_of_twenty_who_delete_one_customer_one_does(client: httpx.Client, make: Make) -> None:
    made = make()
    statuses = at_once(lambda _n: client.delete(f"/v1/customers/{made['id']}").status_code)
    assert sorted(statuses) == [204] + [404] * (AT_ONCE - 1)


def test_upserts_and_deletions_of_one_source_id_leave_one_or_none(client: httpx.Client) -> None:
    source_id = a_source_id()

    def deed(n: int) -> int:
        if n % 2:
            return client.delete(f"/v1/customers/{source_id}").status_code
        return client.post("/v1/customers", json={"source_id": source_id, "name": str(n)}).status_code

    before = ok(client.get("/v1/customers"))["total"]
    for _ in range(5):
        assert set(at_once(deed)) <= {200, 204, 404}
    exists = client.get(f"/v1/customers/{source_id}").status_code == 200
    assert ok(client.get("/v1/customers"))["total"] == before + exists
