"""Async actions and their reports (spec C 5.4)."""

import re

import httpx
import pytest

from patron.kernel.clock import from_iso
from tests.http.test_refusals import refused
from tests.support.imports import Action, bulk
from tests.support.servers import Shop


@pytest.fixture
def client(shared_shop: Shop) -> httpx.Client:
    return shared_shop.client


@pytest.fixture
def action(client: httpx.Client) -> Action:
    return bulk(client, [{"source_id": "a", "name": "x"}])


def listed(client: httpx.Client, **query: str | int) -> dict[str, object]:
    answer = client.get("/v1/async-actions", params=query)
    assert answer.status_code == 200, answer.text
    body: dict[str, object] = answer.json()
    return body


def test_an_action_is_told_in_full(action: Action) -> None:
    assert re.fullmatch("aa_[0-9A-Za-z]{24}", action["id"])
    assert re.fullmatch("v-[0-9a-f]+", action["request_id"])
    assert action["object"] == "async_action"
    assert action["processing_time"] >= 0
    assert action["progress"] == 100
    assert from_iso(action["updated_at"]) >= from_iso(action["created_at"])
    assert set(action["result"]) == {"done_count", "failed_count", "errors", "reports", "reports_available_till"}
    assert action["result"]["reports_available_till"] > action["updated_at"]


def test_an_unknown_action_is_a_404(client: httpx.Client) -> None:
    body = refused(client.get("/v1/async-actions/aa_nothing"), 404, "not_found")
    assert (body["resource_id"], body["resource_type"]) == ("aa_nothing", "async_action")


def test_the_list_is_newest_first_and_goes_on_by_cursor_and_by_date(client: httpx.Client) -> None:
    made = [bulk(client, [{"source_id": f"l{n}"}])["id"] for n in range(5)]
    seen: list[str] = []
    query: dict[str, str | int] = {"limit": 2}
    while True:
        page = listed(client, **query)
        entries: list[Action] = page["async_actions"]  # type: ignore[assignment]
        assert (page["object"], page["data_ref"]) == ("list", "async_actions")
        assert "result" not in entries[0]
        seen += [entry["id"] for entry in entries]
        if not page["has_more"]:
            break
        query["cursor"] = str(page["next_cursor"])
    assert seen[:5] == made[::-1]
    assert len(seen) == len(set(seen))
    newest = listed(client, limit=1)["async_actions"][0]  # type: ignore[index]
    before = listed(client, end_date=newest["created_at"])["async_actions"]
    assert newest["id"] not in [entry["id"] for entry in before]  # type: ignore[attr-defined]


@pytest.mark.parametrize("query", [{"end_date": "soon"}, {"limit": "0"}, {"limit": "101"}, {"cursor": "x"}])
def test_a_query_that_cannot_be_used_is_a_400(client: httpx.Client, query: dict[str, str]) -> None:
    assert (
        next(iter(query))
        in refused(client.get("/v1/async-actions", params=query), 400, "invalid_query_params")["details"]
    )


def test_a_report_opens_with_its_link_alone(action: Action) -> None:
    [url] = action["result"]["reports"]
    assert httpx.get(url, trust_env=False).content.startswith(
        b"row,source_id,id,found,updated,key,details,changes\r\n1,a,"
    )


def test_a_link_that_was_changed_opens_nothing(action: Action) -> None:
    [url] = action["result"]["reports"]
    for wrong in (url[:-9] + ("A" if url[-9] != "A" else "B") + url[-8:], url + "x", url.rsplit("/", 1)[0] + "/x"):
        answer = httpx.get(wrong, trust_env=False)
        assert answer.status_code == 404
        assert "row,source_id" not in answer.text
