"""The simulated Twilio is strict about what it is sent, and fails as it is told to."""

import base64
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import ClientSession, ServerDisconnectedError, web

from tests.serving import serving
from tests.simulators.twilio import Clock, TwilioPlatform
from tests.simulators.twilio_contents import list_picker, quick_reply, text_template
from tests.simulators.twilio_hooks import Form, Person, signature
from tests.simulators.twilio_messages import Content, File
from tests.simulators.twilio_troubles import Trouble

ACCOUNT, TOKEN = "AC" + "1" * 32, "t"
OURS, BOB = "whatsapp:+33939000001", "whatsapp:+33687654321"
HELLO = {"To": BOB, "From": OURS, "Body": "Hello"}
MENU, REMINDER = "HX" + "a" * 32, "HX" + "b" * 32
ROOT = f"/2010-04-01/Accounts/{ACCOUNT}"


@pytest.fixture
async def platform() -> AsyncIterator[TwilioPlatform]:
    """A Twilio to whose sender Bob has just written."""
    async with TwilioPlatform(account_sid=ACCOUNT, auth_token=TOKEN, number=OURS) as platform:
        platform.book.hear(BOB, OURS, "hello")
        yield platform


async def call(
    platform: TwilioPlatform,
    method: str,
    path: str,
    given: Any = (),
    *,
    token: str = TOKEN,
    root: str = "",
) -> tuple[int, dict[str, Any]]:
    """Call the API and return status and answer."""
    user = base64.b64encode(f"{ACCOUNT}:{token}".encode()).decode()
    query, data = ("", urlencode(given, doseq=True)) if method == "POST" else (f"?{urlencode(given)}", None)
    async with (
        ClientSession(headers={"Authorization": f"Basic {user}"}) as http,
        http.request(method, f"{root or platform.url}{path}{query}", data=data) as answer,
    ):
        return answer.status, await answer.json() if answer.content_type == "application/json" else {}


async def create(platform: TwilioPlatform, **more: Any) -> tuple[int, dict[str, Any]]:
    """Send a message to Bob; what is None is left out."""
    given = {name: value for name, value in (HELLO | more).items() if value is not None}
    return await call(platform, "POST", f"{ROOT}/Messages.json", given)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"Body": "x" * 1601}, 21617),
        ({"Body": "😀" * 801}, 21617),
        ({"Body": ""}, 21619),
        ({"To": "+33687654321"}, 21211),
        ({"From": "whatsapp:+33939000002"}, 63007),
        ({"MediaUrl": ["http://127.0.0.1:1/a", "http://127.0.0.1:1/b"]}, 21623),
        ({"StatusCallback": "/status"}, 21609),
        ({"StatusCallback": "https://my_host.example.org/"}, 21609),
        ({"Colour": "red"}, 20001),
        ({"ContentSid": REMINDER}, 21654),
        ({"Body": None, "ContentSid": "HX" + "f" * 32}, 21655),
        ({"Body": None, "ContentSid": REMINDER}, 21656),
        ({"Body": None, "ContentSid": REMINDER, "ContentVariables": "no json"}, 21656),
        ({"Body": None, "ContentSid": REMINDER, "ContentVariables": '{"1": ""}'}, 21656),
        ({"Body": None, "ContentSid": REMINDER, "ContentVariables": '{"1": 5}'}, 21656),
        ({"Body": None, "ContentSid": REMINDER, "ContentVariables": '{"2": "x"}'}, 21656),
    ],
)
async def test_wrong_messages_are_refused(platform: TwilioPlatform, given: dict[str, Any], code: int) -> None:
    """A message that breaks a rule is answered with its code, and shows nothing to anybody."""
    platform.book.contents[REMINDER] = Content(types=text_template("Hello {{1}}"))
    status, answer = await create(platform, **given)
    assert (status, answer["code"]) == (400, code)
    assert not platform.book.shown(BOB)


async def test_wrong_credentials(platform: TwilioPlatform) -> None:
    """Nobody does anything without the token, or in another account; neither is recorded."""
    assert (await call(platform, "GET", f"{ROOT}.json", token="other"))[0] == 401
    assert (await call(platform, "GET", "/2010-04-01/Accounts/AC2.json"))[0] == 404
    assert not platform.calls


