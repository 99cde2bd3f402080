"""Projects through the management API: made, told, changed, deleted, and out of everybody else's reach."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from patron.config import Settings
from patron.domains.projects.actions.authenticate import Authenticator
from patron.domains.projects.actions.change_settings import change_settings
from patron.domains.projects.actions.keys import create_key, revoke_key
from patron.domains.projects.wire import ProjectPatch as WirePatch
from patron.kernel.problems import Problem
from patron.running import opened
from tests.domains.vouchers.conftest import discount
from tests.support.management import MANAGEMENT_KEYS, PROJECT, Managed, managed

PATH = "/management/v1/projects"
Body = dict[str, Any]


@pytest.fixture(scope="module")
def server(shared_database_url: str, contract_log: Path) -> Iterator[Managed]:
    with managed(shared_database_url, contract_log) as server:
        yield server


@pytest.fixture
def stranger(server: Managed, shared_database_url: str) -> Iterator[httpx.Client]:
    """The management key of another project that no key of the first one has made."""
    keys = asyncio.run(_new_management_key(shared_database_url, server.new_project()["id"]))
    with server.client(keys) as client:
        yield client


async def _new_management_key(database_url: str, project_id: str) -> dict[str, str]:
    async with opened(Settings(database_url=database_url), migrating=False) as patron:
        key = await create_key(patron.units, project_id, kind="management", name="")
    return {"X-Management-Id": key.app_id, "X-Management-Token": key.token}


async def _revoke(database_url: str, app_id: str) -> None:
    async with opened(Settings(database_url=database_url), migrating=False) as patron:
        await revoke_key(patron.units, app_id)


def ok(answer: httpx.Response) -> Body:
    assert answer.status_code == 200, answer.text
    body: Body = answer.json()
    return body


def test_a_new_project_comes_with_keys_that_work(server: Managed) -> None:
    made = server.new_project(name="Shop Berlin", description="x", client_trusted_domains=["shop.example"])
    assert made["id"].startswith("proj_")
    assert (made["name"], made["description"], made["timezone"]) == ("Shop Berlin", "x", "Europe/Warsaw")
    assert (made["currency"], made["case_sensitive_codes"], made["is_sandbox"]) == ("EUR", True, False)
    with server.shop_of(made) as shop:
        assert ok(shop.get("/v1/customers"))["total"] == 0
        ok(shop.post("/v1/customers", json={"source_id": "ada"}))
    assert server.shop.client.get("/v1/customers/ada").status_code == 404
    assert made["client_side_key"]["app_token"] != made["server_side_key"]["app_token"]


def test_tokens_are_told_at_the_creation_alone(server: Managed) -> None:
    made = server.new_project()
    shown = ok(server.manager.get(f"{PATH}/{made['id']}"))
    keys = {"server_side_key", "client_side_key"}
    assert shown == {name: value for name, value in made.items() if name not in keys}
    listed = ok(server.manager.get(PATH))
    assert shown in listed["data"]
    assert made["server_side_key"]["app_token"] not in str(listed)


def test_a_retry_of_a_creation_gets_the_same_project_and_the_same_tokens(server: Managed) -> None:
    headers = {"Idempotency-Key": "new shop"}
    first = server.manager.post(PATH, json=PROJECT, headers=headers)
    again = server.manager.post(PATH, json=PROJECT, headers=headers)
    assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")
    with server.shop_of(ok(again)) as shop:
        ok(shop.get("/v1/customers"))
    assert ok(server.manager.post(PATH, json=PROJECT, headers={"Idempotency-Key": "other"}))["id"] != ok(first)["id"]


def test_the_list_has_the_keys_own_project_and_those_it_made(server: Managed) -> None:
    made = server.new_project()
    listed = ok(server.manager.get(PATH))
    assert listed["total"] == len(listed["data"])
    assert listed["data"][0]["name"] == "Bootstrap"
    assert listed["data"][-1]["id"] == made["id"]


def test_a_project_is_changed_in_part(server: Managed) -> None:
    made = server.new_project(dial_code="+48", description="before")
    path = f"{PATH}/{made['id']}"
    changed = ok(server.manager.put(path, json={"name": "New", "currency": "PLN", "client_redeem_enabled": True}))
    assert (changed["name"], changed["currency"], changed["client_redeem_enabled"]) == ("New", "PLN", True)
    assert (changed["description"], changed["dial_code"]) == ("before", "+48")
    charset = {"default_code_config": {"charset": "0123456789"}, "dial_code": None}
    changed = ok(server.manager.put(path, json=charset))
    assert changed["default_code_config"] == {"charset": "0123456789"}
    assert "dial_code" not in changed
    assert ok(server.manager.get(path)) == changed
    own = ok(server.manager.get(PATH))["data"][0]["id"]
    assert ok(server.manager.put(f"{PATH}/{own}", json={"description": "mine"}))["description"] == "mine"


def test_pages_of_trusted_domains_may_use_the_projects_client_key(server: Managed, shared_database_url: str) -> None:
    made = server.new_project(client_trusted_domains=["shop.example", "http://localhost:3000"])
    trusted = ("https://shop.example", "http://localhost:3000")
    others = ("http://shop.example", "https://thief.example", "https://not-shop.example", "null", None)
    assert asyncio.run(_opened_from(shared_database_url, made, (*trusted, *others))) == [*trusted]
    ok(server.manager.put(f"{PATH}/{made['id']}", json={"client_trusted_domains": []}))
    assert asyncio.run(_opened_from(shared_database_url, made, trusted)) == []


async def _opened_from(database_url: str, made: Body, origins: tuple[str | None, ...]) -> list[str | None]:
    """Those of the origins from which a page may use the project's client key."""
    key = made["client_side_key"]
    opened_from: list[str | None] = []
    async with opened(Settings(database_url=database_url), migrating=False) as patron:
        authenticator = Authenticator(patron.units)
        for origin in origins:
            with suppress(Problem):
                await authenticator.authenticate("client", key["app_id"], key["app_token"], origin)
                opened_from.append(origin)
    return opened_from


