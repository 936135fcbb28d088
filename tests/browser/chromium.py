"""The system's Chromium for tests that need a real browser."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Trouble(list[str]):
    """What pages complained of: errors in their scripts, and what their policy stopped."""

    def watch(self, page: Page) -> None:
        """Listen to `page`."""
        page.on("pageerror", lambda error: self.append(str(error)))
        page.on("console", lambda message: self.append(message.text) if _is_trouble(message.text) else None)


def _is_trouble(text: str) -> bool:
    # A refused or broken connection is what some tests are about; the browser reports it by itself.
    return "Content Security Policy" in text or text.startswith("Uncaught")


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Start the system's Chromium; skips the test where there is none."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("there is no chromium on this machine")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        try:
            yield browser
        finally:
            await browser.close()


async def person(
    browser: Browser, trouble: Trouble, *, language: str = "fr-FR", width: int = 390, height: int = 844
) -> tuple[BrowserContext, Page]:
    """A browser of somebody's own, with one empty page."""
    context = await browser.new_context(
        viewport={"width": width, "height": height}, locale=language, reduced_motion="reduce"
    )
    context.set_default_timeout(10_000)
    page = await context.new_page()
    trouble.watch(page)
    return context, page
