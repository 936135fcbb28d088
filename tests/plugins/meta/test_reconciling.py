"""After downtime: what was said meanwhile is fetched, once, and told apart."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.api import EchoReceived, IncomingMessage
from tests.conformance.host import RecordingHost
from tests.plugins.meta.harness import ANN, Kind
from tests.plugins.meta.rig import Rig, connected
from tests.simulators.graph import GraphPlatform
from tests.simulators.graph_rules import Answer
from tests.simulators.graph_world import Post


def marked(seconds_ago: float) -> dict[str, str]:
    """What a plugin remembers that last heard something so long ago."""
    at = datetime.now(UTC) - timedelta(seconds=seconds_ago)
    return {"received": f'{{"at": {at.timestamp()}}}'}


def by_account(platform: GraphPlatform, mid: str, text: str) -> None:
    body: Answer = {"message": {"text": text}}
    platform.world.posts.append(Post(mid=mid, person_id=ANN, body=body, file=None, at=platform.now()))


async def test_missed_messages_are_fetched(kind: Kind, tmp_path: Path) -> None:
    """Words and files that came while nobody listened are received in order, under their own ids."""

    def prepare(platform: GraphPlatform, host: RecordingHost) -> None:
        platform.said(ANN, {"mid": "m_1", "text": "first"})
        platform.pass_time(timedelta(seconds=2))
        url = f"{platform.url}/cdn/pic"
        platform.said(ANN, {"mid": "m_2", "attachments": [{"type": "image", "payload": {"url": url}}]})

    async with connected(kind, tmp_path, prepare=prepare, documents=marked(60)) as rig:
        await rig.until(lambda _: len(messages(rig)) == 2)
        first, second = messages(rig)
        assert (first.event_id, first.text) == ("m_1", "first")
        assert (second.event_id, second.text, len(second.attachments)) == ("m_2", "", 1)
        # The platform delivers it after all: it counts once.
        assert await rig.hear(rig.platform.said(ANN, {"mid": "m_1", "text": "first"})) == []


async def test_colleagues_replies_are_fetched_and_ours_are_not(kind: Kind, tmp_path: Path) -> None:
    """What a colleague wrote meanwhile is received as written elsewhere; what we sent is nothing new."""
    documents: dict[str, str] = {}
    async with connected(kind, tmp_path, documents=documents) as rig:
        await rig.hear(rig.said("hello"))
        receipt = await rig.plugin.send(rig.message("by us"))

    def prepare(platform: GraphPlatform, host: RecordingHost) -> None:
        platform.said(ANN, {"mid": "m_1", "text": "hello"})
        by_account(platform, receipt.platform_id, "by us")
        by_account(platform, "m_suite", "by a colleague")

    async with connected(kind, tmp_path, documents=documents, prepare=prepare) as rig:
        await rig.until(lambda host: any(isinstance(event, EchoReceived) for event in host.events))
        (echo,) = rig.of_type(EchoReceived)
        assert (echo.message_id, echo.text) == ("m_suite", "by a colleague")


async def test_new_channel_fetches_no_past(kind: Kind, tmp_path: Path) -> None:
    """A channel that is connected for the first time begins with what comes from now on."""

    def prepare(platform: GraphPlatform, host: RecordingHost) -> None:
        platform.said(ANN, {"mid": "m_old", "text": "long ago"})

    async with connected(kind, tmp_path, prepare=prepare) as rig:
        await rig.hear(rig.said("now"))
        assert [event.text for event in messages(rig)] == ["now"]
        assert rig.platform.called("me/conversations") == []


async def test_missing_permission_stops_nothing(kind: Kind, tmp_path: Path) -> None:
    """Where conversations may not be read, the channel works on, and nobody is alarmed."""

    def prepare(platform: GraphPlatform, host: RecordingHost) -> None:
        platform.account.is_conversation_open = False

    async with connected(kind, tmp_path, prepare=prepare, documents=marked(60)) as rig:
        await rig.platform.until(lambda: rig.platform.called("me/conversations"))
        assert len(await rig.hear(rig.said("now"))) == 1
        assert (rig.host.failures, rig.host.alerts) == ([], [])


async def test_many_conversations_are_read_page_by_page(kind: Kind, tmp_path: Path) -> None:
    """All that were written to are looked at, and no page behind those that are older."""

    def prepare(platform: GraphPlatform, host: RecordingHost) -> None:
        for number in range(60):
            platform.said(f"8{number:07}", {"mid": f"m_{number}", "text": "hello"})

    async with connected(kind, tmp_path, prepare=prepare, documents=marked(60)) as rig:
        await rig.until(lambda _: len(messages(rig)) == 60)
        assert len(rig.platform.called("me/conversations")) == 3


def messages(rig: Rig) -> list[IncomingMessage]:
    return rig.of_type(IncomingMessage)