def test_settings_have_one_home(server: Managed, shared_database_url: str) -> None:
    """What the management API calls by the reference's names is what the command line changes by ours."""
    made = server.new_project(timezone="Asia/Tokyo", client_loyalty_events_enabled=True)
    asyncio.run(_choose(shared_database_url, made["id"], WirePatch(timezone="Europe/Berlin")))
    shown = ok(server.manager.get(f"{PATH}/{made['id']}"))
    assert (shown["timezone"], shown["client_loyalty_events_enabled"]) == ("Europe/Berlin", True)
    assert (shown["currency"], shown["client_create_customer_enabled"]) == ("EUR", False)


async def _choose(database_url: str, project_id: str, patch: WirePatch) -> None:
    async with opened(Settings(database_url=database_url), migrating=False) as patron:
        await change_settings(patron.units, project_id, patch)


def test_case_counts_in_the_codes_of_every_project(server: Managed) -> None:
    made = server.new_project(case_sensitive_codes=True)
    with server.shop_of(made) as shop:
        for code in ("Spring", "SPRING"):
            ok(shop.post("/v1/vouchers", json=discount(code=code)))
        assert ok(shop.get("/v1/vouchers/SPRING"))["code"] == "SPRING"
    told = ok(server.manager.get(f"{PATH}/{made['id']}"))
    assert ok(server.manager.put(f"{PATH}/{made['id']}", json={"case_sensitive_codes": True})) == told


def test_a_deleted_project_opens_to_no_key_within_a_second(server: Managed, shared_database_url: str) -> None:
    made = server.new_project()
    manager = asyncio.run(_new_management_key(shared_database_url, made["id"]))
    with server.shop_of(made) as shop, server.client(manager) as within:
        ok(shop.post("/v1/customers", json={"source_id": "ada"}))
        ok(within.get(f"{PATH}/{made['id']}"))
        assert server.manager.delete(f"{PATH}/{made['id']}").status_code == 204
        time.sleep(1)
        for answer in (shop.get("/v1/customers/ada"), within.get(f"{PATH}/{made['id']}")):
            assert (answer.status_code, answer.json()["key"]) == (401, "unauthorized")
    for answer in (
        server.manager.get(f"{PATH}/{made['id']}"),
        server.manager.put(f"{PATH}/{made['id']}", json={"name": "x"}),
        server.manager.delete(f"{PATH}/{made['id']}"),
    ):
        assert (answer.status_code, answer.json()["key"]) == (404, "not_found")
    assert made["id"] not in str(ok(server.manager.get(PATH)))


