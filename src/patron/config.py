"""Settings: one frozen value read from `PATRON_…` variables. Nothing else in Patron reads the environment."""

import difflib
import os
import re
from collections.abc import Callable, Mapping
from ipaddress import ip_network
from typing import Literal

import msgspec

_PUBLIC_URL = re.compile(r"https?://(?:[\w.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?(?:/[\w./~%-]*)?", re.ASCII)

LOG_LEVELS = ("debug", "info", "warning", "error")


class SettingError(Exception):
    """A variable has a value that cannot be used; the text names it and says what to do."""


class BootstrapKey(msgspec.Struct, frozen=True):
    """A key that the first start makes: its id and token as given, and for a client key its web origins."""

    kind: Literal["server", "client", "management"]
    app_id: str
    token: str
    origins: tuple[str, ...] = ()


class Settings(msgspec.Struct, frozen=True):
    """What an operator may choose. Every field has a variable of its name, with `PATRON_` in front."""

    database_url: str = "sqlite:///patron.db"
    """`sqlite:///relative.db`, `sqlite:////absolute.db` or `postgresql://user:password@host:port/name`.

    `sqlite://` alone is a database in memory that ends with the process.
    """
    host: str = "127.0.0.1"
    port: int = 8000
    secret_key: tuple[str, ...] = ()
    """The first signs cursors and links, all of them are taken; several are separated by commas.

    Where it is absent, those that the installation keeps in its database are used.
    """
    public_url: str | None = None
    """Where people reach this server, for links to it; where it is absent, the server's own address is used."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses and networks of proxies whose X-Forwarded-For is believed, separated by commas."""
    log_level: str = "info"
    log_format: Literal["json", "console"] = "json"
    database_connections: int = 8
    """For PostgreSQL: how many connections a process holds for writes, and as many for reads."""
    shutdown_seconds: int = 30
    """How long a stopping server waits for the requests that it accepted."""
    worker: Literal["on", "off"] = "on"
    """Whether `patron serve` runs jobs too. Only PostgreSQL allows `off`, beside `patron worker` processes."""
    worker_concurrency: int = 8
    """How many jobs a process runs at once."""
    bootstrap: tuple[BootstrapKey, ...] = ()
    """The keys of the project that the first start makes, from the `PATRON_BOOTSTRAP_…` variables."""


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings that these variables make; what is absent or empty has its default.

    Raises SettingError for a value that cannot be used, and for a name that looks like a misspelt one.
    """
    given = {name: value for name, value in environment.items() if name.startswith("PATRON_") and value != ""}
    _refuse_misspelt(given)
    chosen = {field: read(name, given[name]) for name, (field, read) in _VARIABLES.items() if name in given}
    settings = msgspec.convert({**chosen, "bootstrap": _bootstrap(given)}, Settings)
    if settings.worker == "off" and settings.database_url.startswith("sqlite"):
        raise SettingError(
            "PATRON_WORKER=off leaves nobody to run jobs on SQLite, which one process serves. Remove it, "
            "or use PostgreSQL and run `patron worker` beside the servers."
        )
    return settings


def environment() -> dict[str, str]:
    """What a program that Patron starts finds around it: all variables, since it has settings of its own there."""
    return dict(os.environ)


def _refuse_misspelt(given: Mapping[str, str]) -> None:
    """Names that are far from any of ours are left alone: an orchestrator sets PATRON_SERVICE_HOST and the like."""
    known = [*_VARIABLES, *_BOOTSTRAP_VARIABLES]
    for name in given:
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.85)
        if name not in known and close:
            raise SettingError(f"{name} is no setting. Did you mean {close[0]}? Rename it or remove it.")


def _database_url(name: str, text: str) -> str:
    if text != "sqlite://" and not text.startswith(("sqlite:///", "postgresql://", "postgres://")):
        scheme = text.split(":", 1)[0] if "://" in text else "no scheme"
        raise SettingError(
            f"{name} must start with sqlite:/// or postgresql:// (it has {scheme}). "
            "For example sqlite:///patron.db, or postgresql://patron:secret@localhost:5432/patron."
        )
    return text


def _host(name: str, text: str) -> str:
    if "/" in text or any(character.isspace() for character in text):
        raise SettingError(f"{name} must be an address or a host name such as 127.0.0.1, not a URL.")
    return text


def _port(name: str, text: str) -> int:
    if text.startswith("tcp://"):
        raise SettingError(
            f"{name} holds an address that Kubernetes sets for a service called patron. "
            "Set enableServiceLinks to false in the pod, or give the service another name."
        )
    return _whole_number(0, 65_535)(name, text)


def _whole_number(least: int, most: int) -> Callable[[str, str], int]:
    def read(name: str, text: str) -> int:
        if not text.isascii() or not text.isdecimal() or not least <= int(text) <= most:
            raise SettingError(f"{name} must be a whole number from {least} to {most}, not {text!r}.")
        return int(text)

    return read


def _one_of(*choices: str) -> Callable[[str, str], str]:
    def read(name: str, text: str) -> str:
        if text.lower() not in choices:
            raise SettingError(f"{name} must be one of {', '.join(choices)}, not {text!r}.")
        return text.lower()

    return read


def _secrets(name: str, text: str) -> tuple[str, ...]:
    secrets = tuple(part.strip() for part in text.split(","))
    if any(len(secret) < 32 for secret in secrets):
        raise SettingError(
            f"{name} must have at least 32 characters, and each one where several are separated by commas. "
            "Make one with: python3 -c 'import secrets; print(secrets.token_hex(32))'"
        )
    return secrets


def _public_url(name: str, text: str) -> str:
    if not _PUBLIC_URL.fullmatch(text):
        raise SettingError(
            f"{name} must be the address under which people reach this server, such as https://loyalty.shop.example "
            "or https://shop.example/loyalty, without ? and #."
        )
    return text.rstrip("/")


def _networks(name: str, text: str) -> tuple[str, ...]:
    networks = tuple(part.strip() for part in text.split(",") if part.strip())
    for network in networks:
        try:
            ip_network(network)
        except ValueError:
            raise SettingError(
                f"{name} must list addresses and networks such as 10.0.0.1, 10.0.0.0/8 or fd00::/8, "
                f"separated by commas; {network!r} is none."
            ) from None
    return networks


def _bootstrap(given: Mapping[str, str]) -> tuple[BootstrapKey, ...]:
    origins = _origins("PATRON_BOOTSTRAP_CLIENT_ORIGINS", given)
    keys = (
        _bootstrap_key("server", "APP", given),
        _bootstrap_key("client", "CLIENT", given, origins),
        _bootstrap_key("management", "MANAGEMENT", given),
    )
    made = tuple(key for key in keys if key is not None)
    if made and made[0].kind != "server":
        raise SettingError(
            "PATRON_BOOTSTRAP_APP_ID is missing: the project of a bootstrapped client or management key "
            "needs a server key too. Set PATRON_BOOTSTRAP_APP_ID and PATRON_BOOTSTRAP_APP_TOKEN."
        )
    if origins and not any(key.kind == "client" for key in made):
        raise SettingError(
            "PATRON_BOOTSTRAP_CLIENT_ORIGINS is set without a client key. "
            "Set PATRON_BOOTSTRAP_CLIENT_ID and PATRON_BOOTSTRAP_CLIENT_TOKEN, or remove it."
        )
    return made


def _bootstrap_key(
    kind: Literal["server", "client", "management"],
    infix: str,
    given: Mapping[str, str],
    origins: tuple[str, ...] = (),
) -> BootstrapKey | None:
    id_name, token_name = f"PATRON_BOOTSTRAP_{infix}_ID", f"PATRON_BOOTSTRAP_{infix}_TOKEN"
    present = [name for name in (id_name, token_name) if name in given]
    if not present:
        return None
    if len(present) == 1:
        missing = token_name if present[0] == id_name else id_name
        raise SettingError(f"{present[0]} is set and {missing} is not. Set both, or neither.")
    return BootstrapKey(kind, _credential(id_name, given), _credential(token_name, given), origins)


def _credential(name: str, given: Mapping[str, str]) -> str:
    """Ids and tokens travel in HTTP headers. The value is a secret, so no message repeats it."""
    text = given[name]
    if len(text) > 200 or not text.isascii() or not text.isprintable() or " " in text:
        raise SettingError(f"{name} must be 1 to 200 printable ASCII characters without a space.")
    return text


def _origins(name: str, given: Mapping[str, str]) -> tuple[str, ...]:
    origins = tuple(part.strip() for part in given.get(name, "").split(",") if part.strip())
    for origin in origins:
        check_origin(name, origin)
    return origins


def check_origin(name: str, origin: str) -> str:
    """The origin, if it is one as a browser sends it: `scheme://host[:port]` and nothing after that."""
    scheme, _, rest = origin.partition("://")
    if scheme not in ("http", "https") or not rest or any(c in rest for c in "/?#*@ ") or origin != origin.lower():
        raise SettingError(
            f"{name} must list web origins such as https://shop.example or http://localhost:3000, "
            f"lower case, without a path; {origin!r} is none."
        )
    return origin


_VARIABLES: dict[str, tuple[str, Callable[[str, str], object]]] = {
    "PATRON_DATABASE_URL": ("database_url", _database_url),
    "PATRON_HOST": ("host", _host),
    "PATRON_PORT": ("port", _port),
    "PATRON_SECRET_KEY": ("secret_key", _secrets),
    "PATRON_PUBLIC_URL": ("public_url", _public_url),
    "PATRON_TRUSTED_PROXIES": ("trusted_proxies", _networks),
    "PATRON_LOG_LEVEL": ("log_level", _one_of(*LOG_LEVELS)),
    "PATRON_LOG_FORMAT": ("log_format", _one_of("json", "console")),
    "PATRON_DATABASE_CONNECTIONS": ("database_connections", _whole_number(1, 200)),
    "PATRON_WORKER": ("worker", _one_of("on", "off")),
    "PATRON_WORKER_CONCURRENCY": ("worker_concurrency", _whole_number(1, 100)),
    "PATRON_SHUTDOWN_SECONDS": ("shutdown_seconds", _whole_number(0, 600)),
}

_BOOTSTRAP_VARIABLES = (
    *(f"PATRON_BOOTSTRAP_{infix}_{part}" for infix in ("APP", "CLIENT", "MANAGEMENT") for part in ("ID", "TOKEN")),
    "PATRON_BOOTSTRAP_CLIENT_ORIGINS",
)
