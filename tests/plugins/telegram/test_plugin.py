"""The channel's life: connecting, the checklist, the commands, and what it says when something is wrong."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from bot.api import ConfigurationError, ConnectionFailed, DeliveryRejected, IncomingMessage, TeamChat
from plugins.telegram import Settings
from plugins.telegram.timing import Timing
from tests.conformance.rig import open_rig
from tests.plugins.telegram.harness import CHANNEL, GROUP, TelegramHarness, open_telegram
from tests.plugins.telegram.rig import CUSTOMER, Bench, opened
from tests.simulators.telegram_updates import Trouble


async def test_everything_is_asked_for_by_name(bench: Bench) -> None:
    """Updates are asked for by kind, reactions among them, since what is not named is not sent."""
    await bench.platform.until(lambda: bench.calls("getUpdates") or None)
    asked = bench.calls("getUpdates")[0]["allowed_updates"]
    assert {"message", "message_reaction", "callback_query", "my_chat_member", "business_message"} <= set(
        asked
    )


async def test_commands_are_listed_in_team_chats_alone(bench: Bench) -> None:
    """Typing a slash in a team's group shows the commands; customers are shown none."""
    await bench.platform.until(lambda: bench.group.commands or None)
    assert [command["command"] for command in bench.group.commands] == ["claim", "close"]
    assert {call["scope"]["type"] for call in bench.calls("setMyCommands")} == {"chat"}


async def test_a_team_chat_that_comes_with_a_reload_is_prepared(bench: Bench) -> None:
    """A group that config.toml gets while the channel runs is looked at, and has the commands."""
    await bench.platform.until(lambda: bench.group.commands or None)
    other = bench.platform.chats.group(-1005, "Sales", is_forum=False)
    chat = bench.group_ref().__class__(CHANNEL, "-1005")
    bench.host.chats.append(TeamChat(chat=chat, title="Sales"))
    await bench.platform.until(lambda: other.commands or None)
    assert not bench.plugin.abilities(chat).threads


async def test_the_checklist_is_readable(bench: Bench) -> None:
    """Each line says what was looked at; what is wrong says what to do."""
    right = await bench.plugin.check()
    assert all(finding.is_ok for finding in right)
    assert right[0].what == "token of @guichet_bot"
    bench.group.gone = "bot was kicked from the supergroup chat"
    wrong = [finding for finding in await bench.plugin.check() if not finding.is_ok]
    assert [finding.what for finding in wrong] == [f"{bench.group_ref().address} cannot be reached"]
    assert "add the bot to the group" in wrong[0].advice


async def test_a_bot_that_reads_nothing_is_found_out(bench: Bench) -> None:
    """Privacy mode is told of where the bot is no admin, with the way to turn it off."""
    bench.group.members[7000001] = {"status": "member", "user": bench.platform.chats.bot}
    wrong = " ".join(finding.advice for finding in await bench.plugin.check() if not finding.is_ok)
    assert "/setprivacy" in wrong
    bench.platform.chats.bot["can_read_all_group_messages"] = True
    wrong = " ".join(finding.advice for finding in await bench.plugin.check() if not finding.is_ok)
    assert "/setprivacy" not in wrong


async def test_what_is_missing_is_told_once_over_restarts(tmp_path: Path) -> None:
    """A second start with the same fault posts nothing more."""
    async with open_rig(lambda _: open_telegram("polling"), tmp_path) as rig:
        assert isinstance(rig.harness, TelegramHarness)
        platform = rig.harness.platform
        platform.chats.chats[GROUP].members[7000001]["can_pin_messages"] = False
        for _ in range(2):
            async with rig.connected():
                platform.calls.clear()
                await platform.until(
                    lambda: [name for name, _ in platform.calls if name == "setMyCommands"] or None
                )
        assert len(rig.host.alerts) == 1
        assert "pin" in rig.host.alerts[0]


