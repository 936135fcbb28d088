"""The Graph API of the tests is as strict as the real one says it is."""

import hashlib
import hmac
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession, web

from tests.serving import serving
from tests.simulators.graph import EchoTime, GraphPlatform
from tests.simulators.graph_account import GraphAccount
from tests.simulators.graph_rules import INSTAGRAM, PAGE, Answer, Rules
from tests.simulators.graph_troubles import Trouble
from tests.simulators.graph_webhooks import SIGNATURE_HEADER

TOKEN, SECRET, PERSON = "EAAtoken", "secret", "71000001"
PROOF = hmac.new(SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
AUTH = {"access_token": TOKEN, "appsecret_proof": PROOF}
HELLO: Answer = {"recipient": {"id": PERSON}, "messaging_type": "RESPONSE", "message": {"text": "hi"}}


@pytest.fixture(params=[PAGE, INSTAGRAM], ids=lambda rules: rules.platform)
async def platform(request: pytest.FixtureRequest) -> AsyncIterator[GraphPlatform]:
    """Each of the platforms, with one person who has just written."""
    rules: Rules = request.param
    account = GraphAccount(rules=rules, account_id="1100001", token=TOKEN, app_secret=SECRET)
    async with GraphPlatform(account=account) as platform:
        platform.said(PERSON, {"mid": "m_1", "text": "hello"})
        yield platform


async def sent(platform: GraphPlatform, body: Answer, **auth: str) -> tuple[int, Answer]:
    """The status and the answer of a send."""
    async with (
        ClientSession() as http,
        http.post(f"{platform.url}/v25.0/me/messages", params={**AUTH, **auth}, json=body) as response,
    ):
        return response.status, await response.json()


async def asked(platform: GraphPlatform, path: str, /, **parameters: str) -> Answer:
    """The answer to a question."""
    async with (
        ClientSession() as http,
        http.get(f"{platform.url}/v25.0/{path}", params={**AUTH, **parameters}) as response,
    ):
        answer: Answer = await response.json()
        return answer


def text(length: int) -> Answer:
    return {**HELLO, "message": {"text": "a" * length}}


def replies(*changes: dict[str, Any]) -> Answer:
    good = {"content_type": "text", "title": "Support", "payload": "x"}
    return {**HELLO, "message": {"text": "hi", "quick_replies": [{**good, **change} for change in changes]}}


async def test_takes_what_is_right(platform: GraphPlatform) -> None:
    """A right message is shown, under an id of its own."""
    status, answer = await sent(platform, HELLO)
    assert (status, answer["recipient_id"]) == (200, PERSON)
    (post,) = platform.shown(PERSON)
    assert (post.mid, post.text) == (answer["message_id"], "hi")


@pytest.mark.parametrize(
    "body",
    [
        {**HELLO, "messaging_type": None},
        {name: value for name, value in HELLO.items() if name != "messaging_type"},
        {**HELLO, "messaging_type": "MESSAGE_TAG"},
        {**HELLO, "messaging_type": "MESSAGE_TAG", "tag": "ACCOUNT_UPDATE"},
        {**HELLO, "tag": "HUMAN_AGENT"},
        {**HELLO, "recipient": PERSON},
        {**HELLO, "more": 1},
        {**HELLO, "sender_action": "typing_on"},
        {**HELLO, "message": {"text": ""}},
        {**HELLO, "message": {"text": "hi", "colour": "red"}},
        {**HELLO, "message": {"text": "hi", "attachment": {"type": "image", "payload": {"url": "http://x"}}}},
        {**HELLO, "message": {"attachment": {"type": "hologram", "payload": {"url": "http://x"}}}},
        {**HELLO, "message": {"attachment": {"type": "image", "payload": {"attachment_id": "none"}}}},
        {**HELLO, "reply_to": {"mid": "m_never"}},
        {"recipient": {"id": PERSON}, "sender_action": "dance"},
        {"recipient": {"id": PERSON}, "sender_action": "react"},
        text(2001),
        replies(*[{}] * 14),
        replies({"title": "a" * 21}),
        replies({"payload": "a" * 1001}),
        replies({"content_type": "location"}),
    ],
)
async def test_refuses_what_is_wrong(platform: GraphPlatform, body: Answer) -> None:
    """Each broken rule is code 100, and nothing is shown."""
    status, answer = await sent(platform, body)
    assert (status, answer["error"]["code"]) == (400, 100)
    assert platform.shown(PERSON) == []


async def test_counts_as_each_platform_does(platform: GraphPlatform) -> None:
    """A page takes 2000 characters, Instagram 1000 bytes."""
    good, bad = ("é" * 2000, "é" * 2001) if platform.account.rules is PAGE else ("é" * 500, "é" * 501)
    assert (await sent(platform, {**HELLO, "message": {"text": good}}))[0] == 200
    assert (await sent(platform, {**HELLO, "message": {"text": bad}}))[0] == 400


async def test_metadata_belongs_to_pages(platform: GraphPlatform) -> None:
    """A page takes metadata and gives it back in the echo; Instagram refuses it."""
    status, _ = await sent(platform, {**HELLO, "message": {"text": "hi", "metadata": "r.1"}})
    assert status == (200 if platform.account.rules is PAGE else 400)


async def test_asks_for_token_and_proof(platform: GraphPlatform) -> None:
    """A wrong token is code 190, a wrong proof code 100, a dead version no path."""
    assert (await sent(platform, HELLO, access_token="other"))[1]["error"]["code"] == 190
    assert (await sent(platform, HELLO, appsecret_proof="0"))[1]["error"]["code"] == 100
    async with ClientSession() as http, http.get(f"{platform.url}/v20.0/me", params=AUTH) as response:
        assert (await response.json())["error"]["code"] == 2500
    assert platform.shown(PERSON) == []


async def test_windows_shut(platform: GraphPlatform) -> None:
    """After a day only a person's tag is taken, where the app has it, and after a week nothing."""
    tagged = {**HELLO, "messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    platform.pass_time(timedelta(hours=24))
    status, answer = await sent(platform, HELLO)
    assert (status, answer["error"]["code"]) == (403, 10)
    assert answer["error"]["error_subcode"] == platform.account.rules.window_subcode
    assert (await sent(platform, tagged))[1]["error"]["code"] == 100
    platform.account.is_human_agent = True
    assert (await sent(platform, tagged))[0] == 200
    platform.pass_time(timedelta(days=6))
    assert (await sent(platform, tagged))[1]["error"]["code"] == 10
    platform.said(PERSON, {"mid": "m_2", "text": "hello again"})
    assert (await sent(platform, HELLO))[0] == 200


async def test_strangers_cannot_be_written_to(platform: GraphPlatform) -> None:
    """Nobody who has never written can be written to."""
    _, answer = await sent(platform, {**HELLO, "recipient": {"id": "999"}})
    assert (answer["error"]["code"], answer["error"]["error_subcode"]) == (100, 2018001)


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (Trouble.RATE_LIMITED, 613),
        (Trouble.SERVER_ERROR, 2),
        (Trouble.REJECTED, 100),
        (Trouble.UNAVAILABLE, 551),
        (Trouble.SHUT, 10),
        (Trouble.REVOKED, 190),
        (Trouble.RESTRICTED, 10),
        (Trouble.BLOCKED, 368),
    ],
)
async def test_troubles(platform: GraphPlatform, trouble: Trouble, code: int) -> None:
    """Each trouble is its code, once, and the next call is well."""
    platform.fail_next(trouble)
    assert (await sent(platform, HELLO))[1]["error"]["code"] == code
    assert platform.shown(PERSON) == []
    assert (await sent(platform, HELLO))[0] == 200


