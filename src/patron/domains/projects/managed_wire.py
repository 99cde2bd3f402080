"""What is sent and answered of projects in the management API."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.projects.model import Project
from patron.kernel.problems import invalid_payload

ProjectName = Annotated[str, Meta(min_length=1, max_length=500)]
Description = Annotated[str, Meta(max_length=5_000)]
Timezone = Annotated[str, Meta(min_length=1, max_length=64, description="A name of the IANA time zone database.")]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}$(?!\n)", description="A code of ISO 4217.")]
DialCode = Annotated[str, Meta(max_length=16)]
Domains = Annotated[list[Annotated[str, Meta(min_length=1, max_length=255)]], Meta(max_length=100)]


_SWITCHES = {
    "client_create_customer_enabled": "create_customers",
    "client_loyalty_events_enabled": "track_events",
    "client_publish_enabled": "publish",
    "client_redeem_enabled": "redeem",
}
"""What the API calls the switches of `ClientSettings` that it knows."""
_TOLD = {
    name: name
    for name in (
        "description",
        "currency",
        "dial_code",
        "client_trusted_domains",
        "client_list_vouchers_enabled",
        "client_set_voucher_expiration_date_enabled",
    )
}
"""What is kept in the profile as it is called here."""


class CodeConfigIn(msgspec.Struct, frozen=True, kw_only=True):
    charset: Annotated[str, Meta(max_length=500)] | None | UnsetType = UNSET


class ManagedProjectPatch(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of a project: what is absent stays as it is."""

    name: ProjectName | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    timezone: Timezone | UnsetType = UNSET
    currency: Currency | UnsetType = UNSET
    case_sensitive_codes: bool | UnsetType = UNSET
    dial_code: DialCode | None | UnsetType = UNSET
    client_trusted_domains: Domains | UnsetType = UNSET
    client_redeem_enabled: bool | UnsetType = UNSET
    client_publish_enabled: bool | UnsetType = UNSET
    client_list_vouchers_enabled: bool | UnsetType = UNSET
    client_create_customer_enabled: bool | UnsetType = UNSET
    client_loyalty_events_enabled: bool | UnsetType = UNSET
    client_set_voucher_expiration_date_enabled: bool | UnsetType = UNSET
    default_code_config: CodeConfigIn | UnsetType = UNSET

    def __post_init__(self) -> None:
        if isinstance(self.timezone, str):
            _check_timezone(self.timezone)
        if self.case_sensitive_codes is False:
            raise invalid_payload("case_sensitive_codes: expected true, as case counts in the codes of every project")

    def laid_over(self, project: Project) -> Project:
        """The project after these changes."""
        before = project.chosen
        after = msgspec.structs.replace(
            before,
            timezone=before.timezone if isinstance(self.timezone, UnsetType) else self.timezone,
            client=msgspec.structs.replace(before.client, **self._given(_SWITCHES)),
            profile=msgspec.structs.replace(before.profile, **self._given(_TOLD), **self._charset()),
        )
        name = project.name if isinstance(self.name, UnsetType) else self.name
        return msgspec.structs.replace(project, name=name, settings=msgspec.json.encode(after).decode())

    def _given(self, names: Mapping[str, str]) -> dict[str, Any]:
        given = {setting: getattr(self, name) for name, setting in names.items()}
        return {setting: value for setting, value in given.items() if value is not UNSET}

    def _charset(self) -> dict[str, Any]:
        config = self.default_code_config
        given = UNSET if isinstance(config, UnsetType) else config.charset
        return {} if given is UNSET else {"charset": given}


class ManagedProjectIn(ManagedProjectPatch, frozen=True, kw_only=True):
    """A project to create."""

    name: ProjectName
    timezone: Timezone
    currency: Currency
    case_sensitive_codes: bool


class Notification(msgspec.Struct, frozen=True):
    """When the use of a limit is told. Nothing is told here."""

    enabled: bool
    value: int
    in_app: bool
    emails: list[str]


