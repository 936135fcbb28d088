"""What can happen to a conversation."""

from bot.api import MediaKind, Origin, PostStyle
from bot.middleware.answers import take
from bot.model import Action, Direction, Progress, Status
from tests.bot.building import (
    ANN,
    ASSIGNED,
    INBOX_CHAT,
    SALES,
    SUPPORT,
    TEAMS,
    Player,
    assigned,
    file,
    settings_of,
    welcomed,
)


async def test_assignment_is_one_step() -> None:
    """Team, tags, thread, card, all messages so far in one post, and one text to the contact."""
    player = await welcomed()
    await player.writes("I have a question")
    step = await player.writes("help")
    card, post, sent = step.items
    assert (card.action, card.chat, card.style, card.target) == (Action.CARD, SUPPORT, PostStyle.CARD, "")
    assert (post.action, post.chat, post.text) == (Action.POST, SUPPORT, "Hello\nI have a question\nhelp")
    assert (sent.action, sent.chat, sent.text) == (Action.SEND, ANN, ASSIGNED)
    conversation = player.conversation
    assert (conversation.status, conversation.team, conversation.opened_at) == (
        Status.OPEN,
        "support",
        player.now,
    )
    assert player.record.due_at() is None


async def test_every_message_so_far_goes_along() -> None:
    """However many messages came before, the team reads all of them, each linked to the post."""
    player = await welcomed(settings_of("[limits]\nbot_messages_per_hour = 99", max_attempts=0))
    texts = [f"part {number}" for number in range(40)]
    for text in texts:
        await player.writes(text)
    step = await player.writes("help")
    (post,) = step.posts(SUPPORT)
    assert post.text.splitlines() == ["Hello", *texts, "help"]
    assert len(post.messages) == 42


async def test_the_contact_reads_one_text_the_most_particular() -> None:
    """The answer's reply comes before the team's own text, and that before the general one."""
    teams = TEAMS.replace('name = "Support"', 'name = "Support"\nassigned = "{team} reads this."')
    teams = teams.replace('name = "Sales"', 'name = "Sales"\nassigned = "Never said."')
    said = {}
    for text in ("help", "price", "blood test"):
        player = await welcomed(settings_of(teams=teams))
        said[text] = (await player.writes(text)).said
    assert said == {
        "help": ["Support reads this."],
        "price": ["Sales is on it."],
        "blood test": ["Laboratory will answer you here."],
    }


async def test_without_any_text_the_contact_is_told_nothing() -> None:
    """The message after assignment is optional."""
    player = await welcomed(settings_of(assigned=""))
    assert (await player.writes("help")).said == []


async def test_the_bot_s_words_are_of_the_bot() -> None:
    """What the bot says has the origin of a program, and waits to be sent."""
    player = Player()
    player.is_delivering = False
    step = await player.writes("Hello")
    assert [item.origin for item in step.items] == [Origin.BOT]
    line = player.transcript[-1]
    assert (line.origin, line.direction, line.progress) == (Origin.BOT, Direction.OUTGOING, Progress.PENDING)
    assert step.items[0].messages == (line.number,)


async def test_a_team_without_a_reachable_chat_leaves_it_to_the_inbox() -> None:
    """The inbox takes the chat of a team that cannot be reached, and is told why."""
    player = await welcomed()
    step = await player.writes("blood test")
    assert (player.conversation.team, player.conversation.room) == ("lab", INBOX_CHAT)
    transcript, alert = step.posted(INBOX_CHAT)
    assert transcript == "Hello\nblood test"
    code = player.conversation.code
    assert alert == f"The team Laboratory has no chat that can be reached (lab:1), so {code} is here."


async def test_files_follow_the_transcript() -> None:
    """Each message with a file is posted again with it, behind the words."""
    player = await welcomed()
    await player.writes("Look", attachments=(file(), file(MediaKind.VOICE, "f2")))
    step = await player.writes("help")
    words, files = step.posts(SUPPORT)
    assert words.text == "Hello\nLook [photo roof.jpg] [voice message]\nhelp"
    assert (files.text, files.files) == ("", files.messages[0])


async def test_a_second_conversation_uses_the_same_thread() -> None:
    """A contact has one thread in a team's chat, and it is opened again for the next conversation."""
    player = await assigned()
    await player.member_writes("/close")
    place = player.record.contact.thread_in(SUPPORT)
    assert place is not None
    player.record.change_conversation(1, closed_at=player.now.replace(year=2025), human_at=None)
    await player.writes("Hello again")
    step = await player.writes("help")
    assert step.actions(SUPPORT) == ["reopen_thread", "card", "post"]
    again = player.record.contact.thread_in(SUPPORT)
    assert again is not None
    assert (again.thread_id, again.is_closed) == (place.thread_id, False)


async def test_a_message_that_is_still_being_posted_is_not_shown_twice() -> None:
    """What is on its way to the room already is not in the transcript that follows."""
    player = await welcomed()
    player.is_delivering = False
    await player.writes("hours")
    await player.writes("and at night?")
    for text in ("xyzzy", "plugh", "frotz"):
        await player.writes(text)
    shown = [
        number
        for item in player.record.outbox.values()
        if item.action is Action.POST and item.chat == INBOX_CHAT
        for number in item.messages
    ]
    assert sorted(shown) == sorted(set(shown))
    assert {line.number for line in player.transcript if line.author} <= set(shown)


async def test_a_transfer_moves_thread_and_words() -> None:
    """Who has it switches first; the new thread gets the transcript, the old one a line, and is closed."""
    player = await assigned()
    await player.writes("I want to buy one")
    step = await player.member_writes("/transfer sales wants a bike")
    conversation = player.conversation
    assert (conversation.team, conversation.room, conversation.transfers) == ("sales", SALES, 1)
    assert conversation.claimed_by == ""
    assert step.said == ["I pass you on to Sales."]
    posted = step.posted(SALES)
    assert posted[0] == "Hello\nhelp\nI want to buy one"
    assert any("wants a bike" in text for text in posted)
    assert any("Sales" in text for text in step.posted(SUPPORT))
    old, new = (player.record.contact.thread_in(room) for room in (SUPPORT, SALES))
    assert old is not None
    assert new is not None
    assert (old.is_closed, new.is_closed) == (True, False)


async def test_a_long_transcript_is_cut_at_a_transfer() -> None:
    """A new team reads the latest lines of a long conversation, and how many came before."""
    player = await assigned()
    for number in range(30):
        await player.writes(f"part {number}")
    step = await player.member_writes("/transfer sales")
    transcript = step.posted(SALES)[0].splitlines()
    assert transcript[0] == "… 12 earlier lines: /history"
    assert transcript[-1] == "part 29"


async def test_an_answer_from_elsewhere_can_be_taken() -> None:
    """An option can be taken for any reason, and the reason is kept."""
    player = await welcomed()
    turn = player.steps[-1].turn
    take(turn, turn.rules.options[0], why="a test")
    assert (turn.conversation.answer, turn.conversation.why) == ("Support", "a test")
