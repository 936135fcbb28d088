"""The pages and what they are made of: strict, small, and kept by browsers for as long as they are right."""

import re

import pytest
from aiohttp import ClientSession

from tests.plugins.webchat.rig import Rig


@pytest.mark.parametrize(
    ("path", "ancestors"), [("/chat/", "frame-ancestors 'self'"), ("/desk/", "frame-ancestors 'none'")]
)
async def test_pages_are_strict(rig: Rig, path: str, ancestors: str) -> None:
    """Every page forbids whatever does not come from this server, and being framed by others."""
    async with ClientSession() as session, session.get(f"{rig.url}{path}") as answer:
        policy = answer.headers["Content-Security-Policy"]
        text = await answer.text()
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert policy.endswith(ancestors)
    assert "unsafe" not in policy
    assert "://" not in text.replace("http://www.w3.org", "")


async def test_business_name_is_escaped(rig: Rig) -> None:
    """Whatever the business is called, its page stays a page."""
    rig.host.business = '<script>"Dupont & Fils"</script>'
    async with ClientSession() as session, session.get(f"{rig.url}/chat/") as answer:
        text = await answer.text()
    assert "<title>&lt;script&gt;&quot;Dupont &amp; Fils&quot;&lt;/script&gt;</title>" in text


async def test_contact_page_is_small_and_flat(rig: Rig) -> None:
    """The contact's page with all it loads is under 60 kB, and names every file of it in its first answer."""
    async with ClientSession() as session:
        async with session.get(f"{rig.url}/chat/") as answer:
            text = await answer.text()
        size = len(text.encode())
        named = set(re.findall(r'(?:href|src)="(assets/[^"]+)"', text))
        imported: set[str] = set()
        for path in named:
            async with session.get(f"{rig.url}/chat/{path}") as answer:
                assert answer.status == 200
                content = await answer.read()
                assert "immutable" in answer.headers["Cache-Control"]
            size += len(content)
            imported |= {
                path.rpartition("/")[0] + found.decode()
                for found in re.findall(rb'from "\.(/[^"]+)"', content)
            }
    assert size < 60_000
    assert imported <= named


async def test_pages_are_packed_for_who_can_open_them(rig: Rig) -> None:
    """What is text travels packed where the browser says that it can be, and as it is elsewhere."""
    async with ClientSession(auto_decompress=False) as session:
        for path in ("/chat/", "/chat/assets/base.css", "/chat/embed.js"):
            sizes = []
            for coding in ("gzip", "identity"):
                async with session.get(f"{rig.url}{path}", headers={"Accept-Encoding": coding}) as answer:
                    assert answer.headers.get("Content-Encoding", "identity") == coding
                    sizes.append(len(await answer.read()))
            assert sizes[0] * 2 < sizes[1]


async def test_assets_are_kept_by_their_version_and_asked_for_without(rig: Rig) -> None:
    """A browser keeps what an address with a version names, and asks whether anything else changed."""
    async with ClientSession() as session:
        async with session.get(f"{rig.url}/desk/assets/desk.js") as answer:
            assert answer.headers["Content-Type"].partition(";")[0] in {
                "text/javascript",
                "application/javascript",
            }
            tag = answer.headers["ETag"]
            assert answer.headers["Cache-Control"] == "no-cache"
        async with session.get(f"{rig.url}/desk/assets/desk.js", headers={"If-None-Match": tag}) as answer:
            assert answer.status == 304
        async with session.get(f"{rig.url}/desk/assets/older/desk.js") as answer:
            assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-cache")
        for name in ("chat.html", "..%2Fplugin.py", "nothing.js", "", "a/b/desk.js", "older/chat.html"):
            async with session.get(f"{rig.url}/chat/assets/{name}") as answer:
                assert answer.status == 404
        async with session.get(f"{rig.url}/chat", allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (308, "/chat/")
        for path in ("/chat/nothing", "/chat/socket/x", "/desk/nothing"):
            async with session.get(f"{rig.url}{path}") as answer:
                assert answer.status in {403, 404}
