"""Keys: who gets in, who does not, and for how long."""

import asyncio

import pytest

from patron.domains.projects.actions.authenticate import Authenticator
from patron.domains.projects.actions.keys import create_key, revoke_key
from patron.domains.projects.actions.open_project import GivenKey, open_project
from patron.domains.projects.store import KEYS_OF_PROJECT
from patron.kernel.problems import Problem
from patron.running import Opened

SHOP = "https://shop.example"


async def refused(authenticator: Authenticator, key: GivenKey, origin: str | None = None) -> Problem:
    with pytest.raises(Problem) as refusal:
        await authenticator.authenticate(key.kind, key.app_id, key.token, origin)
    return refusal.value


async def test_a_new_key_opens_its_project_at_once(patron: Opened, elsewhere: Opened) -> None:
    authenticator = Authenticator(patron.units)
    first = await create_key(patron.units, await open_project(patron.units, "Shop"), kind="server", name="till")
    await authenticator.authenticate("server", first.app_id, first.token)

    project_id = await open_project(elsewhere.units, "Other shop")
    second = await create_key(elsewhere.units, project_id, kind="server", name="till")
    third = await create_key(elsewhere.units, project_id, kind="server", name="web shop")
    for key in (second, third, second):
        found = await authenticator.authenticate("server", key.app_id, key.token)
        assert (found.project_id, found.app_id) == (project_id, key.app_id)


async def test_a_revoked_key_dies_within_a_second_in_another_process(patron: Opened, elsewhere: Opened) -> None:
    key = await create_key(patron.units, await open_project(patron.units, "Shop"), kind="server", name="")
    authenticator = Authenticator(patron.units)
    await authenticator.authenticate("server", key.app_id, key.token)

    await revoke_key(elsewhere.units, key.app_id)
    await asyncio.sleep(1)
    assert (await refused(authenticator, key)).status == 401


async def test_a_revoked_key_dies_at_once_where_it_was_revoked(patron: Opened) -> None:
    key = await create_key(patron.units, await open_project(patron.units, "Shop"), kind="server", name="")
    authenticator = Authenticator(patron.units)
    await authenticator.authenticate("server", key.app_id, key.token)
    await revoke_key(patron.units, key.app_id)
    assert (await refused(authenticator, key)).status == 401


async def test_every_refusal_is_the_same_401(patron: Opened) -> None:
    project_id = await open_project(patron.units, "Shop")
    server = await create_key(patron.units, project_id, kind="server", name="")
    client = await create_key(patron.units, project_id, kind="client", name="", origins=(SHOP,))
    gone = await create_key(patron.units, project_id, kind="server", name="")
    await revoke_key(patron.units, gone.app_id)

    authenticator = Authenticator(patron.units)
    problems = [
        await refused(authenticator, GivenKey("server", "nobody", server.token)),
        await refused(authenticator, GivenKey("server", server.app_id, "wrong")),
        await refused(authenticator, GivenKey("server", server.app_id, "tökén \udcff")),
        await refused(authenticator, GivenKey("server", client.app_id, client.token)),
        await refused(authenticator, GivenKey("management", server.app_id, server.token)),
        await refused(authenticator, gone),
        await refused(authenticator, client),
        await refused(authenticator, client, "https://thief.example"),
    ]
    assert {(problem.status, problem.key, problem.details) for problem in problems} == {
        (401, "unauthorized", problems[0].details)
    }


async def test_a_client_key_opens_for_the_pages_it_lists(patron: Opened) -> None:
    project_id = await open_project(patron.units, "Shop")
    key = await create_key(patron.units, project_id, kind="client", name="", origins=(SHOP, "http://localhost:3000"))
    found = await Authenticator(patron.units).authenticate("client", key.app_id, key.token, SHOP)
    assert found.project_id == project_id


async def test_a_token_is_kept_as_its_hash_alone(patron: Opened) -> None:
    project_id = await open_project(patron.units, "Shop")
    key = await create_key(patron.units, project_id, kind="server", name="till")
    (row,) = await patron.database.scan(KEYS_OF_PROJECT, project_id=project_id)
    assert row.app_id == key.app_id
    assert key.token not in repr(row)
    assert len(row.token_hash) == 64


async def test_a_key_that_is_revoked_twice_keeps_its_first_date(patron: Opened) -> None:
    project_id = await open_project(patron.units, "Shop")
    key = await create_key(patron.units, project_id, kind="server", name="")
    assert [revoked.app_id for revoked in await revoke_key(patron.units, key.app_id)] == [key.app_id]
    (first,) = await patron.database.scan(KEYS_OF_PROJECT, project_id=project_id)
    assert await revoke_key(patron.units, key.app_id) == []
    assert await patron.database.scan(KEYS_OF_PROJECT, project_id=project_id) == [first]


async def test_an_unknown_key_cannot_be_revoked(patron: Opened) -> None:
    with pytest.raises(Problem) as refusal:
        await revoke_key(patron.units, "nobody")
    assert refusal.value.status == 404


async def test_an_unknown_project_gets_no_key(patron: Opened) -> None:
    with pytest.raises(Problem) as refusal:
        await create_key(patron.units, "proj_unknown", kind="server", name="")
    assert refusal.value.status == 404
    assert await patron.database.scan(KEYS_OF_PROJECT, project_id="proj_unknown") == []
