"""Uploads: one file in a form; anything else in its place is refused by name, early and cheaply, and writes nothing."""

import socket
import time
from typing import Any

import httpx
import msgspec
import pytest

from patron.http.bodies import MOST_BYTES
from patron.http.openapi import document
from patron.http.uploads import MOST_PARTS
from tests.http.conftest import ToyServer
from tests.http.test_refusals import refused
from tests.http.toys import ROUTES

FORM = "multipart/form-data; boundary=b"
DISPOSITION = b'Content-Disposition: form-data; name="file"; filename="a.csv"\r\n'
WHOLE = b"--b\r\n" + DISPOSITION + b"\r\nid,name\r\n--b--\r\n"


def send(client: httpx.Client, body: bytes, declared: str | bytes = FORM, **headers: str) -> httpx.Response:
    kind = declared.encode() if isinstance(declared, str) else declared
    sent = {b"Content-Type": kind, **{name.encode(): value.encode() for name, value in headers.items()}}
    return client.put("/v1/notes/up/file", content=body, headers=sent)


def send_file(client: httpx.Client, *file: Any, note: str = "up", **headers: str) -> httpx.Response:
    return client.put(f"/v1/notes/{note}/file", files={"file": file}, headers=headers)


def part(*lines: bytes, content: bytes = b"x") -> bytes:
    return b"--b\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + content + b"\r\n"


def test_a_file_is_taken_with_its_name(client: httpx.Client) -> None:
    assert send_file(client, "people.csv", b"id,name\n", "text/csv").json()["text"] == "people.csv: id,name\n"
    assert send(client, WHOLE).json()["text"] == "a.csv: id,name"


def test_other_parts_are_read_over(client: httpx.Client) -> None:
    answer = client.put("/v1/notes/up/file", files={"file": ("a", b"1")}, data={"callback": "x" * 1_000, "n": "2"})
    assert answer.json()["text"] == "a: 1"


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("C:\\\\people\\\\all.csv", "all.csv"),
        ("../../etc/passwd", "passwd"),
        ("zoë.csv", "zoë.csv"),
        ("a\x01\x7fb", "ab"),
        ("", ""),
    ],
)
def test_a_name_is_a_name_and_no_path(client: httpx.Client, sent: str, shown: str) -> None:
    disposition = f'Content-Disposition: form-data; name="file"; filename="{sent}"'.encode()
    assert send(client, part(disposition) + b"--b--").json()["text"] == f"{shown}: x"


def test_an_empty_file_and_one_that_looks_like_the_boundary_are_files(client: httpx.Client) -> None:
    assert send_file(client, "a", b"").json()["text"] == "a: "
    assert send(client, part(DISPOSITION[:-2], content=b"--b-\r\n-b\r\n--") + b"--b--").json()["text"] == (
        "a.csv: --b-\r\n-b\r\n--"
    )


def test_a_file_of_10_mb_is_taken_and_one_byte_more_is_not(client: httpx.Client) -> None:
    assert send_file(client, "a", b"x" * MOST_BYTES).status_code == 200
    answer = send_file(client, "a", b"x" * (MOST_BYTES + 1))
    assert str(MOST_BYTES) in refused(answer, 413, "payload_too_large")["details"]


def test_a_form_far_past_10_mb_is_refused_before_a_byte_of_it_is_sent(server: ToyServer) -> None:
    head = (
        "PUT /v1/notes/up/file HTTP/1.1\r\nHost: x\r\nX-App-Id: app-1\r\nX-App-Token: token-1\r\n"
        f"Content-Type: {FORM}\r\nContent-Length: 1000000000\r\n\r\n"
    )
    with socket.create_connection(server.address, timeout=5) as connection:
        connection.sendall(head.encode())
        assert connection.recv(65_536).startswith(b"HTTP/1.1 413 ")


UNTYPED = ["application/json", "text/csv", "multipart/mixed; boundary=b", "multipart/form-data", "", "; boundary=b"]


@pytest.mark.parametrize("declared", UNTYPED)
def test_anything_but_a_form_is_a_415_that_names_the_remedy(client: httpx.Client, declared: str) -> None:
    assert "multipart/form-data" in refused(send(client, WHOLE, declared), 415, "unsupported_media_type")["details"]


def test_a_compressed_form_is_a_415(client: httpx.Client) -> None:
    refused(send(client, WHOLE, **{"Content-Encoding": "gzip"}), 415, "unsupported_media_type")


