"""Sending: files, links, quotes, tags, the allowance, and what each refusal means."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from bot.api import (
    ChatGone,
    Choice,
    ConfigurationError,
    ConnectionFailed,
    DeliveryRejected,
    DeliveryUncertain,
    MediaFile,
    MediaKind,
    PluginError,
    RateLimited,
    WindowShut,
    Wording,
)
from plugins._meta.failures import (
    AccountBlocked,
    AccountRestricted,
    NothingThere,
    Refused,
    failure,
)
from plugins._meta.plugin import WORDS
from tests.plugins.meta.harness import ANN, INSTAGRAM_DIRECT, MESSENGER, TOKEN, Kind
from tests.plugins.meta.rig import Rig, connected
from tests.simulators.graph_rules import Refusal
from tests.simulators.graph_troubles import Trouble


@pytest.fixture
async def hidden(kind: Kind, tmp_path: Path) -> AsyncIterator[Rig]:
    """A connected channel of each platform in turn, on a server that platforms cannot reach."""
    async with connected(kind, tmp_path, has_public_url=False) as rig:
        yield rig


async def kept(
    rig: Rig, mime_type: str, *, kind: MediaKind = MediaKind.PHOTO, name: str = "a.jpg", size: int = 4
) -> MediaFile:
    return await rig.host.media.keep(rig.chat, b"x" * size, kind=kind, file_name=name, mime_type=mime_type)


async def test_file_goes_as_a_link(rig: Rig) -> None:
    """Where the platform can reach this server, it fetches the file itself."""
    media = await kept(rig, "image/jpeg")
    await rig.plugin.send(rig.message("", media=media))
    (post,) = rig.platform.shown(ANN)
    payload = {"url": rig.host.media.link(media), "is_reusable": False}
    assert post.body["message"]["attachment"] == {"type": "image", "payload": payload}
    assert post.file == b"xxxx"
    assert rig.platform.called("me/message_attachments") == []


async def test_file_is_uploaded_where_there_is_no_way_back(hidden: Rig) -> None:
    """Where the platform cannot reach this server, the file is put there first."""
    await hidden.plugin.send(hidden.message("", media=await kept(hidden, "image/jpeg")))
    (post,) = hidden.platform.shown(ANN)
    assert set(post.body["message"]["attachment"]["payload"]) == {"attachment_id"}
    assert post.file == b"xxxx"


async def test_file_is_uploaded_when_the_link_is_not_fetched(rig: Rig) -> None:
    """When the platform fails to fetch a file, it is put there, and shown once."""
    rig.platform.fail_next(Trouble.UNREACHABLE_LINK)
    await rig.plugin.send(rig.message("", media=await kept(rig, "image/jpeg")))
    (post,) = rig.platform.shown(ANN)
    assert post.file == b"xxxx"
    assert len(rig.platform.called("me/message_attachments")) == 1


async def test_erased_file_is_refused(hidden: Rig) -> None:
    """A file that is not here any more is a refusal, and nothing is sent."""
    gone = MediaFile(
        kind=MediaKind.PHOTO, media_id="none", file_name="a.jpg", mime_type="image/jpeg", size_bytes=4
    )
    with pytest.raises(DeliveryRejected, match="was erased"):
        await hidden.plugin.send(hidden.message("", media=gone))
    assert hidden.platform.shown(ANN) == []


async def test_format_that_is_not_taken_goes_as_words(account: Rig) -> None:
    """What Instagram cannot play is a line with a link, so that nothing is lost."""
    media = await kept(account, "audio/ogg; codecs=opus", kind=MediaKind.DOCUMENT, name="voice.ogg")
    await account.plugin.send(account.message("", media=media))
    (post,) = account.platform.shown(ANN)
    assert post.text == f"📎 voice.ogg: {account.host.media.link(media)}"


async def test_format_that_is_not_taken_is_named_where_no_link_works(tmp_path: Path) -> None:
    """Without a way back to this server, the team is told what Instagram does not take."""
    async with connected(INSTAGRAM_DIRECT, tmp_path, has_public_url=False) as rig:
        media = await kept(rig, "audio/ogg", kind=MediaKind.DOCUMENT, name="voice.ogg")
        with pytest.raises(DeliveryRejected, match="takes no audio/ogg"):
            await rig.plugin.send(rig.message("", media=media))


@pytest.mark.parametrize(
    ("mime_type", "kind", "wire_type"),
    [
        ("image/png", MediaKind.PHOTO, "image"),
        ("image/png", MediaKind.DOCUMENT, "file"),
        ("image/tiff", MediaKind.PHOTO, "file"),
        ("audio/ogg; codecs=opus", MediaKind.VOICE, "audio"),
        ("VIDEO/MP4", MediaKind.ANIMATION, "video"),
        ("application/zip", MediaKind.DOCUMENT, "file"),
    ],
)
async def test_messenger_takes_every_format(
    page: Rig, mime_type: str, kind: MediaKind, wire_type: str
) -> None:
    """On Messenger a file is shown or played where it can be, and is a file where not."""
    await page.plugin.send(page.message("", media=await kept(page, mime_type, kind=kind)))
    (post,) = page.platform.shown(ANN)
    assert (post.kind, post.file) == (wire_type, b"xxxx")


async def test_voice_that_instagram_plays_is_played(account: Rig) -> None:
    """A voice note in a format of Instagram's is sound there, though it travels as a file."""
    media = await kept(account, "audio/mp4", kind=MediaKind.DOCUMENT, name="voice.m4a")
    await account.plugin.send(account.message("", media=media))
    assert account.platform.shown(ANN)[0].kind == "audio"


