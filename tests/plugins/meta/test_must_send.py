"""What every channel behind the Graph API must handle when it sends, and of its account, one by one."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.api import (
    ConfigurationError,
    DeliveryRejected,
    IncomingMessage,
    MediaKind,
    Origin,
    ProfileChanged,
    WindowShut,
)
from plugins._meta.plugin import WINDOW
from tests.conformance.host import RecordingHost
from tests.plugins.meta.harness import ANN, BOB, INSTAGRAM_DIRECT, MESSENGER, Kind
from tests.plugins.meta.rig import Rig, connected
from tests.simulators.graph import GraphPlatform
from tests.simulators.graph_troubles import Trouble

INBOX_APP = "263902037430900"


async def test_10_window_is_declared_and_its_end_is_final(rig: Rig) -> None:
    """Outside of 24 hours nothing is sent without the feature, and the team learns why."""
    able = rig.plugin.capabilities
    assert (able.reply_window, able.human_window) == (WINDOW, None)
    rig.platform.pass_time(timedelta(hours=24, seconds=1))
    with pytest.raises(WindowShut, match="has not written for too long"):
        await rig.plugin.send(rig.message(is_late=True))
    assert rig.platform.shown(ANN) == []


async def test_10_a_person_may_answer_for_seven_days(kind: Kind, tmp_path: Path) -> None:
    """With the feature, what a person wrote goes out late under its tag; what the bot says never does."""
    async with connected(kind, tmp_path, human_agent=True) as rig:
        rig.platform.account.is_human_agent = True
        assert rig.plugin.capabilities.human_window == timedelta(days=7)
        await rig.plugin.send(rig.message("in time"))
        rig.platform.pass_time(timedelta(days=6))
        await rig.plugin.send(rig.message("late", is_late=True))
        in_time, late = rig.platform.shown(ANN)
        assert (in_time.body["messaging_type"], in_time.body.get("tag")) == ("RESPONSE", None)
        assert (late.body["messaging_type"], late.body["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")
        with pytest.raises(WindowShut):
            await rig.plugin.send(rig.message("robot", origin=Origin.BOT, is_late=True))
        rig.platform.pass_time(timedelta(days=2))
        with pytest.raises(WindowShut):
            await rig.plugin.send(rig.message("too late", is_late=True))


async def test_10_clocks_that_differ_cost_no_answer(kind: Kind, tmp_path: Path) -> None:
    """When the platform says that the window has just shut, a person's words go out under the tag."""
    async with connected(kind, tmp_path, human_agent=True) as rig:
        rig.platform.account.is_human_agent = True
        rig.platform.fail_next(Trouble.SHUT)
        await rig.plugin.send(rig.message("just in time"))
        assert rig.platform.shown(ANN)[0].body["tag"] == "HUMAN_AGENT"


async def test_11_dead_token_stops_the_channel_and_is_told(rig: Rig) -> None:
    """A token that was taken back is an error of the settings, and a line in the inbox, once."""
    for _ in range(2):
        rig.platform.fail_next(Trouble.REVOKED)
        with pytest.raises(ConfigurationError, match="page_token is refused"):
            await rig.plugin.send(rig.message())
    (alert,) = rig.host.alerts
    assert "page_token is refused" in alert


async def test_11_token_near_its_end_is_told(kind: Kind, tmp_path: Path) -> None:
    """A token that ends within two weeks is a line in the inbox."""

    def prepare(platform: GraphPlatform, host: RecordingHost) -> None:
        platform.account.token_ends_at = platform.now() + timedelta(days=5)

    async with connected(kind, tmp_path, prepare=prepare) as rig:
        await rig.until(lambda host: any("page_token ends on" in text for text in host.alerts))


async def test_12_lost_subscription_is_made_again(kind: Kind, tmp_path: Path) -> None:
    """A channel whose webhooks the platform has cut off subscribes to them again, and says so."""

    def prepare(platform: GraphPlatform, host: RecordingHost) -> None:
        platform.account.subscribed = set()

    async with connected(kind, tmp_path, prepare=prepare) as rig:
        await rig.until(lambda host: any("subscribed" in text for text in host.alerts))
        assert {"messages", "messaging_postbacks"} <= rig.platform.account.subscribed


async def test_12_missing_events_are_added_to_those_there(page: Rig) -> None:
    """What is missing is subscribed to beside what is there, quietly."""
    account = page.platform.account
    await page.platform.until(lambda: "message_edits" in account.subscribed)
    assert "message_echoes" in account.subscribed
    assert page.host.alerts == []


async def test_13_text_is_limited_as_the_platform_counts(account: Rig) -> None:
    """Instagram counts bytes: 250 faces go out, and one letter more does not."""
    able = account.plugin.capabilities
    assert able.text_unit.length("😀" * 250) == able.text_limit == 1000
    await account.plugin.send(account.message("😀" * 250))
    with pytest.raises(DeliveryRejected):
        await account.plugin.send(account.message("😀" * 250 + "a"))


