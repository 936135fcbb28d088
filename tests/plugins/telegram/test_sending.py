"""What is sent is what people see: files, places, buttons, styles, and what becomes of a refusal."""

from dataclasses import replace

import pytest

from bot.api import (
    Attachment,
    ChatGone,
    ChatMoved,
    ChatRef,
    Choice,
    DeliveryRejected,
    IncomingMessage,
    Location,
    MediaFile,
    MediaKind,
    PostStyle,
    RateLimited,
    SharedContact,
)
from plugins.telegram.outgoing import keyboard, upload_name
from tests.plugins.telegram.harness import CHANNEL
from tests.plugins.telegram.rig import CUSTOMER, MEMBER, Bench
from tests.simulators.telegram_chats import Stored
from tests.simulators.telegram_updates import Trouble


def last(bench: Bench, chat_id: int = 4001) -> Stored:
    """The bot's newest message in a chat."""
    return bench.platform.chats.chats[chat_id].ours[-1]


async def media(
    bench: Bench, content: bytes, kind: MediaKind = MediaKind.PHOTO, name: str = "a.jpg"
) -> MediaFile:
    """A file that the bot holds."""
    return await bench.host.media.keep(
        bench.harness.chat, content, kind=kind, file_name=name, mime_type="image/jpeg"
    )


async def test_a_file_that_came_from_here_is_sent_by_reference(bench: Bench) -> None:
    """Nothing is uploaded for a file of this bot's own chats, and the content is the same."""
    file_id = bench.platform.chats.keep_file("photo", b"a picture")
    bench.people.write(CUSTOMER, photo=[{"file_id": file_id, "file_unique_id": "u", "width": 9, "height": 9}])
    source = (await bench.received(IncomingMessage)).attachments[0]
    assert isinstance(source, Attachment)
    held = replace(await media(bench, b"not this"), source=source)
    await bench.plugin.send(bench.message(bench.group_ref(), media=held))
    assert bench.group.ours[-1].content == b"a picture"
    assert bench.calls("sendPhoto")[-1]["photo"] == file_id


@pytest.mark.parametrize(
    "remote_id", ["7000001/forgotten", "7000009/photo-file-1", "media-of-another-platform"]
)
async def test_a_file_that_cannot_be_referred_to_is_uploaded(bench: Bench, remote_id: str) -> None:
    """A forgotten file, another bot's, or another platform's goes by its content."""
    source = Attachment(kind=MediaKind.PHOTO, remote_id=remote_id)
    held = replace(await media(bench, b"content"), source=source)
    await bench.plugin.send(bench.message(text="see", media=held))
    assert last(bench).content == b"content"
    assert last(bench).text == "see"


async def test_a_file_that_was_made_another_kind_is_uploaded(bench: Bench) -> None:
    """A reference keeps its kind, so what is to be a document is uploaded as one."""
    file_id = bench.platform.chats.keep_file("photo", b"a picture")
    source = Attachment(kind=MediaKind.PHOTO, remote_id=f"7000001/{file_id}")
    held = replace(await media(bench, b"a picture", MediaKind.DOCUMENT), source=source)
    await bench.plugin.send(bench.message(media=held))
    assert "document" in last(bench).payload


async def test_words_beside_a_sticker_are_kept(bench: Bench) -> None:
    """The platform shows none beside a sticker or a round video; then it goes as a document."""
    for kind in (MediaKind.STICKER, MediaKind.VIDEO_NOTE):
        await bench.plugin.send(bench.message(text="words", media=await media(bench, b"x", kind)))
        assert last(bench).text == "words"
        await bench.plugin.send(bench.message(text="", media=await media(bench, b"x", kind)))
        assert kind.value in last(bench).payload


async def test_names_of_files_are_shown_as_they_are(bench: Bench) -> None:
    """Accents stay, and nothing in a name can break out of its header."""
    held = await media(bench, b"x", MediaKind.DOCUMENT, 'été "1"\r\nX: y.pdf')
    await bench.plugin.send(bench.message(media=held))
    assert last(bench).payload["document"]["file_name"] == "été _1___X: y.pdf"
    assert upload_name("") == "file"


async def test_a_file_that_was_erased_is_refused(bench: Bench) -> None:
    """A file that is gone here is said to be."""
    held = replace(await media(bench, b"x"), media_id="gone")
    with pytest.raises(DeliveryRejected, match="erased"):
        await bench.plugin.send(bench.message(media=held))


