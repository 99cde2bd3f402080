"""Idempotency keys: sent again is answered again, byte for byte, and done once (unit-of-work rule 17)."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from patron.db.actions import Ctx
from patron.http.idempotency import IDEMPOTENCY_KEYS, KEEP_MS, RECORD
from patron.kernel.clock import now_ms
from patron.queue.purge import Purge, purge_of
from tests.http.conftest import ToyServer
from tests.http.test_refusals import refused
from tests.http.toys import KEY, OTHER_KEY


def put(client: httpx.Client, key: str, text: str = "x", note: str = "kept") -> httpx.Response:
    return client.put(f"/v1/notes/{note}", json={"text": text}, headers={"Idempotency-Key": key})


def times_written(client: httpx.Client, note: str = "kept") -> int:
    return int(client.get(f"/v1/notes/{note}").json()["times_written"])


def test_the_same_request_again_gets_the_first_answer_and_changes_nothing(client: httpx.Client) -> None:
    first = put(client, "k-1")
    written = times_written(client)
    again = put(client, "k-1")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert times_written(client) == written
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["X-Request-Id"] != first.headers["X-Request-Id"]


def test_without_a_key_a_write_is_done_each_time(client: httpx.Client) -> None:
    client.put("/v1/notes/often", json={"text": "x"})
    client.put("/v1/notes/often", json={"text": "x"})
    assert times_written(client, "often") == 2


def test_the_answer_is_kept_when_the_world_has_moved_on(client: httpx.Client) -> None:
    first = put(client, "k-2")
    put(client, "k-3", text="changed since")
    assert put(client, "k-2").content == first.content
    assert client.get("/v1/notes/kept").json()["text"] == "changed since"


def test_a_deletion_sent_again_is_a_204_again_and_no_404(client: httpx.Client) -> None:
    client.put("/v1/notes/gone", json={"text": "x"})
    key = {"Idempotency-Key": "k-4"}
    assert client.delete("/v1/notes/gone", headers=key).status_code == 204
    again = client.delete("/v1/notes/gone", headers=key)
    assert (again.status_code, again.content, again.headers["Idempotency-Replayed"]) == (204, b"", "true")
    assert client.delete("/v1/notes/gone").status_code == 404


def test_another_request_under_the_same_key_is_a_422(client: httpx.Client) -> None:
    put(client, "k-5")
    refused(put(client, "k-5", text="other body"), 422, "idempotency_key_reused")
    refused(put(client, "k-5", note="other-path"), 422, "idempotency_key_reused")
    other_query = client.put("/v1/notes/kept?a=1", json={"text": "x"}, headers={"Idempotency-Key": "k-5"})
    refused(other_query, 422, "idempotency_key_reused")
    refused(client.delete("/v1/notes/kept", headers={"Idempotency-Key": "k-5"}), 422, "idempotency_key_reused")


def test_a_key_is_of_one_project(client: httpx.Client) -> None:
    put(client, "k-6")
    other = client.put("/v1/notes/kept", json={"text": "y"}, headers={**OTHER_KEY, "Idempotency-Key": "k-6"})
    assert other.status_code == 200
    assert "Idempotency-Replayed" not in other.headers


def test_a_problem_is_not_stored(client: httpx.Client) -> None:
    refused(put(client, "k-7", text="impossible"), 404, "not_found")
    refused(client.put("/v1/notes/kept", content=b"{", headers={"Idempotency-Key": "k-7"}), 400, "invalid_payload")
    assert put(client, "k-7").status_code == 200


def test_a_recorded_refusal_is_stored_like_any_answer(client: httpx.Client) -> None:
    first, again = put(client, "k-8", text="refused"), put(client, "k-8", text="refused")
    assert (first.status_code, first.content) == (again.status_code, again.content) == (400, b'{"refused":true}')
    assert again.headers["Idempotency-Replayed"] == "true"


def test_of_many_at_once_one_is_done_and_all_get_its_answer(server: ToyServer, client: httpx.Client) -> None:
    def send(_n: int) -> httpx.Response:
        with httpx.Client(verify=False, base_url=server.url, headers=KEY) as own:
            return put(own, "k-9", note="raced")

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(send, range(16)))
    assert {answer.content for answer in answers} == {answers[0].content}
    assert [answer.status_code for answer in answers] == [200] * 16
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    assert times_written(client, "raced") == 1


def test_of_two_deletions_at_once_both_get_the_204(server: ToyServer, client: httpx.Client) -> None:
    def delete(n: int) -> int:
        with httpx.Client(verify=False, base_url=server.url, headers=KEY) as own:
            return own.delete(f"/v1/notes/raced-{n // 2}", headers={"Idempotency-Key": f"d-{n // 2}"}).status_code

    for n in range(20):
        client.put(f"/v1/notes/raced-{n}", json={"text": "x"})
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(delete, range(40))) == [204] * 40


@pytest.mark.parametrize("key", ["", "x" * 256, b"caf\xc3\xa9", b"tab\there"])
def test_a_key_that_is_none_is_a_400(client: httpx.Client, key: str | bytes) -> None:
    headers = [(b"Idempotency-Key", key.encode() if isinstance(key, str) else key)]
    answer = client.put("/v1/notes/kept", json={"text": "x"}, headers=headers)
    assert refused(answer, 400, "invalid_header")["details"].startswith("Idempotency-Key: expected 1 to 255")


def test_a_read_minds_no_key(client: httpx.Client) -> None:
    answer = client.get("/v1/notes", headers={"Idempotency-Key": "x" * 300})
    assert answer.status_code == 200


def test_old_records_are_purged_and_young_ones_kept(server: ToyServer, client: httpx.Client) -> None:
    put(client, "k-10")
    purge = purge_of(IDEMPOTENCY_KEYS)

    async def purged(before: int) -> bool:
        await server.toys.units.write(purge, Ctx("proj_1", now_ms(), b""), Purge(before), bulk=True)
        record = await server.toys.database.one(RECORD, project_id="proj_1", key="k-10")
        return record is None

    assert not server.do(lambda: purged(now_ms() - KEEP_MS))
    assert server.do(lambda: purged(now_ms() + 1))
    assert "Idempotency-Replayed" not in put(client, "k-10").headers
