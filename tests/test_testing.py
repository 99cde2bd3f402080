"""`patron.testing`, as another project's tests use it."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from patron.testing import Patron, PatronServer, running

pytest_plugins = ["pytester"]

READMES_TEST = """
import httpx

pytest_plugins = ["patron.testing"]


def sign_up(email, loyalty_url, headers):
    httpx.post(f"{loyalty_url}/v1/customers", headers=headers, json={"source_id": email, "name": "Ada"})


def test_a_signup_reaches_the_loyalty_system(patron):
    sign_up("ada@example.com", loyalty_url=patron.url, headers=patron.headers)
    assert patron.get("/v1/customers/ada@example.com").json()["name"] == "Ada"


def test_another_test_sees_nothing_of_it(patron):
    assert patron.get("/v1/customers").json()["total"] == 0
    assert patron.get("/v1/customers/ada@example.com").status_code == 404
"""


@pytest.fixture(scope="module")
def server() -> Iterator[PatronServer]:
    with running() as server:
        yield server


def test_the_fixture_works_in_a_project_that_knows_nothing_of_patron(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(READMES_TEST)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)


def test_a_test_has_its_project_in_milliseconds(server: PatronServer) -> None:
    seconds = []
    for _ in range(20):
        started = time.process_time()
        with server.project() as patron:
            assert patron.get("/v1/customers").status_code == 200
        seconds.append(time.process_time() - started)
    assert sorted(seconds)[10] < 0.1


def test_many_tests_at_once_have_a_project_each(server: PatronServer) -> None:
    def total(n: int) -> int:
        with server.project() as patron:
            for name in range(n):
                assert patron.post("/v1/customers", json={"name": f"{name}"}).status_code == 200
            return int(patron.get("/v1/customers").json()["total"])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(total, range(8))) == list(range(8))


def test_it_is_the_real_server(server: PatronServer) -> None:
    with server.project() as patron:
        assert isinstance(patron, Patron)
        refusal = patron.post("/v1/customers", json={"name": 5})
        assert refusal.status_code == 400
        assert refusal.json()["request_id"] == refusal.headers["X-Request-Id"]
        assert httpx.get(f"{patron.url}/v1/customers").status_code == 401