async def test_places_and_cards_are_what_they_are(bench: Bench) -> None:
    """A place is on the map, with its name when it has one; a contact card can be called."""
    place = Location(latitude=48.85, longitude=2.35)
    await bench.plugin.send(bench.message(text="", location=place))
    assert last(bench).payload["location"] == {"latitude": 48.85, "longitude": 2.35}
    await bench.plugin.send(bench.message(text="", location=replace(place, title="Shop", address="1 Street")))
    assert last(bench).payload["venue"]["title"] == "Shop"
    await bench.plugin.send(
        bench.message(text="", shared_contact=SharedContact(name="Bob", phone="+33612345678"))
    )
    assert last(bench).payload["contact"] == {"phone_number": "+33612345678", "first_name": "Bob"}
    await bench.plugin.send(bench.message(text="", shared_contact=SharedContact(name="Bob")))
    assert last(bench).text == "Bob"


async def test_the_bots_own_posts_look_like_its_own(bench: Bench) -> None:
    """A card has a bold title, a notice is slanted, and people's words are as they wrote them."""
    for style, entity in ((PostStyle.CARD, "bold"), (PostStyle.NOTICE, "italic"), (PostStyle.MESSAGE, None)):
        await bench.plugin.send(bench.message(bench.group_ref(), "😀 title\nline", style=style))
        sent = bench.calls("sendMessage")[-1].get("entities")
        assert (sent[0]["type"] if sent else None) == entity
    assert not any(message.is_pinned for message in bench.group.ours)


async def test_a_card_in_a_topic_is_pinned(bench: Bench) -> None:
    """The first post of a topic stays in sight; without the right to pin it is sent all the same."""
    topic = await bench.plugin.open_thread(bench.group_ref(), title="Ann", key="web-1")
    await bench.plugin.send(bench.message(bench.group_ref(int(topic)), "card", style=PostStyle.CARD))
    await bench.platform.until(lambda: bench.group.ours[-1].is_pinned or None)
    bench.people.set_bot(bench.group, MEMBER, "administrator", can_manage_topics=True)
    await bench.plugin.send(bench.message(bench.group_ref(int(topic)), "card", style=PostStyle.CARD))
    await bench.platform.until(lambda: len(bench.calls("pinChatMessage")) == 2 or None)
    assert not bench.group.ours[-1].is_pinned


async def test_silence_is_kept(bench: Bench) -> None:
    """What is to come without a sound does."""
    await bench.plugin.send(bench.message(silent=True))
    assert last(bench).is_silent
    await bench.plugin.send(bench.message())
    assert not last(bench).is_silent


async def test_a_quote_of_what_is_gone_is_sent_without(bench: Bench) -> None:
    """A message whose quoted one was deleted is sent all the same."""
    await bench.plugin.send(bench.message(reply_to="999"))
    assert "reply_to_message" not in last(bench).payload
    await bench.plugin.send(bench.message(reply_to="not-a-number"))
    assert len(bench.platform.chats.chats[4001].ours) == 2


async def test_the_caption_of_a_file_is_edited(bench: Bench) -> None:
    """An edit reaches the words beside a file, too; one that changes nothing is no error."""
    receipt = await bench.plugin.send(bench.message(text="before", media=await media(bench, b"x")))
    for _ in range(2):
        await bench.plugin.edit(bench.harness.chat, receipt.platform_id, bench.message(text="after"))
    assert last(bench).text == "after"


async def test_what_is_no_message_of_ours_cannot_be_changed(bench: Bench) -> None:
    """An edit of somebody's message, or of none, is refused for good."""
    written = bench.people.write(CUSTOMER, "hello")
    for platform_id in (str(written.message_id), "999", "nonsense"):
        with pytest.raises(DeliveryRejected):
            await bench.plugin.edit(bench.harness.chat, platform_id, bench.message(text="after"))


async def test_hearts_are_written_as_the_platform_wants_them(bench: Bench) -> None:
    """A reaction with a variation selector is set; one that the platform does not have is refused."""
    written = bench.people.write(CUSTOMER, "hello")
    await bench.plugin.react(bench.harness.chat, str(written.message_id), "❤️")
    assert written.reaction == "❤"
    with pytest.raises(DeliveryRejected):
        await bench.plugin.react(bench.harness.chat, str(written.message_id), "🥑")


def test_short_buttons_stand_side_by_side() -> None:
    """Buttons share a row as far as a phone's screen goes, in their order."""

    def rows(*labels: str) -> list[list[str]]:
        markup = keyboard([Choice(choice_id=label, label=label) for label in labels])
        return [] if markup is None else [[button.text for button in row] for row in markup.inline_keyboard]

    assert rows() == []
    assert rows("Claim", "Transfer", "Close") == [["Claim", "Transfer", "Close"]]
    assert rows("a", "b", "c", "d") == [["a", "b", "c"], ["d"]]
    long = "a label that is rather long"
    assert rows(long, long) == [[long], [long]]


