"""Commands that show something."""

from datetime import timedelta
from pathlib import Path

from tests.bot.building import INBOX_CHAT, SALES, settings_of
from tests.bot.desk.world import World, opened


async def test_history(desk: World) -> None:
    """`/history` shows what was said, by whom, and what happened."""
    await desk.writes("On my way.")
    await desk.writes("// he is angry")
    await desk.writes("/history")
    shown = desk.texts()[-1].splitlines()
    assert shown[0] == "Ann Lee: Hello"
    assert shown[shown.index("Ann Lee: help") :] == [
        "Ann Lee: help",
        "Bot → Support will answer you here.",
        "Bob Miller → On my way.",
        "📝 Bob Miller: he is angry",
    ]


async def test_history_of_another_team(desk: World) -> None:
    """`/history` shows nothing of an earlier conversation that only another team had."""
    await desk.writes("// support only")
    await desk.writes("/close")
    desk.now += timedelta(days=2)
    await desk.says("Hello again")
    await desk.says("price")
    await desk.writes("/history", SALES)
    assert "Ann Lee: price" in desk.texts(SALES)[-1]
    assert "support only" not in desk.texts(SALES)[-1]


async def test_history_of_the_same_team(desk: World) -> None:
    """`/history` shows earlier conversations that the same team chat had."""
    await desk.writes("// the roof again")
    await desk.writes("/close")
    desk.now += timedelta(days=2)
    await desk.says("Hello again")
    await desk.says("help")
    await desk.writes("/history")
    assert "the roof again" in desk.texts()[-1]


async def test_long_history(desk: World) -> None:
    """A long transcript is shown from its end."""
    for number in range(10):
        await desk.says(f"{number} " + "x" * 3000)
    await desk.writes("/history")
    assert len(desk.texts()[-1]) < 13_000
    assert "9 xxx" in desk.texts()[-1]
    assert "\n0 xxx" not in desk.texts()[-1]


async def test_info(desk: World) -> None:
    """`/info` shows what is known of the contact."""
    await desk.writes("/info")
    assert desk.texts()[-1].splitlines() == [
        "Ann Lee · shop:ann",
        "First message: 02/03 09:00",
        "Last message: 02/03 09:00",
        "Conversations: 1",
    ]


async def test_why(desk: World) -> None:
    """`/why` says which answer matched, and how."""
    await desk.writes("/why")
    assert desk.texts()[-1].startswith("Support (config.toml, line ")
    assert "“help”" in desk.texts()[-1]


async def test_why_nothing(tmp_path: Path) -> None:
    """`/why` says so when no answer matched."""
    async with opened(tmp_path, settings_of(max_attempts=1)) as world:
        await world.says("Hello")
        await world.says("zzz")
        await world.writes("/why", INBOX_CHAT)
        assert world.texts(INBOX_CHAT)[-1] == "No answer has matched yet."


async def test_help(desk: World) -> None:
    """`/help` lists the commands in the thread."""
    await desk.writes("/help")
    assert "/transfer TEAM" in desk.texts()[-1]


async def test_queue_in_a_thread(desk: World) -> None:
    """`/queue` in a thread is answered there."""
    await desk.writes("/queue")
    shown = [each.text for each in desk.platform.shown if each.chat == desk.place()]
    assert shown[-1].startswith("Waiting: 1")