async def test_metadata_is_our_id_where_it_comes_back(page: Rig, tmp_path: Path) -> None:
    """Messenger gets our id of each message; Instagram, which does not give it back, does not."""
    message = page.message()
    await page.plugin.send(message)
    assert page.platform.shown(ANN)[0].metadata == message.message_id
    async with connected(INSTAGRAM_DIRECT, tmp_path) as account:
        await account.plugin.send(account.message())
        assert account.platform.shown(ANN)[0].metadata == ""


async def test_quote_that_is_gone_costs_no_words(rig: Rig) -> None:
    """When what a message quotes is not there any more, its words are sent all the same."""
    await rig.plugin.send(rig.message("the words", reply_to="m_never"))
    (post,) = rig.platform.shown(ANN)
    assert (post.text, post.reply_to) == ("the words", "")


async def test_every_quick_reply_fits(rig: Rig) -> None:
    """Thirteen buttons with labels of twenty characters are taken, each with the bot's own choice."""
    choices = tuple(Choice(choice_id=f"a:{number}", label=f"{number:02}" + "é" * 18) for number in range(13))
    await rig.plugin.send(rig.message(choices=choices))
    replies = rig.platform.shown(ANN)[0].quick_replies
    assert [reply["payload"] for reply in replies] == [f"choice:a:{number}" for number in range(13)]


async def test_typing_shows_that_it_was_read(rig: Rig) -> None:
    """Whoever writes has read, and the contact sees both; the first once for each of their messages."""
    for _ in range(2):
        await rig.hear(rig.said("hello"))
        await rig.plugin.typing(rig.chat)
        await rig.plugin.typing(rig.chat)
    once = ["mark_seen", "typing_on", "typing_on"]
    assert rig.platform.world.actions == [(ANN, action) for action in once * 2]


async def test_nothing_is_sent_when_the_allowance_is_nearly_used_up(rig: Rig) -> None:
    """Before the platform shuts us out we pause by ourselves, and look again after a minute."""
    rig.platform.usage_percent = 96
    await rig.plugin.send(rig.message("last"))
    with pytest.raises(RateLimited, match="allowance") as caught:
        await rig.plugin.send(rig.message("not now"))
    assert caught.value.whole_channel
    assert timedelta(0) < caught.value.retry_after <= timedelta(seconds=60)
    assert len(rig.platform.shown(ANN)) == 1
    rig.platform.usage_percent = 10
    rig.platform.pass_time(timedelta(seconds=61))
    await rig.plugin.send(rig.message("now"))


