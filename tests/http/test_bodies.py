"""Bodies: what is no JSON of the declared form is refused by name, early and cheaply, and leaves nothing behind."""

import contextlib
import gc
import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from patron.http.bodies import DEEPEST, MOST_BYTES, MOST_DISCARDED, BodyDecoder
from patron.kernel.collector import spare_collections
from patron.kernel.problems import Problem
from tests.http.conftest import ToyServer
from tests.http.test_refusals import refused


@pytest.fixture
def collecting_as_served() -> Iterator[None]:
    """Look for cycles as a server does: the rest of a test run's process would be looked through again and again."""
    before = gc.get_threshold()
    spare_collections()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


DEEP = b"[" * 10_000 + b"]" * 10_000

FAULTS = [
    (b"", "body: expected JSON, got nothing"),
    (b"{nonsense}", "body: expected JSON, found object keys must be strings (byte 1)"),
    (b'{"text":"x"', "body: expected JSON, found its end too early"),
    (b'{"text":"x"} {}', "body: expected JSON, found trailing characters (byte 14)"),
    (b"\xef\xbb\xbf{}", "body: expected JSON without a byte order mark"),
    (b"[]", "body: expected object, got array"),
    (b'"x"', "body: expected object, got string"),
    (b"{}", "body: expected the field text"),
    (b'{"text":1}', "text: expected string, got integer"),
    (b'{"text":null}', "text: expected string, got null"),
    (b'{"text":"%b"}' % (b"x" * 101), "text: expected string of length <= 100"),
    (b'{"text":"x","stars":1.5}', "stars: expected integer, got number"),
    (b'{"text":"x","stars":1.0}', "stars: expected integer, got number"),
    (b'{"text":"x","stars":"1"}', "stars: expected integer, got string"),
    (b'{"text":"x","stars":true}', "stars: expected integer, got boolean"),
    (b'{"text":"x","stars":-1}', "stars: expected integer >= 0"),
    (b'{"text":"x","stars":18446744073709551616}', "stars: expected integer <= 5"),
    (b'{"text":"x","stars":1e999}', "stars: expected a number that fits into 64 bits"),
    (b'{"text":"x","stars":%b}' % (b"9" * 5_000), "stars: expected a number that fits into 64 bits"),
    (b'{"text":"x","stars":NaN}', "body: expected JSON, found invalid character (byte 20)"),
    (b'{"text":"x","kind":"odd"}', "kind: expected one of fancy, plain"),
    (b'{"text":"x","place":{"city":5}}', "place.city: expected string | null, got integer"),
    (b'{"text":"x","place":{"city":"%b"}}' % (b"c" * 11), "place.city: expected string of length <= 10"),
    (b'{"text":"x","metadata":[]}', "metadata: expected object, got array"),
    (b'{"text":"x","metadata":{"n":9007199254740993}}', "metadata.n: expected a finite number within \u00b12^53"),
    (b'{"text":"x","metadata":{"n":1e999}}', "metadata[...]: expected a number that fits into 64 bits"),
    (b'{"text":"a\\u0000b"}', "body: expected text without the character NUL (\\u0000)"),
    (b'{"text":"x","metadata":{"a\\u0000":1}}', "body: expected text without the character NUL (\\u0000)"),
    (b'{"text":"a\x00b"}', "body: expected JSON, found invalid character (byte 10)"),
    (b'{"text":"\\ud800"}', "body: expected JSON in which each \\ud800 to \\udfff is half of a surrogate pair"),
    (b'{"text":"\\udc00x"}', "body: expected JSON in which each \\ud800 to \\udfff is half of a surrogate pair"),
    (b'{"text":"\xff"}', "body: expected JSON in UTF-8"),
    (b'{"text":"\xed\xa0\x80"}', "body: expected JSON in UTF-8"),
    (b'{"text":"x","metadata":{"deep":%b}}' % DEEP, "body: expected at most 64 levels of objects and arrays"),
    (b'{"text":"x","unknown":%b}' % DEEP, "body: expected at most 64 levels of objects and arrays"),
    (b"[" * 100_000, "body: expected object, got array"),
    (b'{"a":' * 100_000, "body: expected at most 64 levels of objects and arrays"),
]


@pytest.mark.parametrize(("body", "told"), FAULTS, ids=range(len(FAULTS)))
def test_a_fault_is_a_400_that_says_where_and_what_was_expected(client: httpx.Client, body: bytes, told: str) -> None:
    answer = client.put("/v1/notes/never", content=body)
    assert refused(answer, 400, "invalid_payload")["details"] == told
    assert client.get("/v1/notes/never").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b'{"text":"a\\\\u0000b"}',
        b'{"text":"\\ud83e\\uded6"}',
        b'{"text":"[[[[{{{{"}',
        b'{"text":"x","metadata":{"a":[{"b":[1,2]}],"c":9007199254740992}}',
        b'{"text":"x","unknown":[1,2,3]}',
        b' {"text" : "x"} \n',
    ],
)
def test_what_only_looks_like_a_fault_is_taken(client: httpx.Client, body: bytes) -> None:
    assert client.put("/v1/notes/taken", content=body).status_code == 200


