"""The client side as it is used: by the official client, and by a browser with a page of another origin."""

import asyncio
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Page, sync_playwright

from tests.domains.customers.test_registering import switch
from tests.journeys.conftest import SOURCES, JavaScript
from tests.support.servers import Shop, serving

CHROMIUM = shutil.which("chromium")

SEND = """async ([url, body]) => {
    const headers = {"Content-Type": "application/json", "X-Client-Application-Id": "web", "X-Client-Token": "public"}
    const answer = await fetch(url + "/client/v1/customers", {method: "POST", headers, body: JSON.stringify(body)})
    const told = name => answer.headers.get(name)
    return {status: answer.status, body: await answer.json(), id: told("X-Request-Id"),
            left: told("X-Rate-Limit-Remaining"), after: told("Retry-After")}
}"""


class _EmptyPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Shop</title>")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the standard library's
        pass


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Where the shop's pages are: at this port of 127.0.0.1, and as another origin of localhost."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _EmptyPage)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def shop(shared_database_url: str, contract_log: Path, port: int) -> Iterator[Shop]:
    variables = {
        "PATRON_BOOTSTRAP_CLIENT_ID": "web",
        "PATRON_BOOTSTRAP_CLIENT_TOKEN": "public",
        "PATRON_BOOTSTRAP_CLIENT_ORIGINS": f"http://127.0.0.1:{port},https://shop.example",
        "PATRON_TRUSTED_PROXIES": "127.0.0.1",
    }
    with serving(shared_database_url, contract_log, **variables) as server:
        yield server


@pytest.fixture
def page() -> Iterator[Page]:
    assert CHROMIUM is not None, "Chromium is missing. Debian, Ubuntu: apt install chromium."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def test_the_official_client_registers_a_customer_who_consents_and_gets_a_code(
    shared_database_url: str, shop: Shop, javascript: JavaScript
) -> None:
    asyncio.run(switch(shared_database_url, change_consents=True, publish=True, redeem=True))
    voucher = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}
    body = {"name": "Spring", "campaign_type": "DISCOUNT_COUPONS", "voucher": voucher}
    assert shop.client.post("/v1/campaigns", json=body).status_code == 200
    assert shop.client.post("/v1/vouchers", json={**voucher, "code": "TEN"}).status_code == 200
    javascript.run(SOURCES / "client-side.js", shop.url, "web", "public", "https://shop.example", "Spring", "TEN")


def test_a_browser_lets_a_page_of_the_shop_ask_and_read(shop: Shop, page: Page, port: int) -> None:
    page.goto(f"http://127.0.0.1:{port}/")
    answer = page.evaluate(SEND, [shop.url, {"source_id": "ada@example.com", "name": "Ada"}])
    assert (answer["status"], answer["body"]["name"]) == (200, "Ada")
    assert answer["id"].startswith("v-")
    assert answer["left"].isdigit()
    refused = page.evaluate(SEND, [shop.url, {"name": 1}])
    assert (refused["status"], refused["body"]["key"]) == (400, "invalid_payload")
    more = [page.evaluate(SEND, [shop.url, {"name": "x"}]) for _ in range(20)]
    over = next(answer for answer in more if answer["status"] == 429)
    assert over["after"].isdigit()


def test_a_browser_shows_nothing_to_a_page_of_somebody_else(shop: Shop, page: Page, port: int) -> None:
    page.goto(f"http://localhost:{port}/")
    with pytest.raises(Error, match="Failed to fetch"):
        page.evaluate(SEND, [shop.url, {"source_id": "eve@example.com"}])
    assert shop.client.get("/v1/customers/eve@example.com").status_code == 404