HOSTILE: list[tuple[str | bytes, bytes]] = [
    (FORM, b""),
    (FORM, b"--b"),
    (FORM, b"--b\r\n"),
    (FORM, b"--b--"),
    (FORM, b"--b\r\n\r\n"),
    (FORM, WHOLE[:-8]),
    (FORM, WHOLE[: WHOLE.index(b"\r\n\r\n")]),
    (FORM, WHOLE.replace(b"\r\n", b"\n")),
    (FORM, b'{"text":"x"}'),
    (FORM, b"\xff" * 10_000),
    (FORM, b"--b" * 1_000_000),
    (FORM, b"--b\r\n" * 1_000_000),
    (FORM, b"\r\n--" * 2_000_000),
    (FORM, b"-" * 10_000_000),
    (FORM, part(b"Content-Disposition: form-data; name=other") + b"--b--"),
    (FORM, part(b"Content-Disposition: form-data") + b"--b--"),
    (FORM, part(b"X: y") + b"--b--"),
    (FORM, part(DISPOSITION[:-2], b"X: " + b"y" * 9_000) + b"--b--"),
    (FORM, part(DISPOSITION[:-2], *[b"X: y"] * 3_000) + b"--b--"),
    (FORM, part(DISPOSITION[:-2]) * 2 + b"--b--"),
    (FORM, part(DISPOSITION[:-2]) * 5_000 + b"--b--"),
    (FORM, part(b"Content-Disposition: form-data; name=n") * MOST_PARTS + part(DISPOSITION[:-2]) + b"--b--"),
    (FORM, part(DISPOSITION[:-2], b"Content-Transfer-Encoding: base64") + b"--b--"),
    (FORM, part(b'Content-Disposition: form-data; name="\xff\xfe"') + b"--b--"),
    (FORM, part(b"Content-Disposition: form-data; name=file; filename*=nonsense''%ff") + b"--b--"),
    (FORM, part(b"Content-Disposition: form-data; name=file; filename*=utf-8''%ff") + b"--b--"),
    (FORM, part(b"Content-Disposition: form-data; name=file; filename*=hex''ab") + b"--b--"),
    (FORM, part(b"Content-Disposition: " + b";" * 8_000) + b"--b--"),
    (FORM, part(b'Content-Disposition: form-data; name="' + b'\\"' * 3_500) + b"--b--"),
    (FORM, part(DISPOSITION[:-2], content=b"x" * 5_000_000)),
    ("multipart/form-data; boundary=", WHOLE),
    ('multipart/form-data; boundary=""', WHOLE),
    ('multipart/form-data; boundary="   "', WHOLE),
    ("multipart/form-data; boundary=" + "b" * 71, WHOLE),
    ("multipart/form-data; boundary=" + "b" * 20_000, WHOLE),
    ("multipart/form-data; boundary=c", WHOLE),
    ("multipart/form-data; xboundary=b; boundary =", WHOLE),
    (b"multipart/form-data; boundary=\xff\xfe", WHOLE),
    ("multipart/form-data;" + ' a="' * 5_000 + "; boundary=c", WHOLE),
    ("multipart/form-data; boundary=-", b"--" * 5_000_000),
    ("multipart/form-data; boundary=----------------------------------------", b"-" * 10_000_000),
]


@pytest.mark.parametrize(("declared", "body"), HOSTILE, ids=range(len(HOSTILE)))
def test_a_form_that_is_none_is_a_400_and_soon(client: httpx.Client, declared: str | bytes, body: bytes) -> None:
    started = time.process_time()
    answer = send(client, body, declared, **{"Idempotency-Key": "free for the next"})
    assert answer.status_code == 400, answer.text
    refused(answer, 400, "invalid_payload")
    assert time.process_time() - started < 5


def test_a_file_that_is_sent_again_in_another_form_is_the_same_request(client: httpx.Client) -> None:
    first = send_file(client, "a.csv", b"1", note="again", **{"Idempotency-Key": "upload"})
    again = send_file(client, "a.csv", b"1", note="again", **{"Idempotency-Key": "upload"})
    assert first.request.headers["Content-Type"] != again.request.headers["Content-Type"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.content == first.content
    other = send_file(client, "a.csv", b"2", note="again", **{"Idempotency-Key": "upload"})
    refused(other, 422, "idempotency_key_reused")


def test_the_document_says_that_a_form_is_taken() -> None:
    operation = msgspec.json.decode(document(ROUTES))["paths"]["/v1/notes/{noteId}/file"]["put"]
    assert operation["requestBody"]["content"]["multipart/form-data"]["schema"]["required"] == ["file"]
    assert {"400", "413", "415"} <= set(operation["responses"])
