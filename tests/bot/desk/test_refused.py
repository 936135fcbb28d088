"""What a team chat does not take is seen in the inbox."""

from bot.model import Action, Status
from tests.bot.building import INBOX_CHAT, SALES, SUPPORT, file
from tests.bot.desk.platform import failing, gone
from tests.bot.desk.world import World


async def test_chat_gone(desk: World) -> None:
    """When a team's chat is gone, its conversation goes to the inbox with card, reason and transcript."""
    await desk.writes("On my way.")
    desk.platform.befall(Action.POST, SUPPORT, gone("the bot was removed"))
    await desk.says("Hello?")
    conversation = desk.conversation()
    assert (conversation.room, conversation.team, conversation.status) == (INBOX_CHAT, "support", Status.OPEN)
    assert desk.card(INBOX_CHAT).actions == ["release", "transfer", "close"]
    texts = desk.texts(INBOX_CHAT)
    assert "Support has no chat that can be reached (the bot was removed)" in "\n".join(texts)
    assert sum(text.count("Hello?") for text in texts) == 1
    assert any("Bob Miller → On my way." in text for text in texts)


async def test_work_goes_on_in_the_inbox(desk: World) -> None:
    """In the inbox the conversation is answered, and the contact heard, as before."""
    desk.platform.befall(Action.POST, SUPPORT, gone())
    await desk.says("Hello?")
    await desk.writes("Here we are.", INBOX_CHAT)
    assert desk.told()[-1] == "Here we are."
    await desk.says("Good")
    assert desk.texts(INBOX_CHAT)[-1] == "Good"


async def test_all_that_waited(desk: World) -> None:
    """Everything that waited for the chat that is gone is read in the inbox, each message once."""
    desk.platform.befall(Action.POST, SUPPORT, *[gone()] * 9)
    desk.is_delivering = False
    await desk.says("one")
    await desk.says("two")
    await desk.writes("/info")
    desk.is_delivering = True
    await desk.deliver()
    assert all(desk.texts(INBOX_CHAT))
    whole = "\n".join(desk.texts(INBOX_CHAT))
    assert [whole.count(text) for text in ("one", "two", "First message:")] == [1, 1, 1]


async def test_files_that_waited(desk: World) -> None:
    """A file that waited for the chat that is gone is posted in the inbox."""
    desk.platform.befall(Action.POST, SUPPORT, gone(), gone())
    await desk.says("My roof", attachments=(file(),))
    number = desk.line("My roof").number
    assert [each.item.files for each in desk.thread(INBOX_CHAT) if each.item.files] == [number]


async def test_closed_thread_in_the_inbox(desk: World) -> None:
    """The contact's thread in the inbox is opened again when the conversation comes back to it."""
    await desk.writes("/transfer inbox")
    await desk.writes("/transfer support", INBOX_CHAT)
    assert desk.is_closed(INBOX_CHAT)
    desk.platform.befall(Action.POST, SUPPORT, gone())
    await desk.says("Hello?")
    assert not desk.is_closed(INBOX_CHAT)


async def test_card_of_a_chat_that_is_gone(desk: World) -> None:
    """A conversation goes to the inbox also when it is the card that finds its chat gone."""
    desk.platform.befall(Action.CARD, SALES, gone())
    await desk.writes("/transfer sales")
    assert desk.conversation().room == INBOX_CHAT
    assert any("Sales has no chat" in text for text in desk.texts(INBOX_CHAT))


async def test_left_chat_is_gone(desk: World) -> None:
    """A chat that is gone after the conversation has left it troubles nobody."""
    desk.platform.befall(Action.POST, SUPPORT, gone())
    desk.platform.befall(Action.CARD, SUPPORT, gone())
    desk.platform.befall(Action.CLOSE_THREAD, SUPPORT, gone())
    await desk.writes("/transfer sales")
    assert desk.conversation().room == SALES
    assert desk.record().contact.thread_in(INBOX_CHAT) is None
    assert desk.general(INBOX_CHAT) == []


async def test_inbox_is_gone(world: World) -> None:
    """What the inbox itself refuses stays in the transcript."""
    await world.says("Hello")
    world.platform.befall(Action.CARD, INBOX_CHAT, gone())
    world.platform.befall(Action.POST, INBOX_CHAT, *[gone()] * 3)
    await world.says("hours")
    await world.says("Anybody?")
    assert world.line("Anybody?").posts == ()
    assert not world.record().outbox


async def test_one_post_refused(desk: World) -> None:
    """One message that the team's chat refuses is shown in the inbox, and the team is told; nothing moves."""
    desk.platform.befall(Action.POST, SUPPORT, failing("too strange"))
    await desk.says("Hello?")
    assert desk.conversation().room == SUPPORT
    assert desk.texts()[-1] == "A post could not be delivered to desk:support: too strange"
    assert desk.texts(INBOX_CHAT) == ["Hello?"]


async def test_reply_beside_a_refused_post(desk: World) -> None:
    """An answer in the inbox to a post that is another team's is not sent, with the way there."""
    desk.platform.befall(Action.POST, SUPPORT, failing())
    await desk.says("Hello?")
    told = desk.told()
    await desk.writes("Hi", INBOX_CHAT)
    assert desk.told() == told
    assert desk.link(desk.place()) in desk.texts(INBOX_CHAT)[-1]


async def test_notice_refused(desk: World) -> None:
    """A line of the bot's own that is refused is not worth another post."""
    desk.platform.befall(Action.POST, SUPPORT, failing())
    await desk.writes("/info")
    assert desk.record().contact.thread_in(INBOX_CHAT) is None
    assert not desk.record().outbox


async def test_card_deleted(desk: World) -> None:
    """A card that cannot be changed any more is made anew."""
    desk.platform.befall(Action.CARD, SUPPORT, failing("message to edit not found"))
    await desk.writes("/tag vip")
    assert len(desk.platform.cards(desk.place())) == 2
    assert "vip" in desk.card().text


async def test_card_refused(desk: World) -> None:
    """A card that cannot be made is told in the inbox, once."""
    desk.platform.befall(Action.CARD, SUPPORT, failing("no rights"), failing("no rights"))
    await desk.writes("/tag vip")
    assert desk.general(INBOX_CHAT) == ["A post could not be delivered to desk:support: no rights"]


async def test_closed_conversation(desk: World) -> None:
    """An acknowledgement after closing is read in the inbox when the team's chat is gone; nothing moves."""
    await desk.writes("/close")
    desk.platform.befall(Action.POST, SUPPORT, gone(), gone())
    await desk.says("thanks")
    assert desk.conversation().room == SUPPORT
    assert desk.texts(INBOX_CHAT) == ["thanks"]