async def test_lost_answers(platform: GraphPlatform) -> None:
    """A dropped answer leaves the message shown, a connection that vanishes does not."""
    for trouble, count in ((Trouble.DROP, 1), (Trouble.VANISH, 1)):
        platform.fail_next(trouble)
        with pytest.raises(ClientError):
            await sent(platform, HELLO)
        assert len(platform.shown(PERSON)) == count


@pytest.mark.parametrize("when", list(EchoTime))
async def test_echoes(platform: GraphPlatform, when: EchoTime) -> None:
    """A send is reported to the webhook before its answer, after it, or never; signed, and with its id."""
    heard: list[tuple[bytes, str]] = []

    async def webhook(request: web.Request) -> web.StreamResponse:
        heard.append((await request.read(), request.headers[SIGNATURE_HEADER]))
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", webhook)
    platform.echoes = when
    async with serving(app) as url:
        platform.webhook_url = f"{url}/hook"
        _, answer = await sent(platform, HELLO)
        if when is EchoTime.BEFORE:
            assert len(heard) == 1
        await platform.echoed()
    assert len(heard) == (0 if when is EchoTime.NEVER else 1)
    for body, signature in heard:
        assert answer["message_id"].encode() in body
        assert signature == "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


async def test_conversations_are_paged(platform: GraphPlatform) -> None:
    """Conversations come with the latest first, a page at a time, and for one person alone when asked."""
    for number in range(3):
        platform.pass_time(timedelta(seconds=1))
        platform.said(f"8{number}", {"mid": f"m_8{number}", "text": "hello"})
    await sent(platform, HELLO)
    name = platform.account.rules.platform
    first = await asked(platform, "me/conversations", platform=name, limit="2")
    assert first["data"][0]["id"] in {f"t_{PERSON}", "t_82"}
    assert first["paging"]["cursors"]["after"] == "2"
    rest = await asked(platform, "me/conversations", platform=name, limit="2", after="2")
    assert len(rest["data"]) == 2
    assert "paging" not in rest
    one = await asked(platform, "me/conversations", platform=name, user_id=PERSON)
    (conversation,) = one["data"]
    assert {row["message"] for row in conversation["messages"]["data"]} == {"hi", "hello"}
    assert (await asked(platform, "me/conversations", platform="myspace"))["error"]["code"] == 100


async def test_profiles_and_subscriptions(platform: GraphPlatform) -> None:
    """What may not be known is refused, and what is subscribed to can be read."""
    assert "error" in await asked(platform, PERSON, fields="shoe_size")
    assert "error" in await asked(platform, PERSON, fields="locale")
    assert (await asked(platform, PERSON, fields="profile_pic"))["id"] == PERSON
    assert (await asked(platform, "me/subscribed_apps"))["data"] == []
    platform.account.subscribed = {"messages"}
    (app,) = (await asked(platform, "me/subscribed_apps"))["data"]
    assert app["subscribed_fields"] == ["messages"]
    assert "error" in await asked(platform, "dreams")
