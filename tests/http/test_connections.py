"""Connections: what never becomes a request is refused in the envelope, and holds neither memory nor a connection."""

import json
import select
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest

from patron.http import connections
from patron.http.metrics import REQUESTS
from tests.http.conftest import ToyServer
from tests.http.test_refusals import ENVELOPE

Answer = tuple[int, dict[str, object]]


@pytest.fixture
def connection(server: ToyServer) -> Iterator[socket.socket]:
    with socket.create_connection(server.address, timeout=10) as connection:
        yield connection


def answer(connection: socket.socket) -> Answer:
    """The status and the body of what comes until the server hangs up."""
    received = b""
    with suppress(ConnectionResetError):  # where it hangs up on what was still on its way
        while part := connection.recv(65_536):
            received += part
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def refused(found: Answer, status: int, key: str) -> None:
    assert (found[0], found[1]["code"], found[1]["key"]) == (status, status, key)
    assert set(found[1]) == ENVELOPE


@pytest.mark.parametrize("start", [b"GET /v1/notes HTTP/1.1\r\nX-Endless: ", b"GET /v1/notes?", b"GET / HTTP/1.1\r\n"])
def test_a_head_without_an_end_is_not_listened_to_for_ever(connection: socket.socket, start: bytes) -> None:
    part = b"X-More: more\r\n" * 1_000 if start.endswith(b"\n") else b"a" * 10_000
    with pytest.raises(OSError, match=r"[Bb]roken pipe|reset"):
        connection.sendall(start + part * 10_000)


def test_a_large_head_is_told_why(connection: socket.socket) -> None:
    connection.sendall(b"GET /v1/notes HTTP/1.1\r\nX-Large: ")
    while not select.select([connection], [], [], 0.01)[0]:
        connection.sendall(b"a" * 10_000)
    refused(answer(connection), 431, "headers_too_large")


@pytest.mark.parametrize(
    "garbage", [b"\x00\x01\x02\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00\x01", b"GET / HTTP/9.9\r\n\r\n"]
)
def test_what_is_no_http_is_a_400(connection: socket.socket, garbage: bytes) -> None:
    connection.sendall(garbage)
    refused(answer(connection), 400, "malformed_request")


def test_a_head_that_does_not_come_is_a_408(
    server: ToyServer, connection: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.2)
    connection.sendall(b"GET /v1/notes HTTP/1.1\r\nHost: ")
    refused(answer(connection), 408, "request_timeout")


def test_a_connection_that_says_nothing_is_ended(
    server: ToyServer, connection: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.2)
    refused(answer(connection), 408, "request_timeout")


def test_a_body_that_does_not_come_is_given_up(
    server: ToyServer, connection: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.2)
    head = b"PUT /v1/notes/slow HTTP/1.1\r\nHost: x\r\nX-App-Id: app-1\r\nX-App-Token: token-1\r\n"
    connection.sendall(head + b'Content-Length: 12\r\n\r\n{"text"')
    assert connection.recv(1_000) == b""


def test_a_slow_answer_is_no_slow_request(
    server: ToyServer, connection: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two requests a connection may rest for as long as it is kept alive."""
    request = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
    connection.sendall(request)
    assert connection.recv(1_000).startswith(b"HTTP/1.1 200")
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.2)
    time.sleep(1)
    connection.sendall(request)
    assert connection.recv(1_000).startswith(b"HTTP/1.1 200")


def test_an_answer_comes_in_one_packet(connection: socket.socket) -> None:
    for _ in range(50):
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(10_000).startswith(b"HTTP/1.1 200")
    assert data_packets_in(connection) == 50


def data_packets_in(connection: socket.socket) -> int:
    """How many packets with data have come, by `tcpi_data_segs_in` of Linux's `struct tcp_info`."""
    [packets] = struct.unpack_from("I", connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 156), 152)
    return int(packets)


def test_an_answer_of_many_parts_is_whole(client: httpx.Client) -> None:
    said = {"text": "long " * 400_000}
    assert client.post("/v1/echo", json=said).json() == said


def test_the_write_of_a_client_who_has_left_is_dropped(
    server: ToyServer, client: httpx.Client, connection: socket.socket
) -> None:
    body = b'{"text": "x", "slow": true}'
    head = b"PUT /v1/notes/of-one-who-left HTTP/1.1\r\nHost: x\r\nX-App-Id: app-1\r\nX-App-Token: token-1\r\n"
    connection.sendall(head + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    while not REQUESTS.in_flight:
        time.sleep(0.001)
    connection.close()
    while REQUESTS.in_flight:
        time.sleep(0.01)
    assert client.get("/v1/notes/of-one-who-left").status_code == 404
