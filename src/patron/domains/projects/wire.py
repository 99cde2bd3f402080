"""What is sent and answered of a project's settings."""

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.projects.model import ClientSettings, CockpitSettings, Project, SegmentSettings
from patron.engine.conditions.calendars import WeekStart
from patron.kernel.clock import to_iso

Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$(?!\n)")]


class ClientPatch(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of what pages with a client key may do: what is absent stays as it is."""

    create_customers: bool | UnsetType = UNSET
    track_events: bool | UnsetType = UNSET
    change_consents: bool | UnsetType = UNSET
    publish: bool | UnsetType = UNSET
    redeem: bool | UnsetType = UNSET
    requests: Annotated[int, Meta(ge=1, le=10_000)] | UnsetType = UNSET
    per_seconds: Annotated[int, Meta(ge=1, le=3_600)] | UnsetType = UNSET


class CockpitPatch(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of a customer's own page: what is absent stays as it is; null takes the logo away."""

    enabled: bool | UnsetType = UNSET
    name: Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f]*$(?!\n)")] | UnsetType = UNSET
    color: Annotated[str, Meta(pattern=r"^#[0-9a-fA-F]{6}$(?!\n)")] | UnsetType = UNSET
    logo_url: (
        Annotated[str, Meta(max_length=2_000, pattern=r"^https://[a-z0-9.-]+(:[0-9]{1,5})?/[!#-;=?-~]*$(?!\n)")]
        | None
        | UnsetType
    ) = UNSET
    link_days: Annotated[int, Meta(ge=1, le=366)] | UnsetType = UNSET
    metadata: (
        Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=100)], ...], Meta(max_length=20)] | UnsetType
    ) = UNSET


class SegmentsPatch(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of how many segments there may be, and of how many customers: what is absent stays as it is."""

    dynamic: Annotated[int, Meta(ge=1, le=1_000)] | UnsetType = UNSET
    static_customers: Annotated[int, Meta(ge=1, le=100_000)] | UnsetType = UNSET


class ProjectPatch(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of a project: what is absent stays as it is. `rate_limit_per_minute` of null lifts the limit."""

    name: Name | UnsetType = UNSET
    rate_limit_per_minute: Annotated[int, Meta(ge=1, le=10_000_000)] | None | UnsetType = UNSET
    timezone: Annotated[str, Meta(max_length=64, description="An IANA name.")] | UnsetType = UNSET
    week_start: WeekStart | UnsetType = UNSET
    redeem_once_per_order: bool | UnsetType = UNSET
    client: ClientPatch | UnsetType = UNSET
    cockpit: CockpitPatch | UnsetType = UNSET
    segments: SegmentsPatch | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.timezone is not UNSET and not _is_timezone(self.timezone):
            raise ValueError("timezone: expected an IANA name such as Europe/Berlin")


def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


Shown = bool | int | str | tuple[str, ...] | None
"""What a setting may be."""


class ProjectOut(msgspec.Struct, frozen=True, kw_only=True):
    """A project with all its settings."""

    id: str
    name: str
    created_at: str
    rate_limit_per_minute: int | None
    timezone: str
    week_start: WeekStart
    redeem_once_per_order: bool
    client: dict[str, Shown]
    cockpit: dict[str, Shown]
    segments: dict[str, Shown]

    @staticmethod
    def of(project: Project) -> "ProjectOut":
        """The project as it is shown: what was never chosen has its default."""
        chosen = project.chosen
        return ProjectOut(
            id=project.project_id,
            name=project.name,
            created_at=to_iso(project.created_at),
            rate_limit_per_minute=project.rate_limit_per_minute,
            timezone=chosen.timezone,
            week_start=chosen.week_start,
            redeem_once_per_order=chosen.redeem_once_per_order,
            client=_shown(chosen.client),
            cockpit=_shown(chosen.cockpit),
            segments=_shown(chosen.segments),
        )


def _shown(settings: ClientSettings | CockpitSettings | SegmentSettings) -> dict[str, Shown]:
    return msgspec.structs.asdict(settings)
