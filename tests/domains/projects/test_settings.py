"""Settings: what a project has chosen, safe by default, changed by one verb, followed by every process."""

import asyncio
from typing import Any

import msgspec
import pytest

from patron.config import BootstrapKey, Settings
from patron.domains.projects.actions.change_settings import change_settings
from patron.domains.projects.actions.open_project import open_project
from patron.domains.projects.model import ClientSettings, CockpitSettings, Project, ProjectSettings
from patron.domains.projects.policy import rate_limit
from patron.domains.projects.store import ALL_PROJECTS
from patron.domains.projects.wire import ClientPatch, CockpitPatch, ProjectPatch
from patron.kernel.problems import Problem
from patron.running import Opened, bootstrap

SERVER = BootstrapKey("server", "shop", "s3cret")


async def only_project(patron: Opened) -> Project:
    (project,) = await patron.database.scan(ALL_PROJECTS)
    return project


async def settings_of(patron: Opened, project_id: str) -> ProjectSettings:
    return ProjectSettings.of((await patron.units.reading(project_id)).rulebook)


async def test_a_new_project_lets_browsers_do_nothing(patron: Opened) -> None:
    project_id = await open_project(patron.units, "Shop")
    assert await settings_of(patron, project_id) == ProjectSettings()
    assert ClientSettings() == ClientSettings(
        create_customers=False, track_events=False, change_consents=False, publish=False, requests=5, per_seconds=5
    )


async def test_a_bootstrapped_project_takes_customers_from_the_browser(patron: Opened) -> None:
    await bootstrap(patron.units, Settings(bootstrap=(SERVER,)))
    settings = await settings_of(patron, (await only_project(patron)).project_id)
    assert settings == ProjectSettings(client=ClientSettings(create_customers=True))


async def test_what_is_not_given_stays(patron: Opened) -> None:
    project_id = await open_project(patron.units, "Shop")
    await change_settings(patron.units, project_id, ProjectPatch(name="Shop Berlin", timezone="Europe/Berlin"))
    await change_settings(patron.units, project_id, ProjectPatch(week_start="saturday"))
    await change_settings(patron.units, project_id, ProjectPatch(client=ClientPatch(track_events=True)))
    await change_settings(patron.units, project_id, ProjectPatch(client=ClientPatch(requests=50)))
    patch = ProjectPatch(cockpit=CockpitPatch(color="#ff0000", logo_url="https://cdn.example/a.png"))
    await change_settings(patron.units, project_id, patch)
    assert (await only_project(patron)).name == "Shop Berlin"
    assert await settings_of(patron, project_id) == ProjectSettings(
        timezone="Europe/Berlin",
        week_start="saturday",
        client=ClientSettings(track_events=True, requests=50),
        cockpit=CockpitSettings(color="#ff0000", logo_url="https://cdn.example/a.png"),
    )
    await change_settings(patron.units, project_id, ProjectPatch(cockpit=CockpitPatch(logo_url=None)))
    assert (await settings_of(patron, project_id)).cockpit == CockpitSettings(color="#ff0000")


async def test_a_change_is_known_to_every_process_within_a_second(patron: Opened, elsewhere: Opened) -> None:
    project_id = await open_project(patron.units, "Shop")
    assert rate_limit((await patron.units.reading(project_id)).rulebook) is None
    patch = ProjectPatch(rate_limit_per_minute=600, client=ClientPatch(create_customers=True))
    await change_settings(elsewhere.units, project_id, patch)
    await asyncio.sleep(1)
    assert rate_limit((await patron.units.reading(project_id)).rulebook) == 600
    assert (await settings_of(patron, project_id)).client.create_customers


async def test_a_rate_limit_can_be_lifted(patron: Opened) -> None:
    project_id = await open_project(patron.units, "Shop")
    await change_settings(patron.units, project_id, ProjectPatch(rate_limit_per_minute=600))
    await change_settings(patron.units, project_id, ProjectPatch(rate_limit_per_minute=None))
    assert (await only_project(patron)).rate_limit_per_minute is None


async def test_twenty_changes_at_once_all_hold(patron: Opened, elsewhere: Opened) -> None:
    project_id = await open_project(patron.units, "Shop")
    switches = [{"create_customers": True}, {"track_events": True}, {"change_consents": True}, {"requests": 7}]
    patches = [ProjectPatch(client=ClientPatch(**switch)) for switch in switches]  # type: ignore[arg-type]
    await asyncio.gather(
        *(change_settings(held.units, project_id, patches[n % 4]) for n in range(20) for held in (patron, elsewhere))
    )
    chosen = (await only_project(patron)).chosen.client
    assert chosen == ClientSettings(create_customers=True, track_events=True, change_consents=True, requests=7)


async def test_a_change_to_the_same_is_none(patron: Opened) -> None:
    project_id = await open_project(patron.units, "Shop")
    await change_settings(patron.units, project_id, ProjectPatch(timezone="Asia/Tokyo"))
    before = await only_project(patron)
    await change_settings(patron.units, project_id, ProjectPatch(timezone="Asia/Tokyo", name="Shop"))
    assert await only_project(patron) == before


async def test_an_unknown_project_has_no_settings(patron: Opened) -> None:
    with pytest.raises(Problem) as refusal:
        await change_settings(patron.units, "proj_unknown", ProjectPatch(rate_limit_per_minute=600))
    assert refusal.value.status == 404
    assert await settings_of(patron, "proj_unknown") == ProjectSettings()


@pytest.mark.parametrize(
    "patch",
    [
        {"name": ""},
        {"name": "a\0b"},
        {"name": "Shop\n"},
        {"rate_limit_per_minute": 0},
        {"timezone": "Mars/Olympus"},
        {"timezone": "../../etc/passwd"},
        {"timezone": ""},
        {"timezone": "Europe"},
        {"client": {"requests": 0}},
        {"client": {"per_seconds": 3_601}},
        {"client": {"create_customers": "yes"}},
        {"cockpit": {"color": "red"}},
        {"cockpit": {"color": "#ff000"}},
        {"cockpit": {"color": "#ff0000\n"}},
        {"cockpit": {"color": "#ff0000;}"}},
        {"cockpit": {"logo_url": "http://cdn.example/a.png"}},
        {"cockpit": {"logo_url": "https://cdn.example"}},
        {"cockpit": {"logo_url": "https://cdn.example/a.png\n"}},
        {"cockpit": {"logo_url": "https://user@cdn.example/"}},
        {"cockpit": {"logo_url": "javascript:alert(1)"}},
        {"cockpit": {"logo_url": 'https://cdn.example/"onload='}},
        {"cockpit": {"link_days": 0}},
        {"cockpit": {"name": "x" * 201}},
    ],
)
def test_a_setting_of_another_form_is_refused(patch: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(patch, ProjectPatch)
