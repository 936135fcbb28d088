"""The Telegram simulator is as strict as the platform, and fails as it is told to."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession, FormData, ServerDisconnectedError, web

from tests.serving import serving
from tests.simulators.telegram import TOKEN, TelegramPlatform
from tests.simulators.telegram_people import People, user
from tests.simulators.telegram_updates import Trouble

ANN = user(7, "Ann")
GROUP = -1001
HELLO = {"chat_id": 7, "text": "Hello"}
FACE = "😀"


@pytest.fixture
async def platform() -> AsyncIterator[TelegramPlatform]:
    """A platform with one private chat, and one group with topics."""
    async with TelegramPlatform() as platform:
        platform.chats.private(7)
        platform.chats.group(GROUP)
        yield platform


async def call(
    platform: TelegramPlatform, method: str, parameters: Any = None, *, token: str = TOKEN
) -> tuple[int, Any]:
    """Call a method; gives the status, and the result or the description."""
    url = f"{platform.url}/bot{token}/{method}"
    async with ClientSession() as http, http.post(url, json=parameters or {}) as response:
        answer = await response.json()
        return response.status, answer.get("result", answer.get("description"))


def buttons(data: str) -> dict[str, Any]:
    """A keyboard of one button."""
    return {"inline_keyboard": [[{"text": "Claim", "callback_data": data}]]}


@pytest.mark.parametrize(
    ("method", "parameters", "status", "words"),
    [
        ("sendMessage", {**HELLO, "text": FACE * 2049}, 400, "message is too long"),
        ("sendMessage", {**HELLO, "text": " \n"}, 400, "text is empty"),
        ("sendMessage", {"text": "Hello"}, 400, "wrong parameter"),
        ("sendMessage", {**HELLO, "chat_id": 8}, 400, "chat not found"),
        ("sendMessage", {**HELLO, "reply_markup": buttons("é" * 33)}, 400, "BUTTON_DATA_INVALID"),
        ("sendMessage", {**HELLO, "reply_parameters": {"message_id": 99}}, 400, "replied not found"),
        ("sendMessage", {**HELLO, "entities": [{"type": "bold", "offset": 3, "length": 3}]}, 400, "entit"),
        ("sendMessage", {**HELLO, "chat_id": GROUP, "message_thread_id": 1}, 400, "thread not found"),
        ("sendMessage", {**HELLO, "chat_id": GROUP, "message_thread_id": 99}, 400, "thread not found"),
        ("sendMessage", {**HELLO, "business_connection_id": "x"}, 400, "business connection not found"),
        ("sendPhoto", {"chat_id": 7, "photo": "unknown"}, 400, "wrong file identifier"),
        ("editMessageText", {**HELLO, "message_id": 99}, 400, "to edit not found"),
        ("deleteMessage", {"chat_id": 7, "message_id": 99}, 400, "to delete not found"),
        ("setMessageReaction", {"chat_id": 7, "message_id": 99}, 400, "not found"),
        ("createForumTopic", {"chat_id": 7, "name": "Ann"}, 400, "not a forum"),
        ("createForumTopic", {"chat_id": GROUP, "name": "x" * 129}, 400, "TOPIC_TITLE_INVALID"),
        ("createForumTopic", {"chat_id": GROUP, "name": "x", "icon_color": 5}, 400, "TOPIC_TITLE_INVALID"),
        ("closeForumTopic", {"chat_id": GROUP, "message_thread_id": 99}, 400, "thread not found"),
        ("answerCallbackQuery", {"callback_query_id": "x"}, 400, "query is too old"),
        ("getFile", {"file_id": "x"}, 400, "invalid file_id"),
        ("setWebhook", {"url": "http://example.org"}, 400, "HTTPS"),
        ("sendNothing", {}, 404, "Not Found"),
    ],
)
async def test_wrong_calls_are_refused(
    platform: TelegramPlatform, method: str, parameters: Any, status: int, words: str
) -> None:
    """A call that breaks a rule is refused in the platform's words, and shows nothing to anybody."""
    answered, description = await call(platform, method, parameters)
    assert answered == status
    assert words in description
    assert not platform.chats.chats[7].ours
    assert not platform.chats.chats[GROUP].ours


async def test_a_wrong_token_is_refused_and_not_recorded(platform: TelegramPlatform) -> None:
    """Nobody does anything without the token."""
    assert await call(platform, "sendMessage", HELLO, token="1:other") == (401, "Unauthorized")
    assert not platform.calls


async def test_lengths_count_utf16_units(platform: TelegramPlatform) -> None:
    """A text of 4096 units is taken, whatever its number of characters."""
    assert (await call(platform, "sendMessage", {**HELLO, "text": FACE * 2048}))[0] == 200


async def test_files_come_as_multipart(platform: TelegramPlatform) -> None:
    """An uploaded file can be sent again by its id, as the same kind only, and can be fetched."""
    form = FormData()
    form.add_field("chat_id", "7")
    form.add_field("caption", "12")
    form.add_field("photo", b"a picture", filename="a.jpg")
    url = f"{platform.url}/bot{TOKEN}/sendPhoto"
    async with ClientSession() as http, http.post(url, data=form) as response:
        sent = (await response.json())["result"]
    assert sent["caption"] == "12"
    file_id = sent["photo"][0]["file_id"]
    assert (await call(platform, "sendPhoto", {"chat_id": 7, "photo": file_id}))[0] == 200
    assert (await call(platform, "sendVideo", {"chat_id": 7, "video": file_id}))[0] == 400
    _, file = await call(platform, "getFile", {"file_id": file_id})
    async with (
        ClientSession() as http,
        http.get(f"{platform.url}/file/bot{TOKEN}/{file['file_path']}") as got,
    ):
        assert await got.read() == b"a picture"


