"""Doubtful sends: found by their echo, found in the conversation, or known not to have arrived."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.api import DeliveryUncertain, EchoReceived, MediaKind, OutgoingMessage, Unsupported
from tests.conformance.host import RecordingHost
from tests.plugins.meta.harness import ANN, MESSENGER, PACE, Kind
from tests.plugins.meta.rig import Rig, connected
from tests.simulators.graph import EchoTime, GraphPlatform
from tests.simulators.graph_rules import Answer
from tests.simulators.graph_troubles import Trouble
from tests.simulators.graph_world import Post


async def lost(rig: Rig, message: OutgoingMessage, trouble: Trouble = Trouble.DROP) -> None:
    """Send a message whose answer is lost."""
    rig.platform.fail_next(trouble)
    with pytest.raises(DeliveryUncertain):
        await rig.plugin.send(message)


async def test_found_by_its_echo(rig: Rig) -> None:
    """The echo alone tells that a message arrived, and under which id; the platform is not asked."""
    message = rig.message()
    await lost(rig, message)
    await rig.platform.echoed()
    rig.platform.account.is_conversation_open = False
    receipt = await rig.plugin.find_sent(message)
    assert receipt is not None
    assert receipt.platform_id == rig.platform.shown(ANN)[0].mid
    assert rig.of_type(EchoReceived) == []


async def test_found_by_an_echo_that_is_still_on_its_way(kind: Kind, tmp_path: Path) -> None:
    """Looking waits a moment for an echo that comes late."""
    async with connected(kind, tmp_path, pace=replace(PACE, echo_time=timedelta(seconds=5))) as rig:
        rig.platform.echoes = EchoTime.NEVER
        rig.platform.account.is_conversation_open = False
        message = rig.message()
        await lost(rig, message)
        looking = asyncio.create_task(rig.plugin.find_sent(message))
        (post,) = rig.platform.shown(ANN)
        assert await rig.platform.push(rig.platform.echo_of(post)) == 200
        receipt = await looking
        assert receipt is not None
        assert receipt.platform_id == post.mid


async def test_found_in_the_conversation(rig: Rig) -> None:
    """Without an echo the conversation tells, and an earlier message with the same words does not count."""
    rig.platform.echoes = EchoTime.NEVER
    await rig.plugin.send(rig.message("Same words"))
    message, never = rig.message("Same words"), rig.message("Same words")
    await lost(rig, message)
    receipt = await rig.plugin.find_sent(message)
    assert receipt is not None
    assert receipt.platform_id == rig.platform.shown(ANN)[1].mid
    await lost(rig, never, Trouble.VANISH)
    assert await rig.plugin.find_sent(never) is None


async def test_found_after_a_restart(kind: Kind, tmp_path: Path) -> None:
    """A plugin that knows nothing of an attempt finds its message, and no older one with the same words."""
    async with connected(kind, tmp_path) as rig:
        rig.platform.echoes = EchoTime.NEVER
        await rig.plugin.send(rig.message("Hello"))
        message = rig.message("Hello")
        await lost(rig, message)
        await rig.plugin.disconnect()
        second = rig.kind.package.create_plugin(rig.plugin._settings, rig.host)
        await second.connect()
        receipt = await second.find_sent(message)
        assert receipt is not None
        assert receipt.platform_id == rig.platform.shown(ANN)[1].mid
        assert await second.find_sent(rig.message("Hello")) is None


async def test_found_after_a_restart_and_its_echo(kind: Kind, tmp_path: Path) -> None:
    """An echo that comes to a plugin which knows nothing of the attempt does not hide the message."""
    async with connected(kind, tmp_path) as rig:
        rig.platform.echoes = EchoTime.NEVER
        message = rig.message("Hello")
        await lost(rig, message)
        second = rig.kind.package.create_plugin(rig.plugin._settings, rig.host)
        await second.connect()
        await second._account.learn_app()
        rig.server.routes = second.routes()
        (post,) = rig.platform.shown(ANN)
        assert await rig.hear(rig.platform.echo_of(post)) == []
        receipt = await second.find_sent(message)
        assert receipt is not None
        assert receipt.platform_id == post.mid


async def test_found_file(rig: Rig) -> None:
    """A doubtful file is found by being a file."""
    rig.platform.echoes = EchoTime.NEVER
    media = await rig.host.media.keep(
        rig.chat, b"jpeg", kind=MediaKind.PHOTO, file_name="a.jpg", mime_type="image/jpeg"
    )
    message = rig.message("", media=media)
    await lost(rig, message)
    receipt = await rig.plugin.find_sent(message)
    assert receipt is not None
    assert receipt.platform_id == rig.platform.shown(ANN)[0].mid


async def test_doubt_that_ends_late_is_reported(rig: Rig) -> None:
    """When nobody could tell, and the echo comes after all, the message is reported as sent."""
    rig.platform.echoes = EchoTime.NEVER
    rig.platform.account.is_conversation_open = False
    message = rig.message()
    await lost(rig, message)
    with pytest.raises(Unsupported):
        await rig.plugin.find_sent(message)
    (post,) = rig.platform.shown(ANN)
    await rig.hear(rig.platform.echo_of(post))
    (report,) = rig.host.reports
    assert (report.message_id, report.platform_id) == (message.message_id, post.mid)


async def test_echo_of_another_apps_metadata_is_no_message_of_ours(page: Rig) -> None:
    """What another app put into its metadata is never taken for an id of ours."""
    await page.plugin.send(page.message())
    post = page.platform.shown(ANN)[0]
    foreign = page.platform.echo_of(replace(post, mid="m_foreign"), app_id="4242")
    (event,) = await page.hear(foreign)
    assert isinstance(event, EchoReceived)
    assert (event.message_id, event.outgoing_id) == ("m_foreign", "")


async def test_files_of_colleagues_are_named(page: Rig) -> None:
    """A file that a colleague sent from the platform's app is shown as one."""
    await page.plugin.send(page.message())
    event = page.platform.echo_of(page.platform.shown(ANN)[0], app_id="263902037430900")
    event["message"] = {
        "mid": "m_file",
        "is_echo": True,
        "app_id": 263902037430900,
        "attachments": [{"type": "image", "payload": {"url": "https://scontent.xx.fbcdn.net/a.jpg"}}],
    }
    (echo,) = await page.hear(event)
    assert isinstance(echo, EchoReceived)
    assert echo.text == "📎 image"


