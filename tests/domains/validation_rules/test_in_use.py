"""What a rule names is not deleted from under it."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from patron.db.actions import Ctx, Wants
from patron.domains.product_collections.actions.write import Delete, deleting
from patron.domains.validation_rules import NAMED_BY_RULES
from patron.domains.validation_rules.actions.write import UPDATE, Update
from patron.domains.validation_rules.wire.given import ApplicableIn, RulePatch
from tests.domains.validation_rules.conftest import PATH, Made, Make, ok, refused, rule

COLLECTIONS = "/v1/product-collections"
SEGMENTS = "/v1/segments"
CLIENTS = 20


def collection(client: httpx.Client) -> Made:
    return ok(client.post(COLLECTIONS, json={"type": "STATIC", "name": "Gifts"}))


def test_a_collection_that_a_rule_names_is_not_deleted(client: httpx.Client, make: Make) -> None:
    of_rule, of_list, free = collection(client), collection(client), collection(client)
    named = make({"name": "order.items.any", "conditions": {"$from": [{"id": of_rule["id"]}]}})
    entry = {"object": "products_collection", "id": of_list["id"]}
    other = make(applicable_to={"included": [entry]})
    for made, by in ((of_rule, named), (of_list, other)):
        body = refused(client.delete(f"{COLLECTIONS}/{made['id']}"), 400, "resource_in_use")
        assert by["id"] in body["details"]
        assert (body["resource_id"], body["resource_type"]) == (made["id"], "products_collection")
    assert client.delete(f"{COLLECTIONS}/{free['id']}").status_code == 204
    assert client.delete(f"{PATH}/{named['id']}").status_code == 204
    assert client.delete(f"{COLLECTIONS}/{of_rule['id']}").status_code == 204


def segment(client: httpx.Client) -> str:
    body = {"name": "A", "type": "passive", "filter": {"name": {"conditions": {"$is": ["Ada"]}}}}
    return str(ok(client.post(SEGMENTS, json=body))["id"])


def test_a_segment_that_a_rule_names_is_not_deleted(client: httpx.Client, make: Make) -> None:
    of_rule, free = segment(client), segment(client)
    named = make(rule("customer.segment", "$in", of_rule, "seg_of_nobody"))
    body = refused(client.delete(f"{SEGMENTS}/{of_rule}"), 400, "resource_in_use")
    assert named["id"] in body["details"]
    assert (body["resource_id"], body["resource_type"]) == (of_rule, "segment")
    ok(client.get(f"{SEGMENTS}/{of_rule}"))
    assert client.delete(f"{SEGMENTS}/{free}").status_code == 204
    ok(client.put(f"{PATH}/{named['id']}", json={"rules": {"1": rule("customer.segment", "$in", "seg_of_nobody")}}))
    assert client.delete(f"{SEGMENTS}/{of_rule}").status_code == 204


def test_no_rule_names_a_segment_that_was_deleted(client: httpx.Client, make: Make) -> None:
    gone, other = segment(client), make(rule("order.amount", "$more_than", 1))
    assert client.delete(f"{SEGMENTS}/{gone}").status_code == 204
    rules = {"rules": {"1": rule("customer.segment", "$is", gone)}}
    for answer in (
        client.post(PATH, json={"name": "A", **rules}),
        client.put(f"{PATH}/{other['id']}", json=rules),
    ):
        assert gone in refused(answer, 400, "invalid_validation_rules")["details"]
    assert ok(client.get(f"{PATH}/{other['id']}"))["rules"] == other["rules"]


@pytest.mark.parametrize("is_new", [True, False])
def test_of_a_rule_that_names_a_segment_and_its_deletion_at_once_one_is_refused(
    client: httpx.Client, make: Make, is_new: bool
) -> None:
    segments = [segment(client) for _ in range(CLIENTS)]
    others = [make(rule("order.amount", "$more_than", 1))["id"] for _ in range(0 if is_new else CLIENTS)]

    def save(n: int) -> int:
        rules = {"rules": {"1": rule("customer.segment", "$is", segments[n])}}
        if is_new:
            return client.post(PATH, json={"name": "A", **rules}).status_code
        return client.put(f"{PATH}/{others[n]}", json=rules).status_code

    def delete(n: int) -> int:
        return client.delete(f"{SEGMENTS}/{segments[n]}").status_code

    with ThreadPoolExecutor(CLIENTS) as at_once:
        asked: list[tuple[Callable[[int], int], int]] = [(each, n) for n in range(CLIENTS) for each in (save, delete)]
        statuses = list(at_once.map(lambda each: each[0](each[1]), asked))
    pairs = list(zip(statuses[::2], statuses[1::2], strict=True))
    assert set(pairs) <= {(200, 400), (400, 204)}, pairs


def test_a_rule_that_comes_to_name_a_collection_and_its_deletion_share_no_unit() -> None:
    """The one asks what is committed of the other: in one unit, neither would see it."""
    entry = {"object": "products_collection", "id": "pc_1"}
    patch = RulePatch(applicable_to=ApplicableIn(included=[entry]))
    naming = UPDATE.gather(_NOTHING, _CTX, Update("val_1", patch))
    deletion = deleting(NAMED_BY_RULES).gather(_NOTHING, _CTX, Delete("pc_1"))
    assert asyncio.run(_scopes(naming)) & asyncio.run(_scopes(deletion))


_NOTHING: Any = None
"""Neither verb reads before it knows what it locks."""
_CTX = Ctx("proj", 1, b"seed")


async def _scopes(gathering: Awaitable[Wants]) -> set[str]:
    return (await gathering).scopes
