"""Passing a conversation on: routing first, then the threads, and the contact is told once."""

import pytest
from msgspec.structs import replace

from bot.model import Action, Direction, Status
from tests.bot.building import ANN, INBOX_CHAT, SALES, SUPPORT
from tests.bot.desk.platform import failing, gone, uncertain
from tests.bot.desk.world import EVE, World


async def test_transfer(desk: World) -> None:
    """The new thread gets card, transcript and note; the old one a line with a link, and is closed."""
    await desk.writes("I look into it.")
    told = desk.told()
    await desk.writes("/transfer sales wants a new roof")
    conversation = desk.conversation()
    assert (conversation.team, conversation.room, conversation.claimed_by) == ("sales", SALES, "")
    assert desk.card(SALES).actions == ["claim", "transfer", "close"]
    assert desk.texts(SALES) == [
        "Ann Lee: Hello\nAnn Lee: help\nBob Miller → I look into it.",
        f"{desk.code()} was passed on from Support.",
        "Bob Miller passes it on: wants a new roof",
    ]
    link = desk.link(desk.place(SALES))
    assert desk.texts()[-1] == f"Bob Miller passed {desk.code()} on to Sales. {link}"
    assert desk.is_closed()
    assert desk.card().actions == []
    assert "Now with Sales" in desk.card().text
    assert desk.told() == [*told, "I pass you on to Sales."]


async def test_transfer_switches_routing_first(desk: World) -> None:
    """What the contact writes while posts still wait goes to the new team only."""
    desk.is_delivering = False
    await desk.writes("/transfer sales")
    await desk.says("And the price?")
    waiting = [
        item for item in desk.record().outbox.values()
        if item.action is Action.POST and item.text == "And the price?"
    ]  # fmt: skip
    assert [item.chat for item in waiting] == [SALES]


async def test_transfer_note_is_kept(desk: World) -> None:
    """The note of a transfer is part of the transcript, and never leaves."""
    await desk.writes("/transfer sales wants a new roof")
    assert desk.line("wants a new roof").direction is Direction.NOTE
    assert [post.chat for post in desk.line("wants a new roof").posts] == [desk.place(SALES)]
    assert not any("new roof" in text for text in desk.told())


async def test_old_thread_refuses(desk: World) -> None:
    """After a transfer the old thread refuses replies, notes and commands, and says where the chat is."""
    await desk.writes("/transfer sales")
    told, before = desk.told(), desk.conversation()
    for text in ("Hello?", "/close", "// a note", "/transfer lab"):
        await desk.writes(text)
        assert desk.texts()[-1].startswith(f"Not sent: {desk.code()} is with Sales now.")
        assert desk.link(desk.place(SALES)) in desk.texts()[-1]
    assert desk.told() == told
    assert replace(desk.conversation(), sends=before.sends) == before


async def test_transfer_back(desk: World) -> None:
    """A conversation that comes back goes on in its old thread, without what that thread has already."""
    await desk.writes("I look into it.")
    place = desk.place()
    await desk.writes("/transfer sales")
    await desk.writes("Not for us.", SALES)
    before = len(desk.texts())
    await desk.writes("/transfer support", SALES)
    assert desk.place() == place
    assert not desk.is_closed()
    assert desk.texts()[before] == "Bob Miller → Not for us."


async def test_transfer_link_to_a_known_thread(desk: World) -> None:
    """The line in the old thread has its link at once where the new thread is known."""
    await desk.writes("/transfer sales")
    await desk.writes("/transfer support", SALES)
    assert desk.texts(SALES)[-1].endswith(desk.link(desk.place(SUPPORT)))
    assert desk.texts(SALES)[-1].count("https://") == 1


@pytest.mark.parametrize("arguments", ["", "marketing please", "s", "<b>", "\u202e", "x" * 100_000])
async def test_transfer_refused(desk: World, arguments: str) -> None:
    """An unknown team is refused with the list, briefly."""
    told = desk.told()
    await desk.writes(f"/transfer {arguments}")
    assert "Teams: support, sales, lab." in desk.texts()[-1]
    assert len(desk.texts()[-1]) < 200
    assert desk.conversation().room == SUPPORT
    assert desk.told() == told


async def test_transfer_to_the_same_team(desk: World) -> None:
    """A transfer to the team that has it already changes nothing."""
    told = desk.told()
    await desk.writes("/transfer Support")
    assert desk.texts()[-1] == f"Support has {desk.code()} already."
    assert desk.told() == told
    assert not desk.is_closed()


async def test_transfer_of_a_closed_conversation(desk: World) -> None:
    """A closed conversation is passed on to nobody before it is reopened."""
    await desk.writes("/close")
    told = desk.told()
    await desk.writes("/transfer sales")
    assert desk.texts()[-1].endswith("/reopen.")
    assert desk.told() == told
    assert desk.conversation().room == SUPPORT


async def test_transfer_of_what_the_bot_has(world: World) -> None:
    """A conversation that the bot still has is passed on from the inbox; the contact is told once."""
    await world.says("Hello")
    await world.says("hours")
    told = world.told()
    await world.writes("/transfer sales", INBOX_CHAT)
    assert world.told() == [*told, "I pass you on to Sales."]
    assert (world.conversation().status, world.conversation().room) == (Status.OPEN, SALES)
    assert world.is_closed(INBOX_CHAT)


async def test_transfer_to_a_team_that_cannot_be_reached(desk: World) -> None:
    """The inbox takes what is passed on to a team without a reachable chat, and says why."""
    await desk.writes("/transfer lab")
    assert (desk.conversation().team, desk.conversation().room) == ("lab", INBOX_CHAT)
    assert any("Laboratory has no chat that can be reached" in text for text in desk.texts(INBOX_CHAT))
    assert desk.told()[-1] == "I pass you on to Laboratory."


async def test_transfer_again_to_a_team_whose_chat_is_back(desk: World) -> None:
    """What the inbox has for a team can be passed on to it once its chat is back."""
    desk.platform.befall(Action.POST, SUPPORT, gone("kicked"))
    await desk.says("Hello?")
    assert desk.conversation().room == INBOX_CHAT
    await desk.writes("/transfer support", INBOX_CHAT)
    assert desk.conversation().room == SUPPORT


async def test_transcript_of_what_was_not_sent(desk: World) -> None:
    """The new team, and who asks for the history, reads of each reply that it did not arrive."""
    await desk.writes("I have her.")
    await desk.writes("Me too", sender=EVE)
    desk.platform.befall(Action.SEND, ANN, failing(), uncertain)
    await desk.writes("At nine")
    await desk.writes("At ten")
    rows = [
        "Bob Miller → I have her.",
        "Eve Stone → Me too (not sent)",
        "Bob Miller → At nine (not delivered)",
        "Bob Miller → At ten (may not have arrived)",
    ]
    await desk.writes("/history")
    assert "\n".join(rows) in desk.texts()[-1]
    await desk.writes("/transfer sales")
    assert any("\n".join(rows) in text for text in desk.texts(SALES))
