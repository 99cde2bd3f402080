"""Metadata of vouchers is held to its schema, when they are created and when it changes."""

from collections.abc import Iterator

import httpx
import pytest

from tests.domains.vouchers.conftest import Make, a_code, discount, ok, refused
from tests.domains.vouchers.test_importing import brought, imported, reasons
from tests.support.imports import begun, ended


@pytest.fixture
def schema(client: httpx.Client) -> Iterator[None]:
    """Vouchers must have a `season`, and may have an `n` from 1."""
    properties = {
        "season": {"type": "string", "array": False, "optional": False},
        "n": {"type": "number", "array": False, "optional": True, "gte": 1},
    }
    made = ok(client.post("/v1/metadata-schemas", json={"related_object": "voucher", "properties": properties}))
    yield
    client.delete(f"/v1/metadata-schemas/{made['id']}")


def test_a_voucher_is_made_and_changed_as_the_schema_says(client: httpx.Client, make: Make, schema: None) -> None:
    made = make(metadata={"season": "summer", "n": 1})
    path = f"/v1/vouchers/{made['code']}"
    for wrong in ({"n": 0}, {"season": None}):
        refused(client.put(path, json={"metadata": wrong}), 400, "metadata_validation_failed")
    assert ok(client.get(path)) == made
    assert ok(client.put(path, json={"metadata": {"n": 2}}))["metadata"] == {"season": "summer", "n": 2}


def test_a_refused_voucher_leaves_its_code_free(client: httpx.Client, make: Make, schema: None) -> None:
    code = a_code()
    total = ok(client.get("/v1/vouchers"))["total"]
    for body in (discount(code=code), discount(code=code, metadata={"season": 5})):
        assert "season" in refused(client.post("/v1/vouchers", json=body), 400, "metadata_validation_failed")
    refused(client.get(f"/v1/vouchers/{code}"), 404, "not_found")
    assert ok(client.get("/v1/vouchers"))["total"] == total
    assert make(code=code, metadata={"season": "winter"})["code"] == code


def test_imported_vouchers_are_held_to_the_schema_which_types_the_cells(client: httpx.Client, schema: None) -> None:
    one, two, three = a_code(), a_code(), a_code()
    content = f"Code,Voucher Type,Value,season,n\n{one},GIFT_VOUCHER,5,summer,2.5\n{two},GIFT_VOUCHER,5,summer,0\n"
    told = reasons(imported(client, f"{content}{three},GIFT_VOUCHER,5,,\n"))
    assert ok(client.get(f"/v1/vouchers/{one}"))["metadata"] == {"season": "summer", "n": 2.5}
    assert list(told) == [2, 3]
    assert (told[2][:2], told[3][:6]) == ("n:", "season")
    assert list(reasons(brought(client, [discount(code=two, metadata={"season": 5})]))) == [1]
    body = [{"code": one, "metadata": {"n": 0}}]
    action = ended(client, begun(client.post("/v1/vouchers/bulk/async", json=body)))
    assert action["result"]["errors"][0]["key"] == "metadata_validation_failed"
    assert client.get(f"/v1/vouchers/{two}").status_code == 404