async def test_14_text_and_file_are_two_sends(rig: Rig) -> None:
    """No file travels with words, so that each part is sent, and can fail, on its own."""
    assert rig.plugin.capabilities.caption_limit == 0
    media = await rig.host.media.keep(
        rig.chat, b"jpeg", kind=MediaKind.PHOTO, file_name="a.jpg", mime_type="image/jpeg"
    )
    rig.platform.fail_next(Trouble.REJECTED)
    with pytest.raises(DeliveryRejected):
        await rig.plugin.send(rig.message("", media=media))
    await rig.plugin.send(rig.message("the words"))
    assert [post.text for post in rig.platform.shown(ANN)] == ["the words"]


@pytest.mark.parametrize(("kind", "key"), [(MESSENGER, "page_id"), (INSTAGRAM_DIRECT, "account_id")])
async def test_16_wrong_account_is_found_out(kind: Kind, key: str, tmp_path: Path) -> None:
    """A token of another account, as the page's id in place of Instagram's, is an error of the settings."""
    with pytest.raises(ConfigurationError, match=f"not the token of {key} 91100001"):
        async with connected(kind, tmp_path, account="91100001"):
            pass


async def test_17_version_near_its_end_is_told(kind: Kind, tmp_path: Path) -> None:
    """Weeks before the configured version ends, and when it has, the inbox is told."""
    ends = datetime(2028, 7, 29, tzinfo=UTC)

    def prepare(platform: GraphPlatform, host: RecordingHost) -> None:
        platform.pass_time(ends - timedelta(days=30) - platform.now())

    async with connected(kind, tmp_path, prepare=prepare) as rig:
        await rig.until(
            lambda host: any("v25.0 of the Graph API ends on 2028-07-29" in text for text in host.alerts)
        )


async def test_17_version_that_is_served_as_another_is_told(kind: Kind, tmp_path: Path) -> None:
    """When the platform answers as another version than the configured one, the inbox is told."""

    def prepare(platform: GraphPlatform, host: RecordingHost) -> None:
        platform.served_version = "v27.0"

    async with connected(kind, tmp_path, prepare=prepare) as rig:
        await rig.until(lambda host: any("answers as v27.0, not as v25.0" in text for text in host.alerts))


async def test_20_profile_is_learnt_later_and_kept(kind: Kind, tmp_path: Path) -> None:
    """A first message is received without a name; the name follows, is kept, and is not asked for again."""
    documents: dict[str, str] = {}
    async with connected(kind, tmp_path, documents=documents) as rig:
        (first,) = await rig.hear(rig.said("hello"))
        assert isinstance(first, IncomingMessage)
        assert first.sender.name == ""
        await rig.until(lambda host: any(isinstance(event, ProfileChanged) for event in host.events))
        (learnt,) = rig.of_type(ProfileChanged)
        assert (learnt.sender.name, learnt.sender.first_name) == ("Ann Example", "Ann")
        (second,) = await rig.hear(rig.said("again"))
        assert isinstance(second, IncomingMessage)
        assert second.sender == learnt.sender
    async with connected(kind, tmp_path, documents=documents) as rig:
        await rig.hear(rig.said("after a restart"))
        # The next to be looked up is somebody else, so that Ann's turn is over.
        await rig.hear(rig.platform.said(BOB, {"mid": "m_bob", "text": "hello"}))
        await rig.until(lambda host: any(isinstance(event, ProfileChanged) for event in host.events))
        assert rig.platform.called(ANN) == []


async def test_20_profile_that_is_refused_costs_nothing(kind: Kind, tmp_path: Path) -> None:
    """Without the right to see profiles, messages come without names, and nothing is alarmed."""

    def prepare(platform: GraphPlatform, host: RecordingHost) -> None:
        platform.account.is_profile_open = False

    async with connected(kind, tmp_path, prepare=prepare) as rig:
        await rig.hear(rig.said("hello"))
        await rig.platform.until(lambda: rig.platform.called(ANN))
        assert len(await rig.hear(rig.said("again"))) == 1
        assert (rig.host.failures, rig.host.alerts) == ([], [])


async def test_21_erasing_leaves_nothing(rig: Rig) -> None:
    """Nothing that is kept here on a contact is left after it was erased."""
    await rig.hear(rig.said("hello"))
    await rig.plugin.send(rig.message())
    await rig.until(lambda host: any(isinstance(event, ProfileChanged) for event in host.events))
    await rig.plugin.disconnect()
    assert any(ANN in name for name in rig.host.documents.texts)
    await rig.plugin.erase([rig.chat])
    await rig.plugin.disconnect()
    assert not any(ANN in name for name in rig.host.documents.texts)
