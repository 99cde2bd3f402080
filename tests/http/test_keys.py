"""Keys: who may call what, and that nobody sees from one project into another."""

import httpx
import pytest

from tests.http.test_refusals import refused
from tests.http.toys import CLIENT_KEY, KEY, OTHER_KEY


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-App-Id": "app-1"},
        {"X-App-Token": "token-1"},
        {"X-App-Id": "app-1", "X-App-Token": "wrong"},
        {"X-App-Id": "unknown", "X-App-Token": "token-1"},
        {"X-App-Id": "app-1", "X-App-Token": "token-2"},
        {"X-App-Id": "", "X-App-Token": ""},
        {"X-App-Id": b"\xff\xfe", "X-App-Token": b"\xff"},
        {"X-Client-Application-Id": "app-1", "X-Client-Token": "token-1"},
        CLIENT_KEY,
    ],
)
def test_without_a_right_key_it_is_a_401(stranger: httpx.Client, headers: dict[str, str]) -> None:
    refused(stranger.get("/v1/notes", headers=headers), 401, "unauthorized")


def test_the_names_of_the_headers_are_told(stranger: httpx.Client) -> None:
    assert refused(stranger.get("/v1/notes"), 401, "unauthorized")["details"] == (
        "Send the headers X-App-Id and X-App-Token."
    )
    assert refused(stranger.get("/client/v1/notes"), 401, "unauthorized")["details"] == (
        "Send the headers X-Client-Application-Id and X-Client-Token or X-App-Id and X-App-Token."
    )


def test_a_route_takes_the_kinds_of_keys_that_it_names(stranger: httpx.Client) -> None:
    assert stranger.get("/client/v1/notes", headers=CLIENT_KEY).status_code == 200
    assert stranger.get("/client/v1/notes", headers=KEY).status_code == 200


def test_a_client_key_comes_with_its_origin(stranger: httpx.Client) -> None:
    without = {name: value for name, value in CLIENT_KEY.items() if name != "Origin"}
    assert stranger.get("/client/v1/notes", headers=without).status_code == 401


def test_a_stranger_is_refused_before_a_body_is_looked_at(stranger: httpx.Client) -> None:
    refused(stranger.put("/v1/notes/a", content=b"\xff"), 401, "unauthorized")


def test_no_project_sees_another(stranger: httpx.Client) -> None:
    assert stranger.put("/v1/notes/mine", json={"text": "x"}, headers=KEY).status_code == 200
    assert stranger.get("/v1/notes/mine", headers=OTHER_KEY).status_code == 404
    assert stranger.delete("/v1/notes/mine", headers=OTHER_KEY).status_code == 404
    assert stranger.get("/v1/notes/mine", headers=KEY).status_code == 200
