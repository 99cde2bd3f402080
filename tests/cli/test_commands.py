"""The `patron` command, run as an operator runs it: in a process of its own, with variables."""

import json
import re

import apsw
import pytest

from tests.cli.running import Shell

DATE = r"\d{4}-\d\d-\d\dT"


def test_a_shop_is_set_up_from_nothing(shell: Shell) -> None:
    assert "applied 0001_foundation" in shell.run("migrate")
    project = shell.run("projects", "create", "Shop [Berlin]").strip()
    id_line, token_line = shell.run("keys", "create", "--project", project, "--name", "till").splitlines()
    assert id_line.startswith("X-App-Id: ")
    assert token_line.startswith("X-App-Token: ")

    header, line = shell.run("keys", "list").splitlines()
    assert header.split() == ["id", "kind", "name", "project", "created", "revoked"]
    assert line.split()[:4] == [id_line.removeprefix("X-App-Id: "), "server", "till", project]
    assert token_line.removeprefix("X-App-Token: ") not in line
    assert "Shop [Berlin]" in shell.run("projects", "list")


def test_a_revoked_key_is_listed_with_its_date(shell: Shell) -> None:
    shell.run("migrate")
    project = shell.run("projects", "create", "Shop").strip()
    made = shell.run("keys", "create", "--project", project, "--kind", "client", "--origin", "https://shop.example")
    app_id = made.splitlines()[0].removeprefix("X-Client-Application-Id: ")
    assert len(re.findall(DATE, shell.run("keys", "list"))) == 1
    shell.run("keys", "revoke", app_id)
    assert len(re.findall(DATE, shell.run("keys", "list", "--project", project))) == 2


def test_a_rate_limit_is_set_and_lifted(shell: Shell) -> None:
    shell.run("migrate")
    project = shell.run("projects", "create", "Shop").strip()
    shell.run("projects", "set", project, "--rate-limit", "600")
    assert "600 a minute" in shell.run("projects", "list")
    shell.run("projects", "set", project, "--rate-limit", "0")
    assert "off" in shell.run("projects", "list")


def test_a_deleted_project_is_not_changed(file: Shell) -> None:
    file.run("migrate")
    project = file.run("projects", "create", "Shop").strip()
    database = apsw.Connection(file.database_url.removeprefix("sqlite:///"))
    database.execute("UPDATE projects SET deleted_at = 1")
    database.close()
    assert project in file.run("projects", "set", project, "--rate-limit", "600", fails=True)


def test_secrets_are_rotated(shell: Shell) -> None:
    shell.run("migrate")
    assert "what 1 older" not in shell.run("secrets", "rotate")
    assert "what 1 older" in shell.run("secrets", "rotate")
    assert "what 0 older" in shell.run("secrets", "rotate", "--forget-old")


def test_a_projects_settings_are_changed_and_shown(shell: Shell) -> None:
    shell.run("migrate")
    project = shell.run("projects", "create", "Shop").strip()
    given = "--create-customers --no-track-events --client-requests 50 --timezone Europe/Berlin --cockpit-color #ff0000"
    shell.run(
        "projects",
        "set",
        project,
        *given.split(),
        "--week-start",
        "sunday",
        "--cockpit-logo",
        "https://cdn.example/a.png",
    )
    shown = shell.run("projects", "show", project).splitlines()
    assert {
        f"id: {project}",
        "name: Shop",
        "rate_limit_per_minute: none",
        "timezone: Europe/Berlin",
        "week_start: sunday",
        "client.create_customers: on",
        "client.track_events: off",
        "client.requests: 50",
        "cockpit.color: #ff0000",
        "cockpit.logo_url: https://cdn.example/a.png",
    } <= set(shown)
    shell.run("projects", "set", project, "--cockpit-logo", "", "--name", "Shop Berlin")
    shown = shell.run("projects", "show", project).splitlines()
    assert {"name: Shop Berlin", "cockpit.logo_url: none", "cockpit.color: #ff0000"} <= set(shown)


def test_migrate_says_when_there_is_nothing_to_do(file: Shell) -> None:
    file.run("migrate")
    assert file.run("migrate").strip() == "The schema is up to date."


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (("projects", "list"), "patron migrate"),
        (("keys", "create", "--project", "proj_1", "--origin", "shop.example"), "https://shop.example"),
        (("keys", "create", "--project", "proj_1", "--origin", "https://shop.example"), "--kind client"),
        (("keys", "create"), "--project"),
        (("keys", "create", "--project", "proj_1", "--kind", "master"), "server"),
        (("projects", "set", "proj_1", "--rate-limit", "-1"), "--rate-limit"),
        (("projects", "set", "proj_1"), "name a setting"),
        (("projects", "set", "proj_1", "--cockpit-color", "red"), "cockpit.color: expected"),
        (("projects", "set", "proj_1", "--timezone", "Mars"), "expected an IANA name"),
    ],
)
def test_a_mistake_is_answered_with_what_to_do(file: Shell, arguments: tuple[str, ...], remedy: str) -> None:
    assert remedy in file.run(*arguments, fails=True)


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        ("sqlite:////no/such/folder/shop.db", "Make its folder"),
        ("postgresql://patron@127.0.0.1:1/patron", "PATRON_DATABASE_URL"),
        ("mysql://localhost/shop", "sqlite:///patron.db"),
    ],
)
def test_a_database_that_cannot_be_opened_is_named(file: Shell, url: str, remedy: str) -> None:
    assert remedy in file.run("migrate", fails=True, PATRON_DATABASE_URL=url)


def test_a_file_that_is_no_database_is_left_as_it_is(file: Shell) -> None:
    letter = file.folder / "letter.txt"
    letter.write_text("Dear customer, " * 100)
    said = file.run("migrate", fails=True, PATRON_DATABASE_URL=f"sqlite:///{letter}")
    assert "no SQLite database" in said
    assert letter.read_text().startswith("Dear customer, ")


def test_an_unknown_key_or_project_is_named(file: Shell) -> None:
    file.run("migrate")
    assert "nobody" in file.run("keys", "revoke", "nobody", fails=True)
    assert "proj_1" in file.run("keys", "create", "--project", "proj_1", fails=True)


def test_help_teaches_how_to_begin(file: Shell) -> None:
    said = file.run("--help")
    for word in ("patron demo", "patron migrate", "patron keys create", "PATRON_", "patron.db"):
        assert word in said


def test_the_openapi_document_is_printed_as_it_is(file: Shell) -> None:
    document = json.loads(file.run("openapi"))
    assert document["openapi"].startswith("3.1")
    assert "/v1/customers/{customerId}" in document["paths"]