async def test_sent_messages_are_known_after_a_restart(tmp_path: Path) -> None:
    """A read that comes after a restart still finds its message."""
    async with connected(MESSENGER, tmp_path) as rig:
        message = rig.message()
        await rig.plugin.send(message)
        await rig.plugin.disconnect()
        second = rig.kind.package.create_plugin(rig.plugin._settings, rig.host)
        rig.server.routes = second.routes()
        later = round((rig.platform.now() + timedelta(seconds=1)).timestamp() * 1000)
        await rig.hear(rig.did(read={"watermark": later}))
        assert [report.message_id for report in rig.host.reports] == [message.message_id]


async def test_echo_that_nobody_can_place_is_the_bots_to_judge(tmp_path: Path) -> None:
    """While our app's id is not known, an echo of an earlier life is handed on with the id it carries."""

    def prepare(platform: GraphPlatform, host: RecordingHost) -> None:
        platform.account.is_app_open = False

    async with connected(MESSENGER, tmp_path, prepare=prepare) as rig:
        body: Answer = {"message": {"text": "Before the crash", "metadata": "r.7"}}
        post = Post(mid="m_before", person_id=ANN, body=body, file=None, at=rig.platform.now())
        (event,) = await rig.hear(rig.platform.echo_of(post))
        assert isinstance(event, EchoReceived)
        assert event.outgoing_id == "r.7"
        receipt = await rig.plugin.find_sent(rig.message("Before the crash", message_id="r.7"))
        assert receipt is not None
        assert receipt.platform_id == "m_before"


async def test_own_actions_are_not_the_contacts(page: Rig) -> None:
    """A reaction of the page's own is not taken for the contact's."""
    event = {
        **page.did(reaction={"mid": "m_1", "action": "react", "emoji": "👍"}),
        "sender": {"id": page.platform.account.account_id},
        "recipient": {"id": ANN},
    }
    assert await page.hear(event) == []
    assert page.host.counts == {"own_event": 1}
