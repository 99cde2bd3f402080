"""Pages: shown to whoever has the link, in a browser that is told to load and send nothing elsewhere."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from patron.http.links import Links
from patron.http.pages import html
from patron.kernel.clock import now_ms
from tests.http.test_refusals import refused
from tests.http.toys import KEY, SECRETS

HOUR = 3_600_000


@pytest.fixture
def page() -> str:
    """The address of a page that the first project gave away."""
    return "/p/" + Links(SECRETS).seal("note", "proj_1", now_ms() + HOUR)


def shown_problem(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["X-Request-Id"] in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    return answer.text


def test_a_page_is_shown_without_a_key(stranger: httpx.Client, page: str) -> None:
    stranger.put("/v1/notes/welcome", json={"text": "hello"}, headers=KEY)
    answer = stranger.get(page, headers={"Accept-Language": "de, en;q=0.5"})
    assert (answer.status_code, answer.text) == (200, "<p>hello in de, en;q=0.5")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert stranger.get(page, params={"note": "ünknown"}).text.startswith("<p>nothing")
    assert stranger.head(page).status_code == 200


def test_a_page_keeps_to_itself(stranger: httpx.Client, page: str) -> None:
    headers = stranger.get(page).headers
    style = b64encode(sha256(b"p {}").digest()).decode()
    assert headers["Content-Security-Policy"] == (
        f"default-src 'none'; style-src 'self' 'sha256-{style}'; img-src 'self' https://cdn.example; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("url", ["http://cdn.example/a", "https://x;script-src *", "https://a b", "data:x", ""])
def test_an_image_from_no_host_is_a_fault_of_ours(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        html("", images=(url,))


def test_a_form_changes_what_the_page_shows(stranger: httpx.Client, page: str) -> None:
    answer = stranger.post(page, data={"text": "grüße + mehr"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"https://notes.example/shop{page}"
    assert stranger.get(page).text.startswith("<p>grüße + mehr")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "null"},
        {"Origin": "https://notes.example"},
    ],
)
def test_a_form_of_this_site_or_of_a_mail_program_is_taken(
    stranger: httpx.Client, page: str, headers: dict[str, str]
) -> None:
    assert stranger.post(page, data={"text": "x"}, headers=headers).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://notes.example"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://thief.example"},
        {"Origin": "https://notes.example.thief.example"},
        {"Origin": b"\xff"},
    ],
)
def test_a_form_of_another_site_is_refused(stranger: httpx.Client, page: str, headers: dict[str, str]) -> None:
    stranger.post(page, data={"text": "before"})
    shown_problem(stranger.post(page, data={"text": "stolen"}, headers=headers), 403)
    assert stranger.get(page).text.startswith("<p>before")


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"text=" + b"x" * 16_384, {}, 413),
        (b"&".join(b"a%d=1" % n for n in range(201)), {}, 400),
        (b"text=%ff", {}, 400),
        (b"text=\xff", {}, 400),
        (b"text=a%00b", {}, 400),
        (b'{"text":"x"}', {"Content-Type": "application/json"}, 415),
        (b"--b", {"Content-Type": "multipart/form-data; boundary=b"}, 415),
        (b"text=x", {"Content-Encoding": "gzip"}, 415),
    ],
)
def test_what_is_no_form_is_refused_as_a_page(
    stranger: httpx.Client, page: str, content: bytes, headers: dict[str, str], status: int
) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    shown_problem(stranger.post(page, content=content, headers=kind), status)


def test_a_problem_is_shown_as_a_page_and_tells_nothing_of_ours(stranger: httpx.Client, page: str) -> None:
    text = shown_problem(stranger.get("/p/%3Cscript%3E"), 404)
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    assert "Ada" not in shown_problem(stranger.get(f"{page}/broken"), 500)
    shown_problem(stranger.get("/p/%ff"), 400)
    shown_problem(stranger.get(f"{page}?a=%ff"), 400)
    shown_problem(stranger.get(f"{page}?a={'x' * 20_000}"), 414)


def test_a_method_that_a_page_does_not_take_is_a_405(stranger: httpx.Client, page: str) -> None:
    answer = stranger.put(page)
    refused(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


def test_operations_answer_in_json_beside_pages(stranger: httpx.Client) -> None:
    refused(stranger.get("/v1/notes"), 401, "unauthorized")


def test_the_log_names_the_page_by_its_template_and_the_project(stranger: httpx.Client, page: str) -> None:
    with capture_logs() as lines:
        request_id = stranger.get(page, params={"note": "secret"}).headers["X-Request-Id"]
        stranger.get("/livez")
    (line,) = [line for line in lines if line.get("request_id") == request_id]
    assert (line["route"], line["status"], line["project_id"]) == ("/p/{token}", 200, "proj_1")
    assert page not in str(line)


def test_the_templates_come_with_the_package() -> None:
    package = Path(__file__).parents[2] / "pyproject.toml"
    assert "pages/templates/*" in package.read_text()
