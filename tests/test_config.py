"""The environment: what each variable takes, and what is said about one that cannot be used."""

import pytest

from patron.config import BootstrapKey, SettingError, Settings, read_settings

APP = {"PATRON_BOOTSTRAP_APP_ID": "shop", "PATRON_BOOTSTRAP_APP_TOKEN": "s3cret"}
CLIENT = {"PATRON_BOOTSTRAP_CLIENT_ID": "web", "PATRON_BOOTSTRAP_CLIENT_TOKEN": "public"}


def test_without_variables_a_file_in_this_folder_is_served_on_loopback() -> None:
    settings = read_settings({})
    assert settings == Settings()
    assert settings.database_url == "sqlite:///patron.db"
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)


def test_every_variable_is_read() -> None:
    given = {
        "PATRON_DATABASE_URL": "postgresql://patron@db/patron",
        "PATRON_HOST": "0.0.0.0",
        "PATRON_PORT": "80",
        "PATRON_SECRET_KEY": f"{'k' * 32}, {'o' * 40}",
        "PATRON_PUBLIC_URL": "https://loyalty.shop.example/",
        "PATRON_TRUSTED_PROXIES": "10.0.0.0/8, fd00::1",
        "PATRON_LOG_LEVEL": "DEBUG",
        "PATRON_LOG_FORMAT": "console",
        "PATRON_DATABASE_CONNECTIONS": "3",
        "PATRON_SHUTDOWN_SECONDS": "5",
        **APP,
    }
    assert read_settings(given) == Settings(
        database_url="postgresql://patron@db/patron",
        host="0.0.0.0",
        port=80,
        secret_key=("k" * 32, "o" * 40),
        public_url="https://loyalty.shop.example",
        trusted_proxies=("10.0.0.0/8", "fd00::1"),
        log_level="debug",
        log_format="console",
        database_connections=3,
        shutdown_seconds=5,
        bootstrap=(BootstrapKey("server", "shop", "s3cret"),),
    )


def test_an_empty_variable_is_as_good_as_none() -> None:
    assert read_settings({"PATRON_PORT": ""}) == Settings()


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("PATRON_DATABASE_URL", "mysql://db/patron", "sqlite:/// or postgresql://"),
        ("PATRON_DATABASE_URL", "patron.db", "sqlite:///patron.db"),
        ("PATRON_PORT", "http", "whole number from 0 to 65535"),
        ("PATRON_PORT", "70000", "whole number from 0 to 65535"),
        ("PATRON_PORT", "-1", "whole number from 0 to 65535"),
        ("PATRON_PORT", "tcp://10.0.0.1:8000", "enableServiceLinks"),
        ("PATRON_HOST", "http://localhost", "not a URL"),
        ("PATRON_SECRET_KEY", "short", "at least 32 characters"),
        ("PATRON_SECRET_KEY", "k" * 32 + ",short", "each one"),
        ("PATRON_SECRET_KEY", "k" * 32 + ",", "each one"),
        ("PATRON_PUBLIC_URL", "shop.example", "https://"),
        ("PATRON_PUBLIC_URL", "ftp://shop.example", "https://"),
        ("PATRON_PUBLIC_URL", "https://shop.example/?a", "without ? and #"),
        ("PATRON_PUBLIC_URL", "https://[shop", "https://"),
        ("PATRON_TRUSTED_PROXIES", "10.0.0.1/8", "10.0.0.0/8"),
        ("PATRON_TRUSTED_PROXIES", "proxy.example", "10.0.0.0/8"),
        ("PATRON_LOG_LEVEL", "loud", "debug, info, warning, error"),
        ("PATRON_LOG_FORMAT", "xml", "json, console"),
        ("PATRON_DATABASE_CONNECTIONS", "0", "from 1 to 200"),
        ("PATRON_BOOTSTRAP_APP_ID", "shop", "PATRON_BOOTSTRAP_APP_TOKEN is not"),
        ("PATRON_BOOTSTRAP_CLIENT_TOKEN", "public", "PATRON_BOOTSTRAP_CLIENT_ID is not"),
        ("PATRON_BOOTSTRAP_CLIENT_ORIGINS", "https://shop.example", "without a client key"),
    ],
)
def test_a_value_that_cannot_be_used_names_the_variable_and_the_remedy(name: str, value: str, remedy: str) -> None:
    with pytest.raises(SettingError) as refusal:
        read_settings({name: value})
    assert name in str(refusal.value)
    assert remedy in str(refusal.value)


def test_a_password_in_a_refused_url_is_not_repeated() -> None:
    with pytest.raises(SettingError) as refusal:
        read_settings({"PATRON_DATABASE_URL": "mysql://patron:hunter2@db/patron"})
    assert "hunter2" not in str(refusal.value)


def test_a_misspelt_variable_is_refused_with_the_name_that_was_meant() -> None:
    with pytest.raises(SettingError, match="Did you mean PATRON_DATABASE_URL"):
        read_settings({"PATRON_DATABSE_URL": "sqlite:///other.db"})


def test_variables_that_an_orchestrator_sets_for_a_service_called_patron_are_left_alone() -> None:
    assert read_settings({"PATRON_SERVICE_HOST": "10.0.0.1", "PATRON_PORT_8000_TCP_ADDR": "10.0.0.1"}) == Settings()


def test_a_client_key_has_the_origins_that_are_listed() -> None:
    origins = {"PATRON_BOOTSTRAP_CLIENT_ORIGINS": "https://shop.example, http://localhost:3000"}
    client = read_settings({**APP, **CLIENT, **origins}).bootstrap[1]
    assert client == BootstrapKey("client", "web", "public", ("https://shop.example", "http://localhost:3000"))


@pytest.mark.parametrize(
    "origin", ["shop.example", "https://shop.example/", "https://*.example", "HTTPS://shop.example"]
)
def test_an_origin_that_no_browser_sends_is_refused(origin: str) -> None:
    with pytest.raises(SettingError, match="PATRON_BOOTSTRAP_CLIENT_ORIGINS"):
        read_settings({**APP, **CLIENT, "PATRON_BOOTSTRAP_CLIENT_ORIGINS": origin})


def test_a_client_key_alone_asks_for_the_server_key_of_its_project() -> None:
    with pytest.raises(SettingError, match="PATRON_BOOTSTRAP_APP_ID is missing"):
        read_settings(CLIENT)


@pytest.mark.parametrize("token", ["two words", "naïve", "new\nline", "x" * 201])
def test_a_token_that_no_header_can_carry_is_refused_without_repeating_it(token: str) -> None:
    with pytest.raises(SettingError, match="PATRON_BOOTSTRAP_APP_TOKEN") as refusal:
        read_settings({**APP, "PATRON_BOOTSTRAP_APP_TOKEN": token})
    assert token not in str(refusal.value)
