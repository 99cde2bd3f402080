"""Many at once on one product: nothing is lost, nothing is made twice."""

import httpx

from tests.domains.customers.test_races import AT_ONCE, at_once
from tests.domains.products.conftest import Make, a_source_id, ok


def test_twenty_who_bring_one_new_source_id_make_one_product(client: httpx.Client) -> None:
    for _ in range(3):
        source_id = a_source_id()
        before = ok(client.get("/v1/products"))["total"]
        made = at_once(lambda n, source_id=source_id: ok(  # type: ignore[misc]
            client.post("/v1/products", json={"source_id": source_id, "metadata": {f"k{n}": n}})
        ))  # fmt: skip
        assert len({each["id"] for each in made}) == 1
        assert ok(client.get(f"/v1/products/{source_id}"))["metadata"] == {f"k{n}": n for n in range(AT_ONCE)}
        assert ok(client.get("/v1/products"))["total"] == before + 1


def test_twenty_who_bring_one_new_sku_make_one_and_twenty_make_twenty(client: httpx.Client, make: Make) -> None:
    product = make()
    path = f"/v1/products/{product['id']}/skus"
    source_id = a_source_id()
    made = at_once(lambda n: ok(client.post(path, json={"source_id": source_id, "attributes": {f"k{n}": n}})))
    assert len({each["id"] for each in made}) == 1
    at_once(lambda n: ok(client.post(path, json={"source_id": f"{source_id}/{n}"})))
    assert ok(client.get(f"/v1/products/{product['id']}"))["skus"]["total"] == AT_ONCE + 1
    assert ok(client.get(path))["total"] == AT_ONCE + 1


def test_a_product_is_deleted_with_the_skus_that_come_meanwhile(client: httpx.Client) -> None:
    source_id = a_source_id()

    def deed(n: int) -> int:
        if n % 4 == 0:
            return client.post("/v1/products", json={"source_id": source_id}).status_code
        if n % 4 == 1:
            return client.delete(f"/v1/products/{source_id}").status_code
        return client.post(f"/v1/products/{source_id}/skus", json={"source_id": f"{source_id}/{n}"}).status_code

    for _ in range(8):
        assert set(at_once(deed)) <= {200, 204, 404, 409}
        answer = client.get(f"/v1/products/{source_id}")
        if answer.status_code == 200:
            assert ok(client.get(f"/v1/products/{source_id}/skus"))["total"] == answer.json()["skus"]["total"]
            assert client.delete(f"/v1/products/{source_id}").status_code == 204
        for n in range(AT_ONCE):
            assert client.get(f"/v1/skus/{source_id}%2F{n}").status_code == 404
