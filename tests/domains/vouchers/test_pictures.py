"""Pictures of codes: what is drawn is read again by a decoder, and links open nothing else."""

from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import zxingcpp
from PIL import Image

from tests.domains.vouchers.conftest import Make
from tests.support.servers import Shop

KINDS = ("qr", "barcode")


@pytest.fixture
def visitor(shared_shop: Shop) -> Any:
    """Somebody without a key."""
    with httpx.Client(verify=False, base_url=shared_shop.url) as visitor:
        yield visitor


def read(picture: bytes) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(Image.open(BytesIO(picture)).convert("L"))]


@pytest.mark.parametrize("size", [None, 10, 20, 50, 100])
@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_says_the_code(visitor: httpx.Client, make: Make, kind: str, size: int | None) -> None:
    made = make()
    params = {} if size is None else {"size": size}
    answer = visitor.get(made["assets"][kind]["url"], params=params)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert read(answer.content) == [made["code"]]


def test_a_larger_size_is_a_larger_picture(visitor: httpx.Client, make: Make) -> None:
    for kind in KINDS:
        url = make()["assets"][kind]["url"]
        heights = [
            Image.open(BytesIO(visitor.get(url, params={"size": size}).content)).height for size in (10, 40, 100)
        ]
        assert heights == sorted(set(heights))
        assert heights[-1] <= 1_000


@pytest.mark.parametrize(("kind", "code"), [("qr", "<script>&"), ("barcode", "<script>'")])
def test_a_picture_may_be_svg_that_does_nothing(visitor: httpx.Client, make: Make, kind: str, code: str) -> None:
    answer = visitor.get(make(code=code)["assets"][kind]["url"], params={"format": "svg"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert b"<svg" in answer.content
    assert b"<script" not in answer.content
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("code", ["ü-🎁", "漢字", "0123456789012"])
def test_any_code_has_a_qr_code(visitor: httpx.Client, make: Make, code: str) -> None:
    url = make(code=code)["assets"]["qr"]["url"]
    assert read(visitor.get(url, params={"size": 60}).content) == [code]


@pytest.mark.parametrize("code", ["ü", "x" * 81])
def test_what_no_barcode_holds_has_none(visitor: httpx.Client, make: Make, code: str) -> None:
    assert visitor.get(make(code=code)["assets"]["barcode"]["url"]).status_code == 404


def test_the_links_stay_the_same_and_do_not_tell_the_code(client: httpx.Client, make: Make) -> None:
    made = make()
    told = client.get(f"/v1/vouchers/{made['code']}").json()
    assert told["assets"] == made["assets"]
    for asset in made["assets"].values():
        assert asset["url"].endswith(asset["id"])
        assert made["code"] not in asset["url"]


def test_a_link_opens_its_own_picture_alone(visitor: httpx.Client, make: Make) -> None:
    assets = make()["assets"]
    qr, barcode = (urlsplit(assets[kind]["url"]).path for kind in KINDS)
    for wrong in (
        qr.replace("/qr/", "/barcode/"),
        barcode.replace("/barcode/", "/qr/"),
        qr[:-9] + ("A" if qr[-9] != "A" else "B") + qr[-8:],
        "/v1/assets/qr/x",
        "/v1/assets/qr/%FF",
    ):
        assert visitor.get(wrong).status_code in (400, 404)


@pytest.mark.parametrize("force", ["true", "false"])
def test_a_picture_goes_with_its_voucher(client: httpx.Client, visitor: httpx.Client, make: Make, force: str) -> None:
    made = make()
    client.delete(f"/v1/vouchers/{made['code']}", params={"force": force})
    for kind in KINDS:
        assert visitor.get(made["assets"][kind]["url"]).status_code == 404


@pytest.mark.parametrize(
    "params", [{"size": 0}, {"size": 101}, {"size": "1.5"}, {"size": "٣"}, {"size": ""}, {"format": "gif"}]
)
def test_a_picture_that_there_is_not_is_refused(visitor: httpx.Client, make: Make, params: dict[str, Any]) -> None:
    for kind in KINDS:
        assert visitor.get(make()["assets"][kind]["url"], params=params).status_code == 400
