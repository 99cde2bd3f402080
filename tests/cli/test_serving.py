"""`patron serve` and `patron demo`: from the first start to the last answer."""

import shlex
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

import httpx
import pytest

from tests.cli.running import Running, Shell, running

BOOTSTRAP = {"PATRON_BOOTSTRAP_APP_ID": "shop", "PATRON_BOOTSTRAP_APP_TOKEN": "s3cret"}
HEADERS = {"X-App-Id": "shop", "X-App-Token": "s3cret"}


def test_a_first_start_on_an_empty_database_is_usable_at_once(database_url: str) -> None:
    with running(database_url, "serve", **BOOTSTRAP) as server:
        assert httpx.get(f"{server.url}/readyz").status_code == 200
        assert httpx.get(f"{server.url}/v1/customers", headers=HEADERS).json()["total"] == 0
        assert httpx.get(f"{server.url}/v1/customers", headers={**HEADERS, "X-App-Token": "x"}).status_code == 401


def test_a_restart_keeps_everything_and_changes_nothing(database_url: str) -> None:
    with running(database_url, "serve", **BOOTSTRAP) as server:
        made = httpx.post(f"{server.url}/v1/customers", headers=HEADERS, json={"source_id": "ada"}).json()
        assert server.stop() == 0
    with running(database_url, "serve", **BOOTSTRAP) as server:
        assert httpx.get(f"{server.url}/v1/customers/ada", headers=HEADERS).json()["id"] == made["id"]


def test_other_bootstrap_values_are_an_error_that_names_them(database_url: str, shell: Shell) -> None:
    with running(database_url, "serve", **BOOTSTRAP) as server:
        assert server.stop() == 0
    other = {**BOOTSTRAP, "PATRON_BOOTSTRAP_APP_TOKEN": "another"}
    said = shell.run("serve", "--port", "0", fails=True, **other)
    assert "PATRON_BOOTSTRAP_APP_" in said
    assert "another" not in said


def test_one_file_has_one_server(file: Shell) -> None:
    with running(file.database_url, "serve"):
        said = file.run("serve", "--port", "0", fails=True)
        assert "shop.db" in said
        assert "Stop it first" in said
    with running(file.database_url, "serve") as server:
        assert httpx.get(f"{server.url}/readyz").status_code == 200


def test_a_port_that_is_taken_is_named(file: Shell, tmp_path_factory: pytest.TempPathFactory) -> None:
    with running(file.database_url, "serve") as server:
        other = f"sqlite:///{tmp_path_factory.mktemp('other')}/other.db"
        port = server.url.rsplit(":", 1)[1]
        assert "PATRON_PORT" in file.run("serve", "--port", port, fails=True, PATRON_DATABASE_URL=other)


def test_a_key_made_beside_a_running_server_works_at_once_and_ends_within_a_second(
    database_url: str,
    shell: Shell,
) -> None:
    with running(database_url, "serve") as server:
        project = shell.run("projects", "create", "Shop").strip()
        lines = shell.run("keys", "create", "--project", project).splitlines()
        headers = dict(line.split(": ") for line in lines)
        for _ in range(3):
            assert httpx.get(f"{server.url}/v1/customers", headers=headers).status_code == 200
        shell.run("keys", "revoke", headers["X-App-Id"])
        time.sleep(1)
        assert httpx.get(f"{server.url}/v1/customers", headers=headers).status_code == 401


def test_the_demo_prints_requests_that_work(database_url: str) -> None:
    with running(database_url, "demo") as server:
        requests = [line for line in server.printed.splitlines() if line.startswith("curl ")]
        answers = [_as_curl_would(line) for line in requests]
        assert [answer.status_code for answer in answers] == [200] * 7
        assert len(answers[0].json()["customers"]) == 3
        assert answers[0].json()["total"] >= 24
        assert answers[2].json()["name"] == "Ada Lovelace"
        assert answers[3].json()["type"] == "review_left"
        assert [entry["type"] for entry in answers[4].json()["data"]] == ["customer.custom_event", "customer.created"]
        code = answers[5].json()["voucher"]["code"]
        assert [each["redeemable"]["voucher"]["code"] for each in answers[6].json()["data"]] == [code]


def test_the_demo_prints_the_page_of_a_customer(database_url: str) -> None:
    with running(database_url, "demo") as server:
        [link] = [line for line in server.printed.splitlines() if "/cockpit/" in line]
        answer = httpx.get(link)
        assert answer.status_code == 200
        assert "demo-001@example.com" in answer.text
        assert "Newsletter" in answer.text
        assert "WELCOME-" in answer.text
        assert "GIFT-" in answer.text


