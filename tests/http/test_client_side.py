"""The client side: what a browser needs to let a page ask, and how often one address may ask."""

from collections.abc import Iterator

import httpx
import pytest

from patron.http.addresses import Addresses
from patron.http.exchange import Exchange
from patron.http.rate_limits import HELD_CALLERS, CallerLimits
from patron.kernel.problems import Problem
from tests.http.conftest import ToyServer
from tests.http.test_refusals import refused
from tests.http.toys import CLIENT_KEY, KEY

SHOP = CLIENT_KEY["Origin"]
NOON = 1_795_521_600_000


@pytest.fixture
def toys(server: ToyServer) -> Iterator[ToyServer]:
    yield server
    server.toys.client_limit = (1_000, 1)
    server.toys.closed.clear()


def preflight(client: httpx.Client, path: str, **headers: str) -> httpx.Response:
    asking = {"Origin": SHOP, "Access-Control-Request-Method": "PUT", **headers}
    return client.options(path, headers=asking)


def shared(answer: httpx.Response) -> bool:
    return any(name.lower().startswith("access-control-") for name in answer.headers)


def test_a_browser_may_ask_before_it_sends_a_pages_request(stranger: httpx.Client) -> None:
    names = "content-type,x-client-application-id,x-client-token,x-voucherify-channel"
    answer = preflight(stranger, "/client/v1/notes/a", **{"Access-Control-Request-Headers": names})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    assert "PUT" in answer.headers["Access-Control-Allow-Methods"]
    assert answer.headers["Access-Control-Allow-Headers"] == names
    assert int(answer.headers["Access-Control-Max-Age"]) > 0
    assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("names", ["", "x" * 5_000, "a\tb", "évil", "a;b", "*"])
def test_header_names_that_are_none_are_not_repeated(stranger: httpx.Client, names: str) -> None:
    asked = {b"Origin": SHOP.encode(), b"Access-Control-Request-Headers": names.encode()}
    answer = stranger.options("/client/v1/notes/a", headers=asked)
    assert answer.status_code == 204
    assert "X-Client-Token" in answer.headers["Access-Control-Allow-Headers"]


def test_what_is_for_servers_is_not_for_pages(stranger: httpx.Client, client: httpx.Client) -> None:
    assert not shared(preflight(stranger, "/v1/notes/a"))
    assert not shared(client.get("/v1/notes", headers={"Origin": SHOP}))
    assert not shared(client.get("/client/v1/notes", headers={"Origin": SHOP}))
    assert not shared(stranger.options("/client/v1/notes/a"))


def test_a_page_may_read_what_it_is_answered(stranger: httpx.Client) -> None:
    answer = stranger.put("/client/v1/notes/a", json={"text": "x"}, headers=CLIENT_KEY)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    assert answer.headers["Vary"] == "Origin"
    assert {"X-Request-Id", "Retry-After", "X-Rate-Limit-Remaining"} <= set(
        answer.headers["Access-Control-Expose-Headers"].split(", ")
    )
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_page_may_read_why_it_is_refused(stranger: httpx.Client) -> None:
    answer = stranger.put("/client/v1/notes/a", json={"text": 1}, headers=CLIENT_KEY)
    refused(answer, 400, "invalid_payload")
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    assert stranger.put("/client/v1/notes/a", content=b"x", headers={**CLIENT_KEY, "Content-Type": "a/b"}).headers[
        "Access-Control-Allow-Origin"
    ]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": SHOP},
        {**CLIENT_KEY, "X-Client-Token": "wrong"},
        {**CLIENT_KEY, "Origin": ""},
        {**KEY, "Origin": SHOP},
    ],
)
def test_a_page_without_its_key_is_a_401_that_is_not_shared(stranger: httpx.Client, headers: dict[str, str]) -> None:
    answer = stranger.put("/client/v1/notes/a", json={"text": "x"}, headers=headers)
    refused(answer, 401, "unauthorized")
    assert not shared(answer)


def test_a_switch_that_is_off_is_a_403_that_names_the_remedy(toys: ToyServer, stranger: httpx.Client) -> None:
    toys.toys.closed.add("write_notes")
    answer = stranger.put("/client/v1/notes/a", json={"text": "x"}, headers=CLIENT_KEY)
    assert "switch it on" in refused(answer, 403, "forbidden")["details"]
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    assert stranger.get("/client/v1/notes", headers=CLIENT_KEY).status_code == 200


def test_what_patron_does_not_do_is_refused_with_the_reason(stranger: httpx.Client) -> None:
    answer = stranger.put("/client/v1/notes/a", json={"text": "x"}, headers={**CLIENT_KEY, "X-Carrier-Pigeon": "true"})
    assert refused(answer, 400, "invalid_header")["details"] == (
        "X-Carrier-Pigeon: expected none, as Patron keeps no pigeons"
    )
    kept = {**CLIENT_KEY, "X-Carrier-Pigeon": "false"}
    assert stranger.put("/client/v1/notes/a", json={"text": "x"}, headers=kept).status_code == 200


def test_a_handler_knows_which_key_asks_and_from_where(stranger: httpx.Client) -> None:
    assert stranger.get("/client/v1/who", headers=CLIENT_KEY).json() == ["CLIENT_API", "web-1", "a toy's", SHOP]
    assert stranger.get("/client/v1/who", headers={**KEY, "Origin": SHOP}).json() == ["API", "app-1", "a toy's", ""]


