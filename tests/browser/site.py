"""Somebody's site on another origin, with the one line that puts the chat into its corner."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Dupont &amp; Co</title>
<style>
body { margin: 0; font: 17px/1.6 Georgia, serif; color: #2b2620; background: #fbf8f2; }
nav { padding: 22px 64px; border-bottom: 1px solid #e6dfd2; font-size: 19px; font-weight: bold; }
main { max-width: 560px; padding: 72px 64px; }
h1 { font-size: 44px; line-height: 1.15; margin: 0 0 18px; }
p { color: #5c5446; }
</style></head>
<body><nav>Dupont &amp; Co</nav>
<main><h1>Coffee machines, made to be mended.</h1>
<p>Every machine we sell comes with its drawings, its spare parts and somebody to talk to.</p></main>
<script src="SCRIPT" async></script></body></html>"""


@dataclass(slots=True, kw_only=True)
class Site:
    """A site.

    Attributes:
        url: its origin. Its name is not the chat's, so that to a browser the two are strangers.
        script: the address of the script that its page loads.
        policy: the Content-Security-Policy of its page; empty: none.
    """

    url: str
    script: str = ""
    policy: str = ""

    async def page(self, request: web.Request) -> web.Response:
        """Its one page."""
        headers = {"Content-Security-Policy": self.policy} if self.policy else {}
        return web.Response(
            text=PAGE.replace("SCRIPT", self.script), content_type="text/html", headers=headers
        )


@asynccontextmanager
async def serving() -> AsyncIterator[Site]:
    """Serve a site on a port of its own."""
    site = Site(url="")
    app = web.Application()
    app.router.add_get("/", site.page)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        site.url = f"http://localhost:{runner.addresses[0][1]}"
        yield site
    finally:
        await runner.cleanup()
