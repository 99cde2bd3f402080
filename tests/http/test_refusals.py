"""Refusals: one envelope for all, with a request id that the header repeats."""

import re
from typing import Any

import httpx
import pytest

from tests.http.conftest import ToyServer
from tests.http.toys import KEY

ENVELOPE = {"code", "key", "message", "details", "request_id"}


def refused(answer: httpx.Response, status: int, key: str) -> dict[str, Any]:
    """The envelope of an answer that must be this refusal."""
    body: dict[str, Any] = answer.json()
    assert (answer.status_code, body["code"], body["key"]) == (status, status, key)
    assert set(body) - {"resource_id", "resource_type"} == ENVELOPE
    assert body["request_id"] == answer.headers["X-Request-Id"]
    assert answer.headers["Content-Type"] == "application/json"
    assert body["message"]
    assert body["details"]
    return body


def test_an_unknown_path_is_a_404(stranger: httpx.Client) -> None:
    refused(stranger.get("/v1/nothing"), 404, "not_found")


def test_a_missing_resource_is_a_404_that_names_it(client: httpx.Client) -> None:
    body = refused(client.get("/v1/notes/absent"), 404, "not_found")
    assert (body["resource_id"], body["resource_type"]) == ("absent", "note")
    assert body["details"] == "Cannot find note with id absent"


def test_another_method_is_a_405_that_names_those_that_are_taken(client: httpx.Client) -> None:
    answer = client.post("/v1/notes/a")
    refused(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "DELETE, GET, HEAD, OPTIONS, PUT"


def test_a_fault_of_ours_is_a_500_that_tells_nothing(client: httpx.Client) -> None:
    answer = client.get("/v1/broken")
    refused(answer, 500, "internal_error")
    assert "Ada" not in answer.text


def test_every_request_has_an_id_of_its_own(client: httpx.Client) -> None:
    ids = {client.get("/v1/notes").headers["X-Request-Id"] for _ in range(50)}
    assert len(ids) == 50
    assert all(re.fullmatch("v-[0-9a-f]{18}", request_id) for request_id in ids)


@pytest.mark.parametrize("path", ["/v1/notes", "/v1/notes/absent", "/v1/nothing", "/livez"])
def test_no_answer_is_cached_or_guessed_at(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Server" not in headers


def test_head_is_get_without_the_body(client: httpx.Client) -> None:
    whole, head = client.get("/v1/notes"), client.head("/v1/notes")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.content))
    assert client.head("/v1/notes/absent").status_code == 404


def test_options_tell_the_methods_without_a_key(stranger: httpx.Client) -> None:
    answer = stranger.options("/v1/notes/a")
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Allow"] == "DELETE, GET, HEAD, OPTIONS, PUT"
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_a_refusal_leaves_the_connection_usable(server: ToyServer) -> None:
    with httpx.Client(verify=False, base_url=server.url, headers=KEY, limits=httpx.Limits(max_connections=1)) as client:
        for _ in range(3):
            assert client.put("/v1/notes/a", content=b"{").status_code == 400
            assert client.get("/v1/broken").status_code == 500
            assert client.get("/v1/notes").status_code == 200