def test_a_page_takes_no_idempotency_key_of_the_server(stranger: httpx.Client) -> None:
    named = {"Idempotency-Key": "order-1"}
    assert stranger.put("/client/v1/notes/a", json={"text": "x"}, headers={**CLIENT_KEY, **named}).status_code == 200
    assert stranger.put("/v1/notes/a", json={"text": "y"}, headers={**KEY, **named}).json()["text"] == "y"
    again = stranger.put("/client/v1/notes/a", json={"text": "x"}, headers={**CLIENT_KEY, **named})
    assert again.headers["Idempotency-Replayed"] == "true"


def test_one_address_may_ask_so_often(toys: ToyServer, stranger: httpx.Client) -> None:
    toys.toys.client_limit = (5, 5)
    headers = {**CLIENT_KEY, "X-Forwarded-For": "198.51.100.7"}
    answers = [stranger.get("/client/v1/notes", headers=headers) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert [answer.headers["X-Rate-Limit-Remaining"] for answer in answers] == ["4", "3", "2", "1", "0", "0"]
    refused(answers[-1], 429, "too_many_requests")
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 5
    assert answers[-1].headers["Access-Control-Allow-Origin"] == SHOP

    other = {**CLIENT_KEY, "X-Forwarded-For": "198.51.100.7, 198.51.100.8"}
    assert stranger.get("/client/v1/notes", headers=other).status_code == 200
    assert stranger.get("/client/v1/notes", headers=KEY).status_code == 200


def test_pages_use_up_nothing_of_what_the_server_may_ask(toys: ToyServer, client: httpx.Client) -> None:
    toys.toys.limit = 3
    for _ in range(10):
        assert client.get("/client/v1/notes", headers={**CLIENT_KEY, "X-App-Id": ""}).status_code == 200
    assert client.get("/v1/notes").status_code == 200
    toys.toys.limit = None


def caller(peer: str, forwarded: str = "", proxies: tuple[str, ...] = ()) -> str:
    scope = {
        "method": "GET",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [(b"x-forwarded-for", forwarded.encode())],
        "client": (peer, 1) if peer else None,
    }
    return Addresses(proxies).caller(Exchange(scope, None))  # type: ignore[arg-type]


PROXIES = ("10.0.0.0/8", "fd00::/8", "203.0.113.5")


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "found"),
    [
        ("198.51.100.7", "", (), "198.51.100.7"),
        ("198.51.100.7", "192.0.2.1", (), "198.51.100.7"),
        ("198.51.100.7", "192.0.2.1", PROXIES, "198.51.100.7"),
        ("10.1.2.3", "192.0.2.1", PROXIES, "192.0.2.1"),
        ("10.1.2.3", "6.6.6.6, 192.0.2.1", PROXIES, "192.0.2.1"),
        ("10.1.2.3", "6.6.6.6,192.0.2.1,203.0.113.5, 10.9.9.9", PROXIES, "192.0.2.1"),
        ("10.1.2.3", "10.7.7.7", PROXIES, "10.7.7.7"),
        ("10.1.2.3", "", PROXIES, "10.1.2.3"),
        ("10.1.2.3", "192.0.2.1, nonsense", PROXIES, "10.1.2.3"),
        ("10.1.2.3", "192.0.2.1:4711", PROXIES, "192.0.2.1"),
        ("10.1.2.3", "[2001:db8:1:2:3::4]:4711", PROXIES, "2001:db8:1:2::/64"),
        ("10.1.2.3", "2001:db8:1:2:ffff::1", PROXIES, "2001:db8:1:2::/64"),
        ("::ffff:10.1.2.3", "192.0.2.1", PROXIES, "192.0.2.1"),
        ("fd00::1", "192.0.2.1", PROXIES, "192.0.2.1"),
        ("2001:db8:1:2:3::4", "", (), "2001:db8:1:2::/64"),
        ("", "192.0.2.1", PROXIES, ""),
        ("/run/patron.sock", "192.0.2.1", PROXIES, ""),
        ("10.1.2.3", ", ".join(["10.0.0.1"] * 10_000), PROXIES, "10.0.0.1"),
    ],
)
def test_the_caller_is_the_last_address_that_is_no_proxy_of_ours(
    peer: str, forwarded: str, proxies: tuple[str, ...], found: str
) -> None:
    assert caller(peer, forwarded, proxies) == found


def test_a_window_begins_with_the_first_request_and_ends_after_its_seconds() -> None:
    limits = CallerLimits()
    for at in (NOON + 4_900, NOON + 5_100):
        limits.take("proj_1", "a", 2, 5, at, [])
    with pytest.raises(Problem) as refusal:
        limits.take("proj_1", "a", 2, 5, NOON + 9_899, [])
    assert refusal.value.retry_after == 1
    headers: list[tuple[str, str]] = []
    limits.take("proj_1", "a", 2, 5, NOON + 9_900, headers)
    assert dict(headers)["X-Rate-Limit-Retry"] == str(NOON // 1_000 + 15)


def test_projects_and_addresses_are_counted_apart() -> None:
    limits = CallerLimits()
    for project, address in (("proj_1", "a"), ("proj_1", "b"), ("proj_2", "a")):
        limits.take(project, address, 1, 5, NOON, [])


def test_many_addresses_hold_little_memory() -> None:
    limits = CallerLimits()
    for n in range(HELD_CALLERS + 1_000):
        limits.take("proj_1", str(n), 1, 3_600, NOON, [])
    assert len(limits._windows) == HELD_CALLERS
    with pytest.raises(Problem):
        limits.take("proj_1", str(HELD_CALLERS), 1, 3_600, NOON, [])
