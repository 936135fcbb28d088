"""The loopback simulator is strict about what it is sent, and fails as it is told to."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession, ServerDisconnectedError

from tests.simulators.loopback import LoopbackPlatform, Trouble
from tests.simulators.loopback_rooms import Rooms, Rules

HELLO = {"id": "1", "chat": "ann", "text": "Hello"}


@pytest.fixture
async def platform() -> AsyncIterator[LoopbackPlatform]:
    """A platform that takes ten characters and two buttons."""
    rooms = Rooms(rules=Rules(text_limit=10, choices=2))
    async with LoopbackPlatform(token="t", secret="s", rooms=rooms) as platform:
        yield platform


async def call(
    platform: LoopbackPlatform, method: str, body: Any, *, token: str = "t"
) -> tuple[int, dict[str, Any]]:
    """Call the API and return status and answer."""
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        ClientSession(headers=headers) as http,
        http.post(f"{platform.url}/api/{method}", json=body) as response,
    ):
        return response.status, await response.json()


@pytest.mark.parametrize(
    ("method", "body", "status", "word"),
    [
        ("send", {**HELLO, "text": "x" * 11}, 400, "too_long"),
        ("send", {**HELLO, "text": ""}, 400, "empty"),
        ("send", {**HELLO, "choices": [{"id": "1", "label": "1"}] * 3}, 400, "too_many_choices"),
        ("send", {**HELLO, "file": "f9"}, 400, "no_file"),
        ("send", {**HELLO, "thread": "t9"}, 404, "thread_gone"),
        ("send", {**HELLO, "reply_to": "m9"}, 404, "no_post"),
        ("send", {"chat": "ann"}, 400, "bad_request"),
        ("send", "no object", 400, "bad_request"),
        ("edit", {**HELLO, "post": "p9"}, 404, "no_post"),
        ("close_thread", {"chat": "ann", "thread": "t9"}, 404, "thread_gone"),
        ("open_thread", {"chat": "ann", "title": "", "key": "k"}, 400, "no_threads"),
        ("shout", HELLO, 404, "no_method"),
    ],
)
async def test_wrong_calls_are_refused(
    platform: LoopbackPlatform, method: str, body: Any, status: int, word: str
) -> None:
    """A call that breaks a rule is answered with its word, and shows nothing to anybody."""
    answered, answer = await call(platform, method, body)
    assert (answered, answer["error"]) == (status, word)
    assert not platform.rooms.posts


async def test_a_wrong_token_is_refused_and_not_recorded(platform: LoopbackPlatform) -> None:
    """Nobody does anything without the token."""
    status, _ = await call(platform, "send", HELLO, token="other")
    assert status == 401
    assert not platform.calls


async def test_a_closed_thread_takes_no_message(platform: LoopbackPlatform) -> None:
    """A thread takes messages while it is open."""
    _, answer = await call(platform, "open_thread", {"chat": "ann", "title": "A", "key": "k"})
    inside = {**HELLO, **answer}
    assert (await call(platform, "send", inside))[0] == 200
    await call(platform, "close_thread", {"chat": "ann", **answer})
    assert (await call(platform, "send", inside))[0] == 404
    await call(platform, "reopen_thread", {"chat": "ann", **answer})
    assert (await call(platform, "send", inside))[0] == 200


@pytest.mark.parametrize(
    ("trouble", "status"),
    [
        (Trouble.RATE_LIMITED, 429),
        (Trouble.SERVER_ERROR, 500),
        (Trouble.REJECTED, 400),
        (Trouble.CHAT_GONE, 403),
        (Trouble.THREAD_GONE, 404),
        (Trouble.CHAT_MOVED, 409),
        (Trouble.WRONG_TOKEN, 401),
    ],
)
async def test_a_trouble_meets_one_call(platform: LoopbackPlatform, trouble: Trouble, status: int) -> None:
    """The next call has the trouble and does nothing; the one after it is well."""
    platform.fail_next(trouble)
    assert (await call(platform, "send", HELLO))[0] == status
    assert not platform.rooms.posts
    assert (await call(platform, "send", HELLO))[0] == 200
    assert len(platform.rooms.shown("ann")) == 1


async def test_a_dropped_call_was_carried_out(platform: LoopbackPlatform) -> None:
    """The connection breaks after people saw the message."""
    platform.fail_next(Trouble.DROP)
    with pytest.raises(ServerDisconnectedError):
        await call(platform, "send", HELLO)
    assert [post.text for post in platform.rooms.shown("ann")] == ["Hello"]


async def test_a_repeat_is_shown_once_only_where_the_rules_say_so() -> None:
    """The same id twice is one message on an idempotent platform, and two elsewhere."""
    for is_idempotent, shown in ((True, 1), (False, 2)):
        rooms = Rooms(rules=Rules(idempotent=is_idempotent))
        async with LoopbackPlatform(token="t", secret="s", rooms=rooms) as platform:
            for _ in range(2):
                await call(platform, "send", HELLO)
            assert len(rooms.shown("ann")) == shown