def test_of_duplicate_keys_the_last_one_counts(client: httpx.Client) -> None:
    assert client.put("/v1/notes/twice", content=b'{"text":"first","text":"last"}').json()["text"] == "last"


def test_depth_is_counted_to_the_level() -> None:
    decoder = BodyDecoder(object)
    decoder.decode(b"[" * DEEPEST + b"]" * DEEPEST)
    decoder.decode(b"[" + b"[]," * 1_000 + b'"[[[["]')
    with pytest.raises(Problem):
        decoder.decode(b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1))


@pytest.mark.parametrize(
    "body",
    [
        b"[" + b'"\\\\",' * 2_000_000 + b"1]",
        b'["' + b'\\"' * 5_000_000,
        b'"' * 10_000_000,
        b"[]" * 5_000_000,
        b"[" * 10_000_000,
        b'{"":[' * 2_000_000,
        b'["' + b"\\" * 10_000_000,
        b'["' + b"\\\\" * 4_000_000 + b'\\u0000"]',
        b"[" + b"1" * 10_000_000 + b"]",
        b"[" + b"[[[[]]]]," * 1_000_000 + b"1]",
    ],
    ids=range(10),
)
def test_the_time_to_look_at_a_body_is_linear(collecting_as_served: None, body: bytes) -> None:
    started = time.process_time()
    with contextlib.suppress(Problem):
        BodyDecoder(object).decode(body)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "media_type",
    [
        None,
        "application/json",
        "Application/JSON; charset=UTF-8",
        'application/json;charset="utf-8"',
        "application/vnd.shop.v1+json",
    ],
)
def test_json_by_any_of_its_names_is_taken(client: httpx.Client, media_type: str | None) -> None:
    headers = {} if media_type is None else {"Content-Type": media_type}
    assert client.put("/v1/notes/typed", content=b'{"text":"x"}', headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json; charset=latin-1"},
        {"Content-Type": "application/jsonp"},
        {"Content-Type": ""},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
def test_anything_else_is_a_415_that_names_the_remedy(client: httpx.Client, headers: dict[str, str]) -> None:
    answer = client.put("/v1/notes/typed", content=b'{"text":"x"}', headers=headers)
    assert "Send the body as" in refused(answer, 415, "unsupported_media_type")["details"]


def test_a_body_of_10_mb_is_taken_and_one_byte_more_is_not(client: httpx.Client) -> None:
    body = b'{"text":"x","unknown":"' + b"x" * (MOST_BYTES - 25) + b'"}'
    assert len(body) == MOST_BYTES
    assert client.put("/v1/notes/large", content=body).status_code == 200
    answer = client.put("/v1/notes/large", content=body + b" ")
    assert str(MOST_BYTES) in refused(answer, 413, "payload_too_large")["details"]


def test_a_body_without_a_declared_length_is_counted_while_it_is_read(client: httpx.Client) -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(11):
            yield b" " * 1024 * 1024

    answer = client.put("/v1/notes/large", content=parts())
    refused(answer, 413, "payload_too_large")
    assert answer.headers["Connection"] == "close"


def test_a_body_of_1_gb_is_refused_before_a_byte_of_it_is_sent(server: ToyServer) -> None:
    head = "PUT /v1/notes/a HTTP/1.1\r\nHost: x\r\nX-App-Id: app-1\r\nX-App-Token: token-1\r\nExpect: 100-continue\r\n"
    assert MOST_DISCARDED < 1_000_000_000
    with socket.create_connection(server.address, timeout=5) as connection:
        connection.sendall(f"{head}Content-Length: 1000000000\r\n\r\n".encode())
        answer = b""
        while part := connection.recv(65_536):
            answer += part
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close\r\n" in answer
    assert b'"key":"payload_too_large"' in answer


def test_a_body_that_no_operation_takes_is_let_pass(client: httpx.Client) -> None:
    assert client.request("GET", "/v1/notes", content=b"\xff" * 1_000).status_code == 200


def test_a_client_that_leaves_in_the_middle_of_its_body_changes_nothing(
    server: ToyServer, client: httpx.Client
) -> None:
    head = "PUT /v1/notes/half HTTP/1.1\r\nHost: x\r\nX-App-Id: app-1\r\nX-App-Token: token-1\r\nContent-Length: 12\r\n"
    with socket.create_connection(server.address) as connection:
        connection.sendall(f"{head}\r\n".encode() + b'{"text":"x"')
    assert client.get("/v1/notes/half").status_code == 404
