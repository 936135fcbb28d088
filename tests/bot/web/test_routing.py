"""A request goes to the longest path that matches, and to nobody else."""

from dataclasses import replace

import pytest
from aiohttp.test_utils import make_mocked_request

from bot.web.routing import Away, Elsewhere, Found, RouteTable, WrongMethod
from tests.bot.web.rig import saying, serves

OWN = serves("", {"GET /": saying("front"), "GET /health": saying("health"), "GET /media/": saying("media")})

PAGE, UPLOAD, DEEP, HOOK, STATUS = (saying(text) for text in ("page", "upload", "deep", "hook", "status"))
CHAT = serves("chat", {"GET /chat/": PAGE, "POST /chat/upload": UPLOAD, "GET /chat/a/b/": DEEP})
HOOKS = serves("hooks", {"POST /webhooks/hooks": HOOK, "POST /webhooks/hooks/status": STATUS})
AWAY = serves("away", {"POST /webhooks/away": HOOK, "GET /away/": PAGE}, is_connected=False)
NEVER = serves("never", {}, is_connected=False)

TABLE = RouteTable(OWN.routes, [CHAT, HOOKS, AWAY, NEVER])


@pytest.mark.parametrize(
    ("request_line", "expected"),
    [
        ("GET /", Found(handler=OWN.routes[0].handler, owner="")),
        ("GET /media/token", Found(handler=OWN.routes[2].handler, owner="")),
        ("HEAD /health", Found(handler=OWN.routes[1].handler, owner="")),
        ("GET /chat/", Found(handler=PAGE, owner="chat")),
        ("GET /chat/style.css", Found(handler=PAGE, owner="chat")),
        ("GET /chat/a/b", Found(handler=PAGE, owner="chat")),
        ("GET /chat/a/b/c/d", Found(handler=DEEP, owner="chat")),
        ("POST /chat/upload", Found(handler=UPLOAD, owner="chat")),
        ("POST /chat/upload/more", WrongMethod(allowed=("GET", "HEAD"))),
        ("GET /chat/upload", WrongMethod(allowed=("POST",))),
        ("HEAD /chat/upload", WrongMethod(allowed=("POST",))),
        ("POST /health", WrongMethod(allowed=("GET", "HEAD"))),
        ("POST /webhooks/hooks", Found(handler=HOOK, owner="hooks")),
        ("POST /webhooks/hooks/status", Found(handler=STATUS, owner="hooks")),
        ("POST /webhooks/hooks/other", None),
        ("POST /webhooks/hooks/", None),
        ("GET /chat", Elsewhere(path="/chat/")),
        ("GET /chatter", None),
        ("GET //chat", None),
        ("GET /media", Elsewhere(path="/media/")),
        ("GET /nothing", None),
        ("GET /webhooks/", None),
        ("POST /webhooks/away", Away(channel="away")),
        ("POST /webhooks/away/status", Away(channel="away")),
        ("GET /away/page", Away(channel="away")),
        ("POST /webhooks/never", Away(channel="never")),
        ("POST /webhooks/never/status", Away(channel="never")),
        ("OPTIONS *", None),
    ],
)
def test_find(request_line: str, expected: object) -> None:
    """Each request has the handler, or the reason, that its path and method say."""
    method, _, path = request_line.partition(" ")
    assert TABLE.find(method, path) == expected


def test_pages() -> None:
    """Pages are what connected channels serve to people below a slash."""
    assert TABLE.pages(make_mocked_request("GET", "/")) == ("/chat/", "/chat/a/b/")


def test_the_page_to_see_first() -> None:
    """What a channel wants to be seen first comes first, for those it wants to see it."""
    channel = replace(
        serves("tour", {"GET /chat/": PAGE}),
        home=lambda request: "/desk/tour" if request.headers.get("X-Here") else "",
    )
    table = RouteTable((), (channel,))
    assert table.pages(make_mocked_request("GET", "/", {"X-Here": "1"})) == ("/desk/tour", "/chat/")
    assert table.pages(make_mocked_request("GET", "/")) == ("/chat/",)


@pytest.mark.parametrize("path", ["/health", "/media/", "/media/mine", "/media/mine/", "/"])
def test_own_paths_cannot_be_taken(path: str) -> None:
    """A plugin that names one of the bot's own paths is told, and does not get it."""
    table = RouteTable(OWN.routes, [serves("greedy", {f"GET {path}": PAGE, f"DELETE {path}": PAGE})])
    assert [conflict.partition(",")[0] for conflict in table.conflicts] == [
        f"greedy: {path} is not served"
    ] * 2
    found = table.find("GET", path)
    assert isinstance(found, Found)
    assert found.owner == ""


def test_first_channel_keeps_its_path() -> None:
    """Of two channels that name one path the first serves it, and the second is told whose it is."""
    table = RouteTable(
        (), [serves("one", {"GET /x/": PAGE}), serves("two", {"GET /x/": DEEP, "GET /y": DEEP})]
    )
    assert table.conflicts == ["two: /x/ is not served, it belongs to the channel one"]
    assert table.find("GET", "/x/") == Found(handler=PAGE, owner="one")
    assert table.find("GET", "/y") == Found(handler=DEEP, owner="two")
