"""Projects: opened by command, or once in the life of an installation."""

import asyncio

import pytest

from patron.config import BootstrapKey, Settings
from patron.domains.projects.actions.authenticate import Authenticator
from patron.domains.projects.actions.keys import revoke_key
from patron.domains.projects.actions.open_project import Conflict, GivenKey, open_project_once
from patron.domains.projects.store import ALL_PROJECTS, KEYS_OF_PROJECT
from patron.kernel.problems import Problem
from patron.running import Opened, bootstrap

SERVER = BootstrapKey("server", "shop", "s3cret")
CLIENT = BootstrapKey("client", "web", "public", ("https://shop.example",))
MANAGEMENT = BootstrapKey("management", "shop", "boss")


async def test_the_first_start_makes_one_project_with_exactly_the_given_keys(patron: Opened) -> None:
    await bootstrap(patron.units, Settings(bootstrap=(SERVER, CLIENT, MANAGEMENT)))
    (project,) = await patron.database.scan(ALL_PROJECTS)
    keys = await patron.database.scan(KEYS_OF_PROJECT, project_id=project.project_id)
    assert {(key.kind, key.app_id) for key in keys} == {("server", "shop"), ("client", "web"), ("management", "shop")}

    authenticator = Authenticator(patron.units)
    for key in (SERVER, CLIENT, MANAGEMENT):
        found = await authenticator.authenticate(key.kind, key.app_id, key.token, "https://shop.example")
        assert found.project_id == project.project_id


async def test_without_variables_nothing_is_made(patron: Opened) -> None:
    await bootstrap(patron.units, Settings())
    assert await patron.database.scan(ALL_PROJECTS) == []


async def test_a_restart_changes_nothing(patron: Opened, elsewhere: Opened) -> None:
    settings = Settings(bootstrap=(SERVER, CLIENT))
    await bootstrap(patron.units, settings)
    before = await patron.database.scan(ALL_PROJECTS)
    keys = await patron.database.scan(KEYS_OF_PROJECT, project_id=before[0].project_id)
    await bootstrap(elsewhere.units, settings)
    assert await patron.database.scan(ALL_PROJECTS) == before
    assert await patron.database.scan(KEYS_OF_PROJECT, project_id=before[0].project_id) == keys


async def test_servers_that_start_at_once_make_one_project(patron: Opened, elsewhere: Opened) -> None:
    settings = Settings(bootstrap=(SERVER,))
    await asyncio.gather(*(bootstrap(opened.units, settings) for opened in (patron, elsewhere) * 4))
    assert len(await patron.database.scan(ALL_PROJECTS)) == 1


@pytest.mark.parametrize(
    ("others", "kinds"),
    [
        ((BootstrapKey("server", "shop", "other"),), ("server", "client")),
        ((BootstrapKey("server", "other", "s3cret"), CLIENT), ("server",)),
        ((SERVER, BootstrapKey("client", "web", "public", ("https://other.example",))), ("client",)),
        ((SERVER,), ("client",)),
        ((SERVER, CLIENT, MANAGEMENT), ("management",)),
    ],
)
async def test_other_values_are_refused_and_change_nothing(
    patron: Opened, others: tuple[BootstrapKey, ...], kinds: tuple[str, ...]
) -> None:
    await bootstrap(patron.units, Settings(bootstrap=(SERVER, CLIENT)))
    before = await patron.database.scan(ALL_PROJECTS)
    with pytest.raises(Conflict) as refusal:
        await bootstrap(patron.units, Settings(bootstrap=others))
    assert refusal.value.kinds == kinds
    assert await patron.database.scan(ALL_PROJECTS) == before


async def test_a_bootstrapped_key_that_was_revoked_stays_revoked(patron: Opened) -> None:
    await bootstrap(patron.units, Settings(bootstrap=(SERVER,)))
    await revoke_key(patron.units, SERVER.app_id)
    await bootstrap(patron.units, Settings(bootstrap=(SERVER,)))
    with pytest.raises(Problem):
        await Authenticator(patron.units).authenticate("server", SERVER.app_id, SERVER.token)


async def test_an_id_that_another_key_has_is_refused(patron: Opened) -> None:
    key = GivenKey("server", "shop", "s3cret")
    await open_project_once(patron.units, "Demo", "demo", (key,))
    with pytest.raises(Conflict):
        await bootstrap(patron.units, Settings(bootstrap=(SERVER,)))
    assert [project.name for project in await patron.database.scan(ALL_PROJECTS)] == ["Demo"]
