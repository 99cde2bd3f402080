"""Projects, keys and what an installation keeps of itself. The first two are content of the rulebook."""

from typing import Literal

import msgspec

from patron.db.rulebook import Part, Rulebook
from patron.db.tables import Json, Table
from patron.engine.conditions.calendars import WeekStart

Kind = Literal["server", "client", "management"]
"""Who holds a key: a shop's own server, a browser or app, or who administers the project."""


class Installation(msgspec.Struct, frozen=True):
    """What the server remembers of itself under a name: its generated secret, the projects that it opened itself."""

    name: str
    value: str


class ClientSettings(msgspec.Struct, frozen=True, omit_defaults=True):
    """What pages with a client key may do (spec C 2.12), and how often one address may ask."""

    create_customers: bool = False
    track_events: bool = False
    change_consents: bool = False
    publish: bool = False
    redeem: bool = False
    requests: int = 5
    per_seconds: int = 5


class CockpitSettings(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a customer's own page looks like (spec C 8): `name` is the shop's, the project's where it is empty.

    `color` is `#rrggbb`, `logo_url` an https URL; a link to the page is good for `link_days`. Of the customer's
    metadata it shows these keys, in this order, and no other: most of them are the shop's own notes.
    """

    enabled: bool = True
    name: str = ""
    color: str = "#1f5fbf"
    logo_url: str | None = None
    link_days: int = 30
    metadata: tuple[str, ...] = ()


class SegmentSettings(msgspec.Struct, frozen=True, omit_defaults=True):
    """How many segments with a filter a project may have, and how many customers a static one (spec C 3.2)."""

    dynamic: int = 100
    static_customers: int = 20_000


class Profile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the management API tells of a project beside its name and its other settings.

    `currency` is an ISO 4217 code, empty where nobody has said. Pages of `client_trusted_domains` may use
    any client key of the project. `charset` is that of new codes.
    """

    description: str = ""
    currency: str = ""
    dial_code: str | None = None
    client_trusted_domains: tuple[str, ...] = ()
    client_list_vouchers_enabled: bool = False
    client_set_voucher_expiration_date_enabled: bool = False
    charset: str | None = None


class ProjectSettings(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a project has chosen. `timezone` is an IANA name.

    It says when the project's days begin, and `week_start` with which of them its weeks do. With
    `redeem_once_per_order`, the same redeemables for an order with the same source_id are redeemed once.
    """

    timezone: str = "UTC"
    week_start: WeekStart = "monday"
    redeem_once_per_order: bool = False
    client: ClientSettings = ClientSettings()
    cockpit: CockpitSettings = CockpitSettings()
    profile: Profile = Profile()
    segments: SegmentSettings = SegmentSettings()

    @staticmethod
    def of(rulebook: Rulebook) -> "ProjectSettings":
        """The settings of this rulebook's project, decoded once; the defaults where there is no such project."""
        return rulebook.derived(_settings)


def _settings(rulebook: Rulebook) -> ProjectSettings:
    project = rulebook.rows(PROJECTS).get((rulebook.project_id,))
    return ProjectSettings() if project is None else project.chosen


class Project(msgspec.Struct, frozen=True):
    """A project. `rate_limit_per_minute` of None is no limit. Times are epoch ms. `settings` is a `ProjectSettings`.

    Of the settings, only what differs from the defaults is stored.
    """

    project_id: str
    name: str
    rate_limit_per_minute: int | None
    created_at: int
    deleted_at: int | None
    version: int
    settings: Json

    @property
    def chosen(self) -> ProjectSettings:
        """The settings, decoded."""
        return msgspec.json.decode(self.settings, type=ProjectSettings)


class ApiKey(msgspec.Struct, frozen=True):
    """A key: `token_hash` is the token's SHA-256 in hex; `deleted_at` is when it was revoked.

    `origins` is a JSON list of the web origins that a client key is good for. An id is unique among the keys
    of its kind in the whole installation, since it is all that a request says of its project.
    """

    app_id: str
    kind: str
    project_id: str
    name: str
    token_hash: str
    origins: Json
    created_at: int
    deleted_at: int | None
    version: int


class ManagedProject(msgspec.Struct, frozen=True):
    """A project that was created through the management API, under the project whose key created it. Time is epoch ms.

    Any management key of `project_id` manages it, so that a key may be replaced by another.
    """

    project_id: str
    managed_id: str
    created_at: int


INSTALLATION = Table(Installation, "installation", rank=100, key=("name",))
PROJECTS = Table(Project, "projects", rank=110, key=("project_id",))
API_KEYS = Table(ApiKey, "api_keys", rank=120, key=("app_id", "kind"), indexes={"version": ("project_id", "version")})
MANAGED_PROJECTS = Table(ManagedProject, "managed_projects", rank=125, key=("project_id", "managed_id"))

PARTS = (Part(PROJECTS), Part(API_KEYS))
"""What of this domain every process holds in its rulebooks."""
