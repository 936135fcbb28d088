"""The small parts: signatures, the allowance, versions, profiles, pymessenger's helpers."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.api import ProfileChanged, Wording
from plugins._meta.graph_bot import GraphBot
from plugins._meta.plugin import WORDS
from plugins._meta.profiles import AGAIN, FRESH
from plugins._meta.signing import is_same, is_signature, is_signed
from plugins._meta.underway import MEMORY, UnderWay
from plugins._meta.usage import Usage, asked_pause
from plugins._meta.versions import ending
from plugins._meta.webhook import LARGE_BODY
from tests.conformance.host import RecordingHost
from tests.plugins.meta.harness import ANN, MESSENGER, VERIFY_TOKEN
from tests.plugins.meta.rig import Rig, connected
from tests.simulators.graph import GraphPlatform

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass(slots=True)
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


def test_signatures() -> None:
    """Only the HMAC-SHA256 of these very bytes under this very secret is a signature."""
    body = '{"name":"Zoé"}'.encode()
    good = "sha256=" + hmac.new(b"key", body, hashlib.sha256).hexdigest()
    assert is_signed(b"key", body, good)
    assert not is_signed(b"other", body, good)
    assert not is_signed(b"key", body + b" ", good)
    assert not is_signed(b"", body, "sha256=" + hmac.new(b"", body, hashlib.sha256).hexdigest())
    for header in (
        "",
        "sha256=",
        good.upper(),
        good[:-1],
        good + "0",
        good.replace("256", "1"),
        "sha256=" + "é" * 64,
    ):
        assert not is_signature(header)
        assert not is_signed(b"key", body, header)


def test_words_that_prove_somebody() -> None:
    """Nobody knows an empty word."""
    assert is_same("word", "word")
    assert not is_same("word ", "word")
    assert not is_same("\udcff", "word")
    assert not is_same("", "")


async def test_verification(rig: Rig) -> None:
    """The console's question is answered with its challenge, to who knows the word and to nobody else."""
    asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "<b>1158201444</b>"}
    url = rig.platform.webhook_url
    async with rig.host.http.get(url, params=asked) as answer:
        assert (answer.status, answer.content_type) == (200, "text/plain")
        assert await answer.text() == "<b>1158201444</b>"
    for change in ({"hub.verify_token": "guess"}, {"hub.verify_token": ""}, {"hub.mode": "unsubscribe"}):
        async with rig.host.http.get(url, params={**asked, **change}) as answer:
            assert answer.status == 403
    async with rig.host.http.get(url) as answer:
        assert answer.status == 403


async def test_large_batches_are_judged_alike(rig: Rig) -> None:
    """A batch that is hashed in a thread is taken or refused as a small one is."""
    body = rig.platform.batch(rig.said("hello"))
    raw, signature = rig.platform.signed({**body, "more": "x" * LARGE_BODY})
    assert await rig.platform.push_raw(raw + b" ", signature=signature) == 403
    assert await rig.platform.push_raw(raw, signature=signature) == 200


@pytest.mark.parametrize(
    "body", [b"[]", b"{", b'{"object":"page"}', b'{"object":"page","entry":{}}', b"\xff"]
)
async def test_senseless_batches_are_bad_requests(page: Rig, body: bytes) -> None:
    """What is well signed and no batch is a bad request."""
    signature = (
        "sha256=" + hmac.new(page.platform.account.app_secret.encode(), body, hashlib.sha256).hexdigest()
    )
    assert await page.platform.push_raw(body, signature=signature) == 400


async def test_senseless_parts_of_batches_are_counted(page: Rig) -> None:
    """What is no entry, or no event, is counted, and costs nothing else."""
    batch = page.platform.batch(page.said("hello"))
    batch["entry"][0]["messaging"].append("no event")
    batch["entry"] += ["no entry", {"id": page.platform.account.account_id, "messaging": "no list"}]
    raw, signature = page.platform.signed(batch)
    assert await page.platform.push_raw(raw, signature=signature) == 200
    assert len(page.host.events) == 1
    assert page.host.counts == {"malformed": 2, "unknown_entry": 1}


async def test_messages_that_come_as_changes(account: Rig) -> None:
    """Where the account logs in by itself, a message may come as the change of a field."""
    said = account.said("hello")
    change = {"field": "messages", "value": {**said, "timestamp": str(said["timestamp"])}}
    raw, signature = account.platform.signed(account.platform.batch(change, name="changes"))
    assert await account.platform.push_raw(raw, signature=signature) == 200
    assert len(account.host.events) == 1


def test_allowance() -> None:
    """The highest share of any header counts, and is forgotten after a minute."""
    clock = Clock()
    usage = Usage(clock)
    usage.note({"X-App-Usage": '{"call_count":10,"total_time":85,"total_cputime":1}'})
    assert usage.is_busy
    assert usage.pause() == timedelta(0)
    usage.note({"X-Business-Use-Case-Usage": '{"1":[{"type":"messenger","call_count":97}]}'})
    assert usage.pause() == timedelta(seconds=60)
    usage.note({})
    assert usage.is_busy
    clock.now += timedelta(seconds=60)
    assert usage.pause() == timedelta(0)
    assert not usage.is_busy


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        (
            {"X-Business-Use-Case-Usage": '{"1":[{"call_count":1,"estimated_time_to_regain_access":19}]}'},
            19 * 60,
        ),
        ({"X-App-Usage": '{"call_count":100}', "Retry-After": "30"}, 30),
        ({"Retry-After": "soon"}, 0),
        ({"X-App-Usage": "{"}, 0),
        ({"X-App-Usage": "[1]"}, 0),
        ({"X-Page-Usage": '{"call_count":"many"}'}, 0),
        ({}, 0),
    ],
)
def test_pauses_that_are_asked_for(headers: dict[str, str], pause: int) -> None:
    """A refusal names its pause in minutes or in seconds, or not at all."""
    assert asked_pause(headers) == timedelta(seconds=pause)


