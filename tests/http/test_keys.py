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


def test_a_key_works_in_another_project_that_it_reaches(stranger: httpx.Client) -> None:
    written = stranger.put("/in/proj_2/notes/afar", json={"text": "x"}, headers=KEY)
    assert written.status_code == 200
    assert stranger.get("/v1/notes/afar", headers=OTHER_KEY).json() == written.json()
    assert stranger.get("/v1/notes/afar", headers=KEY).status_code == 404
    stranger.put("/in/proj_1/notes/near", json={"text": "y"}, headers=KEY)
    assert stranger.get("/v1/notes/near", headers=KEY).status_code == 200


def test_a_project_that_a_key_does_not_reach_is_a_404_as_if_there_were_none(stranger: httpx.Client) -> None:
    hidden = refused(stranger.get("/in/proj_1/notes", headers=OTHER_KEY), 404, "not_found")
    absent = refused(stranger.get("/in/proj_9/notes", headers=OTHER_KEY), 404, "not_found")
    assert hidden["details"].replace("proj_1", "proj_9") == absent["details"]
    refused(stranger.put("/in/proj_1/notes/a", content=b"\xff", headers=OTHER_KEY), 404, "not_found")


def test_a_write_in_another_project_is_done_once_for_each_key_of_a_retry(stranger: httpx.Client) -> None:
    headers = {**KEY, "Idempotency-Key": "from afar"}
    first = stranger.put("/in/proj_2/notes/once", json={"text": "x"}, headers=headers)
    again = stranger.put("/in/proj_2/notes/once", json={"text": "x"}, headers=headers)
    assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")
    assert (
        stranger.put("/v1/notes/once", json={"text": "x"}, headers=headers).headers.get("Idempotency-Replayed") is None
    )


def test_a_cursor_of_one_project_is_refused_in_another(stranger: httpx.Client) -> None:
    for note in ("a", "b"):
        stranger.put(f"/in/proj_2/notes/{note}", json={"text": "x"}, headers=KEY)
    cursor = stranger.get("/in/proj_2/notes?limit=1", headers=KEY).json()["next_cursor"]
    assert stranger.get(f"/in/proj_2/notes?cursor={cursor}", headers=KEY).status_code == 200
    refused(stranger.get(f"/in/proj_1/notes?cursor={cursor}", headers=KEY), 400, "invalid_query_params")


def test_what_is_derived_of_a_text_is_the_same_each_time_and_another_for_another(stranger: httpx.Client) -> None:
    first, again, other = (stranger.get(f"/v1/derived/{text}", headers=KEY).json() for text in ("a", "a", "b"))
    assert first == again != other
    assert len(bytes.fromhex(first)) == 32
