"""Ids in paths: any character survives, and nothing is split or decoded twice."""

from urllib.parse import quote

import httpx
import pytest

from patron.http.paths import LONGEST_URI

IDS = [
    "plain",
    "a/b",
    "a+b",
    "a b",
    "100%",
    "%2F",
    "ada@example.com",
    "čaj 茶 🫖",
    "a..b;c",
    "a?b#c&d=e",
    "\x01\x7f",
    "'; DROP TABLE notes; --",
]


@pytest.mark.parametrize("note_id", IDS)
def test_any_character_survives_in_an_id(client: httpx.Client, note_id: str) -> None:
    path = f"/v1/notes/{quote(note_id, safe='')}"
    assert client.put(path, json={"text": "x"}).json()["id"] == note_id
    assert client.get(path).json()["id"] == note_id


def test_a_plus_is_a_plus_and_no_space(client: httpx.Client) -> None:
    client.put("/v1/notes/one+two", json={"text": "x"})
    assert client.get("/v1/notes/one%2Btwo").status_code == 200
    assert client.get("/v1/notes/one%20two").status_code == 404


@pytest.mark.parametrize(
    ("segment", "told"),
    [
        ("%ff", "noteId: expected percent-encoded UTF-8"),
        ("%ed%a0%80", "noteId: expected percent-encoded UTF-8"),
        ("a%00b", "noteId: expected text without the character NUL (%00)"),
    ],
)
def test_what_is_no_text_is_a_400(client: httpx.Client, segment: str, told: str) -> None:
    answer = client.get(f"/v1/notes/{segment}")
    assert (answer.status_code, answer.json()["key"], answer.json()["details"]) == (400, "invalid_path", told)


def test_an_empty_id_is_a_404_and_not_the_list(client: httpx.Client) -> None:
    answer = client.get("/v1/notes/")
    assert (answer.status_code, answer.json()["key"]) == (404, "not_found")


def test_an_unencoded_slash_is_another_path(client: httpx.Client) -> None:
    assert client.get("/v1/notes/a/b").status_code == 404


def test_a_path_and_query_that_are_too_long_are_a_414(client: httpx.Client) -> None:
    answer = client.get("/v1/notes", params={"q": "x" * LONGEST_URI})
    assert (answer.status_code, answer.json()["key"]) == (414, "uri_too_long")