async def test_troubles_of_the_account_are_told(rig: Rig) -> None:
    """A restriction pauses the channel, a block refuses the message, and people are told of both."""
    rig.platform.fail_next(Trouble.RESTRICTED)
    with pytest.raises(RateLimited) as restricted:
        await rig.plugin.send(rig.message())
    assert restricted.value.whole_channel
    assert restricted.value.retry_after >= timedelta(minutes=10)
    rig.platform.fail_next(Trouble.BLOCKED)
    with pytest.raises(DeliveryRejected):
        await rig.plugin.send(rig.message())
    assert [("restricts" in alert, "blocks" in alert) for alert in rig.host.alerts] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize(
    ("status", "code", "subcode", "kind"),
    [
        (403, 10, 2018278, WindowShut),
        (403, 10, 2534022, WindowShut),
        (403, 10, 2018065, WindowShut),
        (403, 10, 1893063, AccountRestricted),
        (400, 551, 0, ChatGone),
        (400, 200, 1545041, ChatGone),
        (400, 100, 2018001, ChatGone),
        (400, 100, 2534014, ChatGone),
        (400, 100, 0, Refused),
        (400, 100, 2534001, Refused),
        (400, 10, 2018300, Refused),
        (400, 190, 463, ConfigurationError),
        (400, 190, 467, ConfigurationError),
        (403, 200, 0, ConfigurationError),
        (403, 299, 0, ConfigurationError),
        (403, 10, 0, ConfigurationError),
        (400, 4, 0, RateLimited),
        (400, 17, 0, RateLimited),
        (400, 32, 0, RateLimited),
        (400, 613, 0, RateLimited),
        (400, 80006, 0, RateLimited),
        (429, 1000, 0, RateLimited),
        (500, 1, 0, DeliveryUncertain),
        (500, 2, 0, DeliveryUncertain),
        (500, 1200, 0, DeliveryUncertain),
        (400, 2, 2018344, DeliveryUncertain),
        (400, 100, 1545133, DeliveryUncertain),
        (503, 999, 0, DeliveryUncertain),
        (400, 230, 0, AccountBlocked),
        (400, 368, 0, AccountBlocked),
    ],
)
def test_table_of_errors(status: int, code: int, subcode: int, kind: type[PluginError]) -> None:
    """Each of the platform's errors is the bot's error that says what to do next."""
    refusal = Refusal(status, code, f"something about {TOKEN}", subcode=subcode)
    content = msgspec.json.encode(refusal.answer)
    error = failure(status, content, {}, secret=TOKEN, say=Wording(WORDS, "en"))
    assert type(error) is kind
    assert TOKEN not in str(error)
    assert str(code) in str(error)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"bad {TOKEN[:12]}...", "bad …"),
        ("call /me?access_token=EAAother&x=1 failed", "call /me?access_token=…&x=1 failed"),
        ("one\ntwo\u202e three\0", "one two three"),
        (" \n ", ""),
    ],
)
def test_words_of_the_platform_are_made_safe(said: str, shown: str) -> None:
    """No part of a token, no second line and nothing that turns the text reaches people."""
    content = msgspec.json.encode(Refusal(400, 100, said).answer)
    reason = str(failure(400, content, {}, secret=TOKEN, say=Wording(WORDS, "en")))
    words = f"the platform refuses it: {shown}" if shown else "the platform refuses it"
    assert reason == f"{words} (Graph error 100)"


@pytest.mark.parametrize(
    "content", [b"<html>", b"{}", b'{"error":"x"}', b'{"error":{"code":"x"}}', b"[]", b""]
)
def test_answers_of_something_else(content: bytes) -> None:
    """What is no answer of the Graph API leaves in doubt what was done, unless it was refused."""
    assert type(failure(502, content, {}, secret=TOKEN, say=Wording(WORDS, "en"))) is DeliveryUncertain
    assert type(failure(404, content, {}, secret=TOKEN, say=Wording(WORDS, "en"))) is NothingThere
    paused = failure(429, content, {"Retry-After": "7"}, secret=TOKEN, say=Wording(WORDS, "en"))
    assert isinstance(paused, RateLimited)
    assert paused.retry_after == timedelta(seconds=7)


async def test_reads_are_safe_to_repeat(page: Rig) -> None:
    """A call that shows nothing to anybody and breaks is one that may be repeated."""
    page.platform.fail_next(Trouble.SERVER_ERROR)
    with pytest.raises(ConnectionFailed):
        await page.plugin.connect()


async def test_wrong_app_secret_is_told_apart(tmp_path: Path) -> None:
    """A token of another app is told from a wrong token."""
    with pytest.raises(ConfigurationError, match="app_secret is not the secret"):
        async with connected(MESSENGER, tmp_path, app_secret="another"):
            pass


async def test_empty_settings_are_named(tmp_path: Path) -> None:
    """A channel that is not filled in says which keys are missing."""
    with pytest.raises(ConfigurationError, match=r"fill in page_token, app_secret of \[channels.messenger\]"):
        async with connected(MESSENGER, tmp_path, page_token="", app_secret=""):
            pass