class UsageNotifications(msgspec.Struct, frozen=True):
    messages: Notification
    api_calls: Notification
    cycle_calls: Notification
    redemptions: Notification
    webhook_calls: Notification
    bulk_api_calls: Notification


class CalloutNotification(msgspec.Struct, frozen=True):
    """Who is told of a failed call. Nobody is told here."""

    email: bool
    in_app: bool
    emails: list[str]


class CalloutNotifications(msgspec.Struct, frozen=True):
    distributions: CalloutNotification
    webhooks: CalloutNotification


class CodeConfig(msgspec.Struct, frozen=True):
    charset: str


class ManagedProjectOut(msgspec.Struct, frozen=True, kw_only=True):
    """A project, in the order of fields that the reference uses."""

    id: str
    name: str
    description: str
    currency: str
    timezone: str
    dial_code: str | UnsetType = UNSET
    cluster_id: Literal["self-hosted"]
    api_version: Literal["v2018-08-01"]
    case_sensitive_codes: Literal[True]
    client_trusted_domains: list[str]
    client_redeem_enabled: bool
    client_publish_enabled: bool
    client_list_vouchers_enabled: bool
    client_create_customer_enabled: bool
    client_loyalty_events_enabled: bool
    client_set_voucher_expiration_date_enabled: bool
    api_usage_notifications: UsageNotifications
    webhooks_callout_notifications: CalloutNotifications
    is_sandbox: bool
    default_code_config: CodeConfig | UnsetType = UNSET
    webhook_version: Literal["v2024-01-01"]

    @classmethod
    def of(cls, project: Project) -> "ManagedProjectOut":
        """The answer for a stored project."""
        chosen, profile = project.chosen, project.chosen.profile
        return cls(
            id=project.project_id,
            name=project.name,
            description=profile.description,
            currency=profile.currency,
            timezone=chosen.timezone,
            dial_code=UNSET if profile.dial_code is None else profile.dial_code,
            cluster_id="self-hosted",
            api_version="v2018-08-01",
            case_sensitive_codes=True,
            client_trusted_domains=list(profile.client_trusted_domains),
            client_redeem_enabled=chosen.client.redeem,
            client_publish_enabled=chosen.client.publish,
            client_list_vouchers_enabled=profile.client_list_vouchers_enabled,
            client_create_customer_enabled=chosen.client.create_customers,
            client_loyalty_events_enabled=chosen.client.track_events,
            client_set_voucher_expiration_date_enabled=profile.client_set_voucher_expiration_date_enabled,
            api_usage_notifications=UsageNotifications(*[_SILENT] * len(UsageNotifications.__struct_fields__)),
            webhooks_callout_notifications=CalloutNotifications(_NOBODY, _NOBODY),
            is_sandbox=False,
            default_code_config=UNSET if profile.charset is None else CodeConfig(profile.charset),
            webhook_version="v2024-01-01",
        )


class NewKey(msgspec.Struct, frozen=True):
    """A key of a new project; its token is shown this once."""

    app_id: str
    app_token: str


class NewProjectOut(ManagedProjectOut, frozen=True, kw_only=True):
    """A new project with its first keys."""

    server_side_key: NewKey
    client_side_key: NewKey

    @classmethod
    def with_keys(cls, project: ManagedProjectOut, server: NewKey, client: NewKey) -> "NewProjectOut":
        """The answer for a project that was created just now."""
        fields = {name: getattr(project, name) for name in project.__struct_fields__}
        return cls(**fields, server_side_key=server, client_side_key=client)


class ManagedProjectList(msgspec.Struct, frozen=True, kw_only=True):
    """Every project that the key reaches, oldest first."""

    object: Literal["list"]
    data_ref: Literal["data"]
    data: list[ManagedProjectOut]
    total: Annotated[int, Meta(ge=0)]


_SILENT = Notification(enabled=False, value=80, in_app=False, emails=[])
_NOBODY = CalloutNotification(email=False, in_app=False, emails=[])


def _check_timezone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise invalid_payload(
            "timezone: expected a name of the IANA time zone database, such as Europe/Warsaw"
        ) from None
