"""Secrets of an installation: made once, and changed without making invalid what they signed."""

import asyncio

from patron.domains.projects.actions.installation import (
    MOST_SECRETS,
    installation_secret,
    installation_secrets,
    rotate_secret,
)
from patron.http.links import Links
from patron.running import Opened


async def test_the_secret_of_an_installation_is_made_once(patron: Opened, elsewhere: Opened) -> None:
    secrets = await asyncio.gather(*(installation_secrets(opened.units) for opened in (patron, elsewhere) * 4))
    ((secret,),) = set(secrets)
    assert len(secret) == 64
    assert await installation_secret(patron.units, "another") != secret


async def test_after_a_rotation_old_links_are_opened_and_new_ones_signed_anew(patron: Opened) -> None:
    before = Links(await installation_secrets(patron.units))
    old = before.seal("page", "x", 2_000)
    assert await rotate_secret(patron.units, forget_old=False) == 1
    after = Links(await installation_secrets(patron.units))
    assert after.open("page", old, 0) == "x"
    assert before.open("page", after.seal("page", "x", 2_000), 0) is None


async def test_what_is_forgotten_opens_nothing(patron: Opened) -> None:
    old = Links(await installation_secrets(patron.units)).seal("page", "x", 2_000)
    await rotate_secret(patron.units, forget_old=False)
    assert await rotate_secret(patron.units, forget_old=True) == 0
    (only,) = await installation_secrets(patron.units)
    assert Links((only,)).open("page", old, 0) is None


async def test_many_rotations_at_once_are_all_made_and_the_oldest_forgotten(patron: Opened, elsewhere: Opened) -> None:
    (first,) = await installation_secrets(patron.units)
    await asyncio.gather(*(rotate_secret(opened.units, forget_old=False) for opened in (patron, elsewhere) * 10))
    secrets = await installation_secrets(patron.units)
    assert len(set(secrets)) == MOST_SECRETS
    assert first not in secrets
