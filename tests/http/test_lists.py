"""Lists: the envelope, and cursors that nobody can make or move."""

from collections.abc import Iterator

import httpx
import pytest

from patron.http.cursors import Cursors
from patron.kernel.problems import Problem
from tests.http.test_refusals import refused
from tests.http.toys import OTHER_KEY, SECRETS


@pytest.fixture
def notes(client: httpx.Client) -> Iterator[list[str]]:
    """Five notes, and no others."""
    before = [note["id"] for note in client.get("/v1/notes?limit=100").json()["notes"]]
    for note_id in before:
        client.delete(f"/v1/notes/{note_id}")
    made = [f"note-{n}" for n in range(5)]
    for note_id in made:
        client.put(f"/v1/notes/{note_id}", json={"text": "x"})
    yield made
    for note_id in made:
        client.delete(f"/v1/notes/{note_id}")


def test_a_list_says_what_it_lists(client: httpx.Client, notes: list[str]) -> None:
    page = client.get("/v1/notes").json()
    assert (page["object"], page["data_ref"], page["total"], page["has_more"]) == ("list", "notes", 5, False)
    assert [note["id"] for note in page["notes"]] == notes
    assert "next_cursor" not in page


def test_cursors_lead_through_the_whole_list(client: httpx.Client, notes: list[str]) -> None:
    seen: list[str] = []
    page = client.get("/v1/notes?limit=2").json()
    while True:
        seen += [note["id"] for note in page["notes"]]
        if not page["has_more"]:
            break
        page = client.get("/v1/notes", params={"limit": 2, "cursor": page["next_cursor"]}).json()
    assert seen == notes


def _tampered(cursor: str) -> list[str]:
    payload, _, signature = cursor.partition(".")
    return [
        "",
        ".",
        "x",
        cursor + "x",
        cursor[:-1],
        cursor.swapcase(),
        f"{payload}.",
        f".{signature}",
        f"{payload[:-2]}AA.{signature}",
        "é" * 10,
        "x" * 10_000,
    ]


def test_a_tampered_cursor_is_a_400(client: httpx.Client, notes: list[str]) -> None:
    cursor = client.get("/v1/notes?limit=2").json()["next_cursor"]
    for tampered in _tampered(cursor):
        answer = client.get("/v1/notes", params={"cursor": tampered})
        assert refused(answer, 400, "invalid_query_params")["details"].startswith("cursor: expected the next_cursor")


def test_a_cursor_is_of_one_project(client: httpx.Client, notes: list[str]) -> None:
    cursor = client.get("/v1/notes?limit=2").json()["next_cursor"]
    refused(client.get("/v1/notes", params={"cursor": cursor}, headers=OTHER_KEY), 400, "invalid_query_params")


def test_a_cursor_is_of_one_list(client: httpx.Client, notes: list[str]) -> None:
    cursor = client.get("/v1/notes?limit=2").json()["next_cursor"]
    refused(client.get("/v1/others", params={"cursor": cursor}), 400, "invalid_query_params")


def test_a_position_comes_back_as_it_was_sealed() -> None:
    position = (1617882607466, None, "čaj/🫖", -(2**63), "")
    assert Cursors(SECRETS, "list", "proj_1").open(Cursors(SECRETS, "list", "proj_1").seal(position)) == position


def test_another_secret_opens_nothing() -> None:
    with pytest.raises(Problem):
        Cursors("another secret", "list", "proj_1").open(Cursors(SECRETS, "list", "proj_1").seal((1,)))