@pytest.mark.parametrize(
    ("version", "today", "words"),
    [
        ("v25.0", date(2026, 11, 22), ""),
        ("v25.0", date(2028, 7, 1), "ends on 2028-07-29"),
        ("v25.0", date(2028, 7, 30), "is over since 2028-07-29"),
        ("v20.0", date(2026, 11, 22), "is over"),
        ("v99.0", date(2030, 1, 1), ""),
    ],
)
def test_ends_of_versions(version: str, today: date, words: str) -> None:
    """A version is worth a word three months before its end, and after it."""
    told = ending(version, today, Wording(WORDS, "en"))
    assert words in told
    assert bool(told) is bool(words)


def test_sends_under_way_are_forgotten() -> None:
    """An attempt can be told by its words while it lasts, and for some minutes after."""
    clock = Clock()
    under_way = UnderWay(clock)
    under_way.begin("ann", "r.1", "Hello ")
    found = under_way.said("ann", "Hello")
    assert found is not None
    assert found.message_id == "r.1"
    assert under_way.said("bob", "Hello") is None
    clock.now += MEMORY
    assert under_way.said("ann", "Hello") is None
    under_way.end("ann", "r.other")
    assert under_way.find("ann", "r.1") is None


async def test_old_profiles_are_asked_for_again(tmp_path: Path) -> None:
    """A profile is asked for once while it is fresh, and a name that has changed is told."""
    async with connected(MESSENGER, tmp_path) as rig:
        for _ in range(3):
            await rig.hear(rig.said("hello"))
        await rig.until(lambda host: any(isinstance(event, ProfileChanged) for event in host.events))
        asked = len(rig.platform.called(ANN))
        rig.platform.world.people[ANN].profile["last_name"] = "Married"
        await rig.hear(rig.said("again"))
        rig.platform.pass_time(FRESH + timedelta(seconds=1))
        await rig.hear(rig.said("much later"))
        await rig.until(lambda host: "Ann Married" in names(host))
        assert len(rig.platform.called(ANN)) == asked + 1
        assert names(rig.host) == ["Ann Example", "Ann Married"]


async def test_refused_profiles_are_asked_for_later(tmp_path: Path) -> None:
    """After a refusal an hour passes before the same profile is asked for again."""

    def prepare(platform: GraphPlatform, host: RecordingHost) -> None:
        platform.account.is_profile_open = False

    async with connected(MESSENGER, tmp_path, prepare=prepare) as rig:
        await rig.hear(rig.said("hello"))
        await rig.platform.until(lambda: rig.platform.called(ANN))
        rig.platform.account.is_profile_open = True
        rig.platform.pass_time(AGAIN)
        await rig.hear(rig.said("later"))
        await rig.until(lambda host: names(host) == ["Ann Example"])


async def test_language_is_known_where_it_may_be(tmp_path: Path) -> None:
    """Where the app may ask for it, a contact's language is known too."""

    def prepare(platform: GraphPlatform, host: RecordingHost) -> None:
        platform.account.is_locale_open = True
        platform.world.people[ANN].profile["locale"] = "pt_BR"

    async with connected(MESSENGER, tmp_path, prepare=prepare) as rig:
        await rig.hear(rig.said("hello"))
        await rig.until(lambda host: any(isinstance(event, ProfileChanged) for event in host.events))
        assert [event.sender.language for event in rig.of_type(ProfileChanged)] == ["pt"]


def names(host: RecordingHost) -> list[str]:
    return [event.sender.name for event in host.events if isinstance(event, ProfileChanged)]


async def test_helpers_of_pymessenger_are_awaitable() -> None:
    """Each helper ends in our own call, decoded once, with type, proof and the address that we gave."""
    calls: list[tuple[str, Mapping[str, str], Mapping[str, Any]]] = []

    async def post(url: str, auth: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
        calls.append((url, auth, body))
        return {"message_id": "m_1"}

    bot = GraphBot("token", app_secret="secret", root="https://graph.example/v25.0", post=post)
    assert await bot.send_text_message("1", "hi") == {"message_id": "m_1"}
    await bot.send_button_message("1", "choose", [])
    await bot.send_image_url("1", "https://files.example/a.jpg")
    await bot.send_action("1", "typing_on")
    proof = hmac.new(b"secret", b"token", hashlib.sha256).hexdigest()
    assert {url for url, _, _ in calls} == {"https://graph.example/v25.0/me/messages"}
    assert all(auth == {"access_token": "token", "appsecret_proof": proof} for _, auth, _ in calls)
    text, buttons, image, action = (body for _, _, body in calls)
    assert text == {"recipient": {"id": "1"}, "messaging_type": "RESPONSE", "message": {"text": "hi"}}
    assert buttons["messaging_type"] == "RESPONSE"
    assert image["recipient"] == {"id": "1"}
    assert image["message"]["attachment"]["payload"] == {"url": "https://files.example/a.jpg"}
    assert action == {"recipient": {"id": "1"}, "sender_action": "typing_on"}
    assert "token" not in repr(bot)