async def test_window(platform: TwilioPlatform) -> None:
    """A text 24 hours after the contact's last message is taken, and fails late; an approved one arrives."""
    assert isinstance(platform.clock, Clock)
    platform.book.contents[REMINDER] = Content(types=text_template("Hi {{1}}"), is_approved=True)
    variables = {"Body": None, "ContentSid": REMINDER, "ContentVariables": '{"1": "Bob"}'}
    platform.clock.advance(timedelta(hours=23, minutes=59))
    await create(platform)
    platform.clock.advance(timedelta(minutes=1))
    assert (await create(platform))[0] == 201
    await create(platform, **variables)
    in_time, late, template = platform.book.shown(BOB)
    assert [each.late_error for each in (in_time, late, template)] == [0, 63016, 0]
    assert template.body == "Hi Bob"


@pytest.mark.parametrize("types", [quick_reply(buttons=2), list_picker(items=2)])
async def test_menus(platform: TwilioPlatform, types: dict[str, Any]) -> None:
    """A template with buttons is shown with what fills it."""
    platform.book.contents[MENU] = Content(types=types)
    values = '{"1": "Menu", "2": "A", "3": "a", "4": "B", "5": "b"}'
    assert (await create(platform, Body=None, ContentSid=MENU, ContentVariables=values))[0] == 201
    (shown,) = platform.book.shown(BOB)
    assert (shown.body, shown.choices) == ("Menu", (("A", "a"), ("B", "b")))


async def test_list(platform: TwilioPlatform) -> None:
    """The list is newest first, in pages, filtered by both ends and by time."""
    assert isinstance(platform.clock, Clock)
    start = platform.clock()
    platform.clock.advance(timedelta(minutes=1))
    for number in range(3):
        await create(platform, Body=str(number))
    query = {"To": BOB, "From": OURS, "DateSent>": start.strftime("%Y-%m-%dT%H:%M:%SZ"), "PageSize": "2"}
    _, first = await call(platform, "GET", f"{ROOT}/Messages.json", query)
    _, second = await call(platform, "GET", first["next_page_uri"].partition("?")[0], {**query, "Page": "1"})
    assert [each["body"] for each in first["messages"] + second["messages"]] == ["2", "1", "0"]
    assert second["next_page_uri"] is None
    assert (await call(platform, "GET", f"{ROOT}/Messages.json", {"Colour": "red"}))[0] == 400
    assert (await call(platform, "GET", f"{ROOT}/Messages.json", {"DateSent>": "soon"}))[0] == 400


@pytest.mark.parametrize(
    ("trouble", "status"),
    [
        (Trouble.RATE_LIMITED, 429),
        (Trouble.SERVER_ERROR, 500),
        (Trouble.REJECTED, 400),
        (Trouble.CHAT_GONE, 400),
        (Trouble.WRONG_TOKEN, 401),
    ],
)
async def test_a_trouble_meets_one_call(platform: TwilioPlatform, trouble: Trouble, status: int) -> None:
    """The next call has the trouble and does nothing; the one after it is well."""
    platform.fail_next(trouble)
    assert (await create(platform))[0] == status
    assert not platform.book.shown(BOB)
    assert (await create(platform))[0] == 201


async def test_a_dropped_call_was_carried_out(platform: TwilioPlatform) -> None:
    """The connection breaks after the message was taken."""
    platform.fail_next(Trouble.DROP)
    with pytest.raises(ServerDisconnectedError):
        await create(platform)
    assert [each.body for each in platform.book.shown(BOB)] == ["Hello"]


async def test_media_is_fetched(platform: TwilioPlatform) -> None:
    """A file is asked for its headers and fetched; one that is not there, or of no known type, fails late."""
    platform.media_types = frozenset({"image/jpeg"})
    asked: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append(request.method)
        kind = "image/jpeg" if request.path == "/photo" else "application/zip"
        return web.Response(status=404 if request.path == "/lost" else 200, body=b"x", content_type=kind)

    app = web.Application()
    app.router.add_route("*", "/{name}", answer)
    async with serving(app) as root:
        for name in ("photo", "archive", "lost"):
            assert (await create(platform, Body=None, MediaUrl=f"{root}/{name}"))[0] == 201
    assert [each.late_error for each in platform.book.shown(BOB)] == [0, 63019, 63019]
    assert asked == ["HEAD", "GET", "HEAD", "GET", "HEAD"]