async def test_answers_go_out_in_the_name_of_a_business(bench: Bench) -> None:
    """A customer of a business account is answered in its owner's name, also over a newer connection."""
    connection = {"id": "c1", "user": {"id": 99}, "user_chat_id": 99, "date": 1, "is_enabled": True}
    rights = {"rights": {"can_reply": True}}
    bench.platform.chats.connections["c1"] = {**connection, **rights}
    bench.people.write(CUSTOMER)  # the customer's chat exists
    message = bench.platform.chats.put(
        bench.platform.chats.chats[4001], CUSTOMER, text="hello", business_connection_id="c1"
    )
    bench.platform.emit("business_message", message.payload)
    await bench.host.until(lambda host: any("@" in event.chat.chat_id for event in host.events))
    chat = next(event.chat for event in bench.host.events if "@" in event.chat.chat_id)
    assert chat == ChatRef(CHANNEL, "4001@99")
    await bench.plugin.send(bench.message(chat, "an answer"))
    assert last(bench).payload["business_connection_id"] == "c1"

    bench.platform.emit("business_connection", {**connection, **rights, "is_enabled": False})
    newer = {**connection, **rights, "id": "c2"}
    bench.platform.chats.connections["c2"] = newer
    bench.platform.emit("business_connection", newer)
    await bench.counted("business_connection", 2)
    await bench.plugin.send(bench.message(chat, "another"))
    assert last(bench).payload["business_connection_id"] == "c2"
    await bench.plugin.delete(chat, str(last(bench).message_id))

    bench.platform.emit("business_connection", {**newer, "is_enabled": False})
    await bench.counted("business_connection", 3)
    with pytest.raises(ChatGone, match="business account"):
        await bench.plugin.send(bench.message(chat, "too late"))
    with pytest.raises(DeliveryRejected):
        await bench.plugin.delete(ChatRef(CHANNEL, "4001"), "999999x")


async def test_an_answer_goes_to_the_thread_that_a_contact_wrote_in(bench: Bench) -> None:
    """Private chats can have threads: an answer stands where the question does, while that is there."""
    chat = bench.platform.chats.private(4001)
    chat.payload["is_forum"] = True
    thread = bench.platform.chats.make_topic(chat, "My order")
    assert thread.topic_id == 1
    thread = bench.platform.chats.make_topic(chat, "My question")
    bench.people.write(CUSTOMER, "hello", topic=thread.topic_id)
    event = await bench.received(IncomingMessage)
    assert event.chat == bench.harness.chat
    await bench.plugin.send(bench.message())
    assert last(bench).topic == thread.topic_id
    bench.people.delete_topic(chat, thread.topic_id)
    await bench.plugin.send(bench.message())
    assert last(bench).topic is None


async def test_a_closed_general_section_is_opened(bench: Bench) -> None:
    """What the bot has to say to all is said, also where the General section was closed."""
    bench.platform.fail_next(Trouble.GENERAL_CLOSED)
    await bench.plugin.send(bench.message(bench.group_ref()))
    assert bench.calls("reopenGeneralForumTopic")
    assert len(bench.group.ours) == 1


async def test_a_move_that_a_send_finds_is_followed(bench: Bench) -> None:
    """A group whose move nobody was told of is heard at its new id from the next send on."""
    moved = bench.platform.chats.group(-1001000000077, "Support")
    bench.group.moved_to = -1001000000077
    with pytest.raises(ChatMoved):
        await bench.plugin.send(bench.message(bench.group_ref()))
    bench.people.write(MEMBER, "hello", chat=moved)
    assert (await bench.received(IncomingMessage)).chat.chat_id == "-1001000000077"


async def test_a_message_that_the_platform_fails_at_holds_up_its_own_chat(bench: Bench) -> None:
    """The platform's own error costs its chat a pause, longer each time, and at last the message."""
    message, pauses = bench.message(), []
    for _ in range(5):
        bench.platform.fail_next(Trouble.BAD_GATEWAY)
        with pytest.raises(RateLimited) as waits:
            await bench.plugin.send(message)
        pauses.append(waits.value.retry_after.total_seconds())
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0]
    bench.platform.fail_next(Trouble.BAD_GATEWAY)
    with pytest.raises(DeliveryRejected, match="502"):
        await bench.plugin.send(message)
    await bench.plugin.send(bench.message())
    bench.platform.fail_next(Trouble.BAD_GATEWAY)
    with pytest.raises(RateLimited) as waits:
        await bench.plugin.send(message)
    assert waits.value.retry_after.total_seconds() == 1.0
    assert not bench.host.failures
