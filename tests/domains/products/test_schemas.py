"""The metadata schema of products holds for products, and for SKUs with what they inherit."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.domains.products.conftest import ok
from tests.domains.products.test_importing import bulk, imported, reasons
from tests.http.test_refusals import refused
from tests.support.management import Managed, managed


@pytest.fixture
def server(database_url: str, contract_log: Path) -> Iterator[Managed]:
    with managed(database_url, contract_log) as server:
        yield server


def definition(kind: str, *, optional: bool) -> dict[str, Any]:
    return {"type": kind, "array": False, "optional": optional}


def test_metadata_are_as_the_schema_wants_them_on_every_write(server: Managed) -> None:
    client = server.shop.client
    properties = {"brand": definition("string", optional=False), "weight": definition("number", optional=True)}
    ok(client.post("/v1/metadata-schemas", json={"related_object": "product", "properties": properties}))
    assert "brand: property is required" in wrong(client.post("/v1/products", json={"source_id": "tea"}))
    assert client.get("/v1/products/tea").status_code == 404
    ok(client.post("/v1/products", json={"source_id": "tea", "metadata": {"brand": "Patron"}}))
    for answer in (
        client.post("/v1/products", json={"source_id": "tea", "metadata": {"weight": "heavy"}}),
        client.put("/v1/products/tea", json={"metadata": {"weight": "heavy"}}),
        client.post("/v1/products/tea/skus", json={"source_id": "green", "metadata": {"weight": "heavy"}}),
    ):
        assert "weight: must be a number" in wrong(answer)
    sku = ok(client.post("/v1/products/tea/skus", json={"source_id": "green", "metadata": {"weight": 1}}))
    assert sku["metadata"] == {"weight": 1}
    assert "brand: property is required" in wrong(
        client.put("/v1/products/tea/skus/green", json={"metadata": {"brand": None}})
    )
    assert ok(client.get("/v1/skus/green")) == sku


def wrong(answer: httpx.Response) -> str:
    return str(refused(answer, 400, "metadata_validation_failed")["details"])


def test_projects_do_not_see_each_others_products(server: Managed) -> None:
    other = server.new_project()["server_side_key"]
    stranger = server.client({"X-App-Id": other["app_id"], "X-App-Token": other["app_token"]})
    client = server.shop.client
    product = ok(client.post("/v1/products", json={"source_id": "tea"}))
    sku = ok(client.post("/v1/products/tea/skus", json={"source_id": "green"}))
    for name in (product["id"], "tea"):
        assert stranger.get(f"/v1/products/{name}").status_code == 404
        assert stranger.put(f"/v1/products/{name}", json={"name": "x"}).status_code == 404
        assert stranger.delete(f"/v1/products/{name}").status_code == 404
        assert stranger.get(f"/v1/products/{name}/skus").status_code == 404
    assert stranger.get(f"/v1/skus/{sku['id']}").status_code == 404
    assert ok(stranger.get("/v1/products"))["total"] == 0
    own = ok(stranger.post("/v1/products", json={"source_id": "tea"}))
    assert own["id"] != product["id"]
    assert ok(client.get("/v1/products/tea"))["id"] == product["id"]


def test_imported_products_and_skus_are_held_to_the_schema_which_types_the_cells(server: Managed) -> None:
    client = server.shop.client
    properties = {"brand": definition("string", optional=False), "weight": definition("number", optional=True)}
    ok(client.post("/v1/metadata-schemas", json={"related_object": "product", "properties": properties}))
    action = imported(client, "source_id,name,brand,weight\ntea,Tea,Patron,1.5\ncup,Cup,,\nmug,Mug,Patron,heavy\n")
    assert ok(client.get("/v1/products/tea"))["metadata"] == {"brand": "Patron", "weight": 1.5}
    told = reasons(action)
    assert (list(told), told[2][:5], told[3][:6]) == ([2, 3], "brand", "weight")
    action = imported(client, "product_id,source_id,weight\ntea,small,2\ntea,large,much\n", of="skus")
    assert ok(client.get("/v1/skus/small"))["metadata"] == {"weight": 2}
    assert list(reasons(action)) == [2]
    rows = [{"source_id": "cup", "metadata": {"weight": 1}}, {"source_id": "tea", "metadata": {"weight": "much"}}]
    assert [each["key"] for each in bulk(client, "bulk", rows)["result"]["errors"]] == [
        "metadata_validation_failed"
    ] * 2
