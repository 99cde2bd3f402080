"""The README's Python and JavaScript, as they stand there."""

import re
import subprocess
import sys
from pathlib import Path

import httpx

from tests.journeys.conftest import JavaScript
from tests.journeys.operations import ROOT
from tests.support.servers import APP_ID, APP_TOKEN, Shop


def snippet(language: str) -> str:
    """The first block of this language that uses a client library."""
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    [block] = [block for block in blocks if "voucherify" in block]
    return block


def pointed_at(code: str, url: str) -> str:
    """The same code, with the keys and the address of a running server."""
    assert code.count("http://localhost:8000") == 1
    code = code.replace("http://localhost:8000", url)
    return re.sub(r"\bAPP_ID\b", repr(APP_ID), re.sub(r"\bAPP_TOKEN\b", repr(APP_TOKEN), code))


def test_the_python_prints_the_customers_id(shop: Shop) -> None:
    code = pointed_at(snippet("python"), shop.url)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == _id(shop)


def test_the_javascript_prints_it_too(shop: Shop, javascript: JavaScript, tmp_path: Path) -> None:
    script = tmp_path / "readme.js"
    script.write_text(pointed_at(snippet("js"), shop.url))
    assert javascript.run(script).strip() == _id(shop)


def _id(shop: Shop) -> str:
    found: httpx.Response = shop.client.get("/v1/customers/ada@example.com")
    return str(found.json()["id"])