def test_a_retry_of_a_deletion_is_answered_again(server: Managed) -> None:
    made = server.new_project()
    headers = {"Idempotency-Key": "the end"}
    for _ in range(2):
        assert server.manager.delete(f"{PATH}/{made['id']}", headers=headers).status_code == 204


def test_a_project_may_delete_itself(server: Managed, stranger: httpx.Client) -> None:
    [own] = ok(stranger.get(PATH))["data"]
    assert stranger.delete(f"{PATH}/{own['id']}").status_code == 204
    time.sleep(1)
    assert stranger.get(PATH).status_code == 401


def test_a_deleted_project_gets_no_new_key(server: Managed, shared_database_url: str) -> None:
    made = server.new_project()
    server.manager.delete(f"{PATH}/{made['id']}")
    with pytest.raises(Exception, match="Cannot find project"):
        asyncio.run(_new_management_key(shared_database_url, made["id"]))


def test_other_projects_are_404s_as_if_they_did_not_exist(server: Managed, stranger: httpx.Client) -> None:
    made = server.new_project()
    first = ok(server.manager.get(PATH))["data"][0]["id"]
    for project_id in (made["id"], first, "proj_nobody"):
        path = f"{PATH}/{project_id}"
        for answer in (stranger.get(path), stranger.put(path, json={"name": "x"}), stranger.delete(path)):
            assert (answer.status_code, answer.json()["key"]) == (404, "not_found")
            assert answer.json()["details"] == f"Cannot find project with id {project_id}"
    assert ok(server.manager.get(f"{PATH}/{made['id']}"))["name"] == made["name"]
    assert ok(stranger.get(PATH))["total"] == 1


def test_another_management_key_of_the_project_carries_on(server: Managed, shared_database_url: str) -> None:
    parent = server.new_project()
    first, second = (asyncio.run(_new_management_key(shared_database_url, parent["id"])) for _ in range(2))
    with server.client(first) as old, server.client(second) as new:
        made = ok(old.post(PATH, json=PROJECT))
        asyncio.run(_revoke(shared_database_url, first["X-Management-Id"]))
        time.sleep(1)
        assert old.get(f"{PATH}/{made['id']}").status_code == 401
        assert ok(new.get(f"{PATH}/{made['id']}"))["id"] == made["id"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": None}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 501}, "name"),
        ({"timezone": "Europe/Nowhere"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"timezone": "Europe"}, "timezone"),
        ({"currency": "euro"}, "currency"),
        ({"case_sensitive_codes": "yes"}, "case_sensitive_codes"),
        ({"case_sensitive_codes": False}, "case_sensitive_codes: expected true"),
        ({"client_trusted_domains": ["x"] * 101}, "client_trusted_domains"),
        ({"dial_code": "+" * 17}, "dial_code"),
        ({"default_code_config": {"charset": 5}}, "charset"),
    ],
    ids=range(12),
)
def test_a_project_that_cannot_be_is_refused(server: Managed, change: Body, told: str) -> None:
    listed = ok(server.manager.get(PATH))
    own = listed["data"][0]["id"]
    created = server.manager.post(PATH, json={**PROJECT, **change})
    for answer in (created, server.manager.put(f"{PATH}/{own}", json=change)):
        assert (answer.status_code, answer.json()["key"]) == (400, "invalid_payload")
        assert told in answer.json()["details"]
    assert ok(server.manager.get(PATH)) == listed


@pytest.mark.parametrize("missing", PROJECT)
def test_a_new_project_says_what_it_must(server: Managed, missing: str) -> None:
    answer = server.manager.post(PATH, json={name: value for name, value in PROJECT.items() if name != missing})
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_payload")
    assert answer.json()["details"] == f"body: expected the field {missing}"


@pytest.mark.parametrize(
    "keys",
    [{}, {"X-App-Id": "shop", "X-App-Token": "a-token-for-tests"}, {**MANAGEMENT_KEYS, "X-Management-Token": "x"}],
    ids=range(3),
)
def test_a_management_key_is_needed(server: Managed, keys: dict[str, str]) -> None:
    with server.client(keys) as client:
        for answer in (client.get(PATH), client.post(PATH, json=PROJECT), client.delete(f"{PATH}/proj_1")):
            assert (answer.status_code, answer.json()["key"]) == (401, "unauthorized")
