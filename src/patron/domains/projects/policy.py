"""What a token is worth: how it is kept, and when it opens a key; and what a project may ask for."""

import hashlib
import hmac
from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from patron.db.rulebook import Rulebook
from patron.domains.projects.model import PROJECTS, ApiKey, Project, ProjectSettings
from patron.domains.projects.wire import ClientPatch, CockpitPatch, ProjectPatch, SegmentsPatch
from patron.engine.conditions.calendars import Calendar
from patron.kernel.zones import zone_of


def token_hash(token: str) -> str:
    """The form in which a token is kept. Tokens are long and random, so a fast hash loses nothing."""
    return hashlib.sha256(token.encode(errors="surrogateescape")).hexdigest()


def opens(key: ApiKey, token: str, origin: str | None, trusted: Collection[str]) -> bool:
    """Whether this token opens this key for a request from this origin.

    Client keys alone look at the origin: it is one of the key's own, or of the domains that its project trusts.
    """
    right = hmac.compare_digest(token_hash(token), key.token_hash)
    return right and key.deleted_at is None and (key.kind != "client" or _is_from(origin, key, trusted))


def _is_from(origin: str | None, key: ApiKey, trusted: Collection[str]) -> bool:
    return origin is not None and (
        origin in origins_of(key) or origin in trusted or origin.removeprefix("https://") in trusted
    )


def origins_of(key: ApiKey) -> list[str]:
    """The web origins that a client key is good for."""
    return msgspec.json.decode(key.origins, type=list[str])


def derived_token(secret: str, purpose: str) -> str:
    """A token that can be made again from the installation's secret, so that no copy of it need be kept: a UUID."""
    return str(UUID(bytes=hmac.digest(secret.encode(), purpose.encode(), "sha256")[:16], version=4))


def patched(project: Project, patch: ProjectPatch) -> Project:
    """The project after the patch."""
    before = project.chosen
    after = replace(
        before,
        timezone=before.timezone if patch.timezone is UNSET else patch.timezone,
        week_start=before.week_start if patch.week_start is UNSET else patch.week_start,
        redeem_once_per_order=(
            before.redeem_once_per_order if patch.redeem_once_per_order is UNSET else patch.redeem_once_per_order
        ),
        client=before.client if patch.client is UNSET else replace(before.client, **_given(patch.client)),
        cockpit=before.cockpit if patch.cockpit is UNSET else replace(before.cockpit, **_given(patch.cockpit)),
        segments=before.segments if patch.segments is UNSET else replace(before.segments, **_given(patch.segments)),
    )
    return replace(
        project,
        name=project.name if patch.name is UNSET else patch.name,
        rate_limit_per_minute=(
            project.rate_limit_per_minute if patch.rate_limit_per_minute is UNSET else patch.rate_limit_per_minute
        ),
        settings=project.settings if after == before else msgspec.json.encode(after).decode(),
    )


def _given(patch: ClientPatch | CockpitPatch | SegmentsPatch) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(patch).items() if value is not UNSET}


def rate_limit(rulebook: Rulebook) -> int | None:
    """How many requests a minute the project of this rulebook may make; None is any number."""
    project = rulebook.rows(PROJECTS).get((rulebook.project_id,))
    return None if project is None else project.rate_limit_per_minute


def client_limit(rulebook: Rulebook) -> tuple[int, int]:
    """How many requests with client keys one address may make, and in how many seconds."""
    client = ProjectSettings.of(rulebook).client
    return client.requests, client.per_seconds


def refusal(rulebook: Rulebook, switch: str) -> str | None:
    """What to say when pages may not do what this switch of `ClientSettings` allows; None: they may."""
    if getattr(ProjectSettings.of(rulebook).client, switch):
        return None
    option = switch.replace("_", "-")
    return (
        f"client.{switch}: this project does not let pages do this. Its operator may allow it: "
        f"patron projects set {rulebook.project_id} --{option}"
    )


def is_open(rulebook: Rulebook) -> bool:
    """Whether the project of this rulebook exists and has not been deleted."""
    return (rulebook.project_id,) in rulebook.rows(PROJECTS)


def calendar_of(rulebook: Rulebook) -> Calendar:
    """When the days and weeks of this rulebook's project begin."""
    return rulebook.derived(_calendar)


def _calendar(rulebook: Rulebook) -> Calendar:
    chosen = ProjectSettings.of(rulebook)
    return Calendar(zone_of(chosen.timezone), chosen.week_start)