def test_the_demo_shop_has_campaigns_with_codes_that_some_customers_have(database_url: str) -> None:
    with running(database_url, "demo") as server:
        curl = _first_curl(server.printed)
        campaigns = _as_curl_would(curl.replace("/v1/customers?limit=3", "/v1/campaigns?order=created_at")).json()
        published = _as_curl_would(curl.replace("/v1/customers?limit=3", "/v1/publications?limit=100")).json()
        first = _as_curl_would(curl.replace("/v1/customers?limit=3", "/v1/customers/demo-001")).json()
    told = [(each["name"], each["vouchers_count"], each["active"]) for each in campaigns["campaigns"]]
    assert told == [("Welcome", 24, True), ("Gift cards", 8, True)]
    assert published["total"] == 16
    assert {each["result"] for each in published["publications"]} == {"SUCCESS"}
    assert first["summary"]["redemptions"]["gift"]["amount_to_go"] == 2_500


def test_the_demo_shop_asks_for_consents_and_has_some(database_url: str) -> None:
    with running(database_url, "demo") as server:
        curl = _first_curl(server.printed)
        listed = _as_curl_would(curl.replace("/v1/customers?limit=3", "/v1/consents")).json()
        ids = [consent["id"] for consent in listed["consents"]["data"]]
        assert [group["consents"] for group in listed["groups"]["data"]] == [ids]
        customers = _as_curl_would(curl.replace("limit=3", "limit=100")).json()["customers"]
    said = [consents for each in customers if (consents := each["system_metadata"].get("consents"))]
    assert 10 < len(said) < len(customers)
    assert {key for consents in said for key in consents} == {*ids, "unsubscribed"}


def test_the_second_demo_finds_the_first_ones_shop(database_url: str) -> None:
    with running(database_url, "demo") as server:
        first = server.printed.replace(server.url, "")
        total = _as_curl_would(_first_curl(server.printed)).json()["total"]
        assert server.stop() == 0
    with running(database_url, "demo") as server:
        assert server.printed.replace(server.url, "") == first
        assert _as_curl_would(_first_curl(server.printed)).json()["total"] == total


def test_a_stop_finishes_what_was_accepted(database_url: str) -> None:
    with (
        running(database_url, "serve", **BOOTSTRAP) as server,
        _shop(server) as shop,
        ThreadPoolExecutor(16) as callers,
    ):
        _create(shop, 0)
        answers = [callers.submit(_create, shop, n) for n in range(1, 400)]
        wait(answers, return_when=FIRST_COMPLETED)
        assert server.stop() == 0
        made = [source_id for answer in answers if (source_id := answer.result()) is not None]
    assert made
    with running(database_url, "serve", **BOOTSTRAP) as server, _shop(server) as shop:
        assert {shop.get(f"/v1/customers/{name}").status_code for name in made} == {200}


def test_the_log_holds_neither_path_nor_query_nor_token(database_url: str) -> None:
    with running(database_url, "serve", **BOOTSTRAP) as server:
        httpx.get(f"{server.url}/v1/customers/ada@example.com?expand=secret", headers=HEADERS)
        server.stop()
        assert '"/v1/customers/{customerId}"' in server.logged
        for private in ("ada@example.com", "expand=secret", "s3cret"):
            assert private not in server.logged


def _shop(server: Running) -> httpx.Client:
    return httpx.Client(verify=False, base_url=server.url, headers=HEADERS)


def _create(shop: httpx.Client, number: int) -> str | None:
    """The source id if the server acknowledged the customer; None if it took no more requests."""
    try:
        answer = shop.post("/v1/customers", json={"source_id": f"c{number}"})
    except httpx.TransportError:
        return None
    assert answer.status_code == 200
    return f"c{number}"


def _first_curl(printed: str) -> str:
    return next(line for line in printed.splitlines() if line.startswith("curl "))


def _as_curl_would(line: str) -> httpx.Response:
    words = shlex.split(line)
    url, options = words[1], list(zip(words[2::2], words[3::2], strict=True))
    headers = dict(value.split(": ", 1) for option, value in options if option == "-H")
    body = next((value for option, value in options if option == "-d"), None)
    return httpx.request("GET" if body is None else "POST", url, headers=headers, content=body)