async def test_a_token_that_is_none_says_so(bench: Bench) -> None:
    """An empty token, or one that cannot be one, is told before anything is asked."""
    for token in ("", "has a space", "12/34"):
        settings = Settings(token=SecretStr(token), api_url=bench.platform.url)
        plugin = bench.harness.package.create_plugin(settings, bench.host)
        with pytest.raises(ConfigurationError, match="token"):
            await plugin.connect()


async def test_webhooks_need_an_address(bench: Bench) -> None:
    """Without `server.public_url` a webhook cannot be, and the channel says what it needs."""
    settings = Settings(
        token=SecretStr("7000001:token-of-the-simulated-bot"), api_url=bench.platform.url, mode="webhook"
    )
    bench.host.public_url = ""
    plugin = bench.harness.package.create_plugin(settings, bench.host)
    with pytest.raises(ConfigurationError, match=r"server\.public_url"):
        await plugin.connect()
    bench.host.public_url = "http://example.org"
    with pytest.raises(ConfigurationError, match=r"server\.public_url"):
        await plugin.connect()


async def test_polling_ends_a_webhook_that_was_left(tmp_path: Path) -> None:
    """A bot that had a webhook is polled after its channel says so, and loses nothing on the way."""
    async with opened(tmp_path) as bench:
        assert bench.calls("deleteWebhook")
        bench.people.write(CUSTOMER, "hello")
        await bench.received(IncomingMessage)


async def test_a_platform_that_is_away_for_a_moment_is_asked_again(bench: Bench) -> None:
    """A few failed requests for updates are no reason to connect anew."""
    bench.platform.fail_updates(Trouble.SERVER_ERROR, Trouble.SERVER_ERROR)
    bench.people.write(CUSTOMER, "hello")
    await bench.received(IncomingMessage)


async def test_a_platform_that_stays_away_breaks_the_connection(tmp_path: Path) -> None:
    """After many failed requests in a row the channel is connected anew."""
    async with open_rig(lambda _: open_telegram("polling"), tmp_path) as rig:
        assert isinstance(rig.harness, TelegramHarness)
        plugin = rig.create()
        await plugin.connect()
        rig.harness.platform.fail_updates(*[Trouble.SERVER_ERROR] * 10)
        error = await rig.error_of(plugin.listen(), "listen")
        await plugin.disconnect()
    assert isinstance(error, ConnectionFailed)


async def test_a_file_that_is_too_large_says_so(bench: Bench) -> None:
    """The platform gives bots files of up to 20 MB; the reason is in words for the team."""
    file_id = bench.platform.chats.keep_file("video", b"x" * (20 * 1024 * 1024 + 1))
    bench.people.write(CUSTOMER, video={"file_id": file_id, "file_unique_id": "u", "width": 1, "height": 1})
    attachment = (await bench.received(IncomingMessage)).attachments[0]
    with pytest.raises(DeliveryRejected, match="20 MB"):
        async for _ in bench.plugin.download(attachment):  # type: ignore[arg-type]  # it is on the platform
            pass


async def test_a_file_of_a_server_of_ones_own_is_read_from_disk(bench: Bench, tmp_path: Path) -> None:
    """A Bot API server on this machine names a file on its disk, of any size."""
    kept = tmp_path / "video.mp4"
    kept.write_bytes(b"film" * 100_000)
    pieces = [piece async for piece in bench.plugin._client._read(str(kept))]
    assert b"".join(pieces) == kept.read_bytes()
    with pytest.raises(DeliveryRejected):
        _ = [piece async for piece in bench.plugin._client._read(str(tmp_path / "none"))]


@pytest.mark.parametrize("value", ["api.telegram.org", "ftp://example.org", ""])
def test_an_address_that_is_none_is_refused(value: str) -> None:
    """`api_url` is the root of a server."""
    with pytest.raises(ValidationError, match="no address of a server"):
        Settings(api_url=value)


def test_settings_are_those_that_the_interface_names() -> None:
    """The table has these keys, and a slash at the end of the address does not matter."""
    assert set(Settings.model_fields) == {"enabled", "plugin", "token", "mode", "api_url"}
    assert Settings(api_url="http://localhost:8081/").api_url == "http://localhost:8081"
    assert Timing().poll_s > 0
