"""A real browser, what it says about a page, and what looks for barriers in one."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, Route, ViewportSize, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SIZES = {"phone": ViewportSize(width=390, height=844), "desktop": ViewportSize(width=1280, height=900)}

_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fccfc0f01f00050502005f"
    "8d2c9b0000000049454e44ae426082"
)
_NOTE_VIOLATIONS = """
window.refusedByPolicy = [];
document.addEventListener('securitypolicyviolation', event => {
    window.refusedByPolicy.push(event.violatedDirective + ' ' + event.blockedURI);
});
"""


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """The machine's Chromium, without a window."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    assert path is not None, (
        "No Chromium was found. Debian, Ubuntu: apt install chromium. Fedora: dnf install chromium."
    )
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(OPTIONS))
        yield browser
        await browser.close()


class Tab:
    """One page in a browser of its own, and everything that the browser objected to or asked other hosts for."""

    def __init__(self, page: Page, elsewhere: list[str]) -> None:
        self.page = page
        self.objections: list[str] = []
        self.elsewhere = elsewhere
        page.on("console", lambda message: self.objections.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.objections.append(f"script: {error}"))
        page.on("dialog", lambda dialog: self.objections.append(f"dialog: {dialog.message}"))

    async def refused_by_policy(self) -> list[str]:
        """What the page's Content-Security-Policy kept from happening."""
        refused: list[str] = await self.page.evaluate("window.refusedByPolicy")
        return refused

    async def barriers(self, axe: str) -> list[str]:
        """What axe finds: what is a barrier, and what it could not judge by itself."""
        await self.page.evaluate(axe)
        found: dict[str, Any] = await self.page.evaluate("axe.run(document)")
        return [
            f"{rule['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
            for rule in (*found["violations"], *found["incomplete"])
            for node in rule["nodes"]
        ]


@asynccontextmanager
async def a_tab(browser: Browser, url: str, *, size: str = "desktop", **options: Any) -> AsyncIterator[Tab]:
    """A tab for pages of the server at this URL, of a size of `SIZES`. Pictures of other hosts are one pixel."""
    context = await browser.new_context(viewport=SIZES[size], **options)
    await context.add_init_script(_NOTE_VIOLATIONS)
    elsewhere: list[str] = []

    async def give(route: Route) -> None:
        elsewhere.append(route.request.url)
        await route.fulfill(status=200, content_type="image/png", body=_PIXEL)

    await context.route(lambda asked: not asked.startswith((url, "data:")), give)
    try:
        yield Tab(await context.new_page(), elsewhere)
    finally:
        await context.close()


async def picture(tab: Tab, folder: Path, name: str) -> None:
    """Keep a picture of the whole page."""
    await tab.page.screenshot(path=folder / f"{name}.png", full_page=True)