async def test_files_lead_to_storage(platform: TwilioPlatform) -> None:
    """A file opens for the account alone; its storage opens for anybody, and notes who shows credentials."""
    file = File(sid="ME1", content=b"photo", mime_type="image/jpeg", missing_for=1)
    heard = platform.book.hear(BOB, OURS, "", [file])
    path = f"{ROOT}/Messages/{heard.sid}/Media/ME1"
    assert (await call(platform, "GET", path, token="other"))[0] == 401
    assert (await call(platform, "GET", path))[0] == 404
    assert (await call(platform, "GET", path))[0] == 200
    assert not platform.leaked
    stored = f"/{heard.sid}/ME1"
    assert (await call(platform, "GET", stored, root=platform.cdn_url))[0] == 200
    assert platform.leaked


async def test_signature() -> None:
    """The signature is the one of the example in Twilio's documentation."""
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert signature("12345", url, form) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


async def test_forms_and_callbacks(platform: TwilioPlatform) -> None:
    """A message opens the window and is listed; a callback tells the status that the list then has."""
    received: list[Form] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        received.append({name: str(value) for name, value in (await request.post()).items()})
        return web.Response(text="taken")

    app = web.Application()
    app.router.add_post("/{name}", answer)
    ann = Person(address="whatsapp:FR.1", external_id="whatsapp:FR.1")
    hooks = platform.hooks
    async with serving(app) as root:
        hooks.webhook_url = f"{root}/message"
        form = hooks.message(ann, OURS, "bonjour", MessageType="text")
        assert await hooks.push(form) == (200, "taken")
        assert platform.book.is_open(OURS, "whatsapp:FR.1")
        await create(platform, StatusCallback=f"{root}/status", To="whatsapp:FR.1")
        (message,) = platform.book.shown("whatsapp:FR.1")
        await platform.settle(message)
    assert [each.get("MessageStatus") for each in received] == [None, "sent", "delivered"]
    assert (message.status, received[0]["From"]) == ("delivered", "whatsapp:FR.1")


async def test_typing_and_templates(platform: TwilioPlatform) -> None:
    """Typing is shown on a contact's message alone, and a template that is not there is not found."""
    (heard,) = platform.book.messages.values()
    given = {"channel": "whatsapp", "messageId": heard.sid}
    assert (await call(platform, "POST", "/v2/Indicators/Typing.json", given))[0] == 200
    wrong = {**given, "messageId": "SM9"}
    assert (await call(platform, "POST", "/v2/Indicators/Typing.json", wrong))[0] == 400
    assert platform.account.typing == [heard.sid]
    assert (await call(platform, "GET", f"/v1/Content/{MENU}"))[0] == 404
    assert (await call(platform, "GET", "/v2/Channels/Senders"))[0] == 400
    assert (await call(platform, "DELETE", f"{ROOT}/Messages/{heard.sid}.json"))[0] == 204
    assert (await call(platform, "DELETE", f"{ROOT}/Messages/{heard.sid}.json"))[0] == 404


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"friendly_name": "menu", "language": "en", "types": quick_reply(buttons=1)}, 200),
        ({"friendly_name": "menu", "types": quick_reply(buttons=1)}, 400),
        ({"language": "en", "types": text_template("x")}, 400),
        ({"language": "en", "types": quick_reply(buttons=0)}, 400),
        ({"language": "en", "types": {**quick_reply(buttons=1), **list_picker(items=1)}}, 400),
        ({"language": "en", "types": quick_reply(buttons=1), "colour": "red"}, 400),
    ],
)
async def test_new_templates(platform: TwilioPlatform, given: dict[str, Any], status: int) -> None:
    """A template that makes sense is made, and is there to be sent."""
    user = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    async with (
        ClientSession(headers={"Authorization": f"Basic {user}"}) as http,
        http.post(f"{platform.url}/v1/Content", json=given) as answer,
    ):
        assert answer.status == status
    assert len(platform.book.contents) == (status == 200)