async def test_a_group_without_topics_ignores_the_topic(platform: TelegramPlatform) -> None:
    """When topics were turned off, a message that was to stand in one stands in the open, without a word."""
    topic = platform.chats.make_topic(platform.chats.chats[GROUP], "Ann")
    asked = {**HELLO, "chat_id": GROUP, "message_thread_id": topic.topic_id}
    assert (await call(platform, "sendMessage", asked))[1]["message_thread_id"] == topic.topic_id
    People(platform).turn_forum(platform.chats.chats[GROUP], is_forum=False)
    assert "message_thread_id" not in (await call(platform, "sendMessage", asked))[1]


async def test_an_update_is_handed_out_until_it_is_confirmed(platform: TelegramPlatform) -> None:
    """Asking again gives the same; asking from behind it confirms it, for ever."""
    People(platform).write(ANN, "hello")
    _, (update,) = await call(platform, "getUpdates")
    assert await call(platform, "getUpdates") == (200, [update])
    behind = {"offset": update["update_id"] + 1}
    assert await call(platform, "getUpdates", behind) == (200, [])
    assert await call(platform, "getUpdates") == (200, [])


async def test_a_request_waits_for_an_update(platform: TelegramPlatform) -> None:
    """A request with a timeout is answered as soon as something happens; a second one ends the first."""
    asking = asyncio.create_task(call(platform, "getUpdates", {"timeout": 30}))
    await platform.until(lambda: platform.calls or None)
    newer = asyncio.create_task(call(platform, "getUpdates", {"timeout": 30}))
    status, description = await asking
    assert status == 409
    assert "terminated by other getUpdates request" in description
    People(platform).write(ANN, "hello")
    assert (await newer)[1][0]["message"]["text"] == "hello"


async def test_a_webhook_is_called_until_it_takes_the_update(platform: TelegramPlatform) -> None:
    """An update is delivered again until it is answered with 200, signed each time."""
    secrets: list[str] = []

    async def take(request: web.Request) -> web.Response:
        secrets.append(request.headers["X-Telegram-Bot-Api-Secret-Token"])
        return web.Response(status=503 if len(secrets) < 3 else 200)

    app = web.Application()
    app.router.add_post("/hook", take)
    async with serving(app) as url:
        await call(platform, "setWebhook", {"url": f"{url}/hook", "secret_token": "s"})
        assert (await call(platform, "getUpdates"))[0] == 409
        People(platform).write(ANN, "hello")
        await platform.until(lambda: len(secrets) == 3 or None)
    assert secrets == ["s", "s", "s"]


async def test_a_group_takes_so_many_posts(platform: TelegramPlatform) -> None:
    """Sends, edits and topics share the limit of a group; private chats have none."""
    now = 0.0
    platform.limit.posts, platform.limit.clock = 3, lambda: now
    assert (await call(platform, "createForumTopic", {"chat_id": GROUP, "name": "Ann"}))[0] == 200
    _, sent = await call(platform, "sendMessage", {**HELLO, "chat_id": GROUP})
    now = 10.0
    edit = {"chat_id": GROUP, "message_id": sent["message_id"], "text": "Bye"}
    assert (await call(platform, "editMessageText", edit))[0] == 200
    status, description = await call(platform, "sendMessage", {**HELLO, "chat_id": GROUP})
    assert (status, description) == (429, "Too Many Requests: retry after 50")
    assert (await call(platform, "sendMessage", HELLO))[0] == 200
    now = 61.0
    assert (await call(platform, "sendMessage", {**HELLO, "chat_id": GROUP}))[0] == 200


@pytest.mark.parametrize(
    ("trouble", "status"),
    [
        (Trouble.RATE_LIMITED, 429),
        (Trouble.SERVER_ERROR, 500),
        (Trouble.REJECTED, 400),
        (Trouble.CHAT_GONE, 403),
        (Trouble.THREAD_GONE, 400),
        (Trouble.CHAT_MOVED, 400),
        (Trouble.WRONG_TOKEN, 401),
    ],
)
async def test_a_trouble_meets_one_call(platform: TelegramPlatform, trouble: Trouble, status: int) -> None:
    """The next call has the trouble and does nothing; the one after it is well."""
    platform.fail_next(trouble)
    assert (await call(platform, "sendMessage", HELLO))[0] == status
    assert not platform.chats.chats[7].ours
    assert (await call(platform, "sendMessage", HELLO))[0] == 200


async def test_a_dropped_call_was_carried_out(platform: TelegramPlatform) -> None:
    """The connection breaks after people saw the message."""
    platform.fail_next(Trouble.DROP)
    with pytest.raises(ServerDisconnectedError):
        await call(platform, "sendMessage", HELLO)
    assert [message.text for message in platform.chats.chats[7].ours] == ["Hello"]


async def test_a_gateway_answers_in_html(platform: TelegramPlatform) -> None:
    """A gateway's page is no JSON; behind GARBAGE the call was carried out, behind a 502 it was not."""
    url = f"{platform.url}/bot{TOKEN}/sendMessage"
    for trouble, status, shown in ((Trouble.BAD_GATEWAY, 502, 0), (Trouble.GARBAGE, 200, 1)):
        platform.fail_next(trouble)
        async with ClientSession() as http, http.post(url, json=HELLO) as response:
            assert (response.status, response.content_type) == (status, "text/html")
        assert len(platform.chats.chats[7].ours) == shown
