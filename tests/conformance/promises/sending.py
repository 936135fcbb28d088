"""Promises about messages that a platform takes."""

import asyncio

from bot.api import (
    Attachment,
    Choice,
    DeliveryReceipt,
    Location,
    MediaFile,
    MediaKind,
    Origin,
    ReceiptState,
    SharedContact,
)
from tests.conformance.harness import Delivery, Failure
from tests.conformance.observing import only_shown, received
from tests.conformance.rig import Rig, longest_text, need

AWKWARD = "*not bold* _it_ <b>&amp;</b> [a](b) `c` \\ “œuf” – é́ 👩‍👩‍👧 {menu}\n\n  indented\nhttps://example.org/?a=1&b=2"
FILE_NAMES = {
    MediaKind.PHOTO: ("photo.jpg", "image/jpeg"),
    MediaKind.VIDEO: ("film.mp4", "video/mp4"),
    MediaKind.VOICE: ("voice.ogg", "audio/ogg"),
    MediaKind.AUDIO: ("song.mp3", "audio/mpeg"),
    MediaKind.DOCUMENT: ("bill.pdf", "application/pdf"),
    MediaKind.ANIMATION: ("dance.mp4", "video/mp4"),
    MediaKind.VIDEO_NOTE: ("round.mp4", "video/mp4"),
    MediaKind.STICKER: ("sticker.webp", "image/webp"),
}


class SendingPromises:
    """What delivery counts on when nothing goes wrong."""

    async def test_receipt_names_both_ids(self, rig: Rig) -> None:
        """A receipt has our id and the id under which people see the message."""
        async with rig.connected() as plugin:
            message = rig.message()
            receipt = await rig.taken(plugin, message)
            shown = await only_shown(rig)
        assert isinstance(receipt, DeliveryReceipt), f"send returned {receipt!r}"
        assert receipt.message_id == message.message_id, "the receipt is for another message"
        assert receipt.platform_id == shown.platform_id, "the receipt names another message of the platform"
        assert receipt.state is not ReceiptState.FAILED, "a failure is an error, not a receipt"

    async def test_messages_have_their_own_ids(self, rig: Rig) -> None:
        """Two messages with the same words are two, with an id each, in the order they were sent."""
        async with rig.connected() as plugin:
            first = await rig.taken(plugin, rig.message())
            second = await rig.taken(plugin, rig.message())
            shown = await rig.harness.shown(rig.harness.chat)
        assert [post.platform_id for post in shown] == [first.platform_id, second.platform_id], (
            "the chat does not show the two messages in order"
        )
        assert first.platform_id != second.platform_id, "two messages have one id"

    async def test_text_is_shown_as_written(self, rig: Rig) -> None:
        """Nothing in a text is taken for markup, and nothing is lost."""
        async with rig.connected() as plugin:
            await rig.taken(plugin, rig.message(text=AWKWARD))
            shown = await only_shown(rig)
        assert shown.text == AWKWARD, f"people read {shown.text!r}"

    async def test_text_at_the_limit_is_taken(self, rig: Rig) -> None:
        """A text of exactly `text_limit` in `text_unit` goes out whole, in one message."""
        async with rig.connected() as plugin:
            text = longest_text(plugin.capabilities)
            assert plugin.capabilities.text_unit.length(text) == plugin.capabilities.text_limit
            await rig.taken(plugin, rig.message(text=text), "a text at the limit")
            shown = await only_shown(rig)
        assert shown.text == text, "a text at the limit was shortened"

    async def test_both_origins_are_sent(self, rig: Rig) -> None:
        """Within the window a platform takes what a person wrote and what the bot says."""
        async with rig.connected() as plugin:
            for origin in Origin:
                await rig.taken(
                    plugin, rig.message(text=origin.value, origin=origin), f"origin {origin.name}"
                )
            shown = await rig.harness.shown(rig.harness.chat)
        assert [post.text for post in shown] == ["bot", "human"], "an origin was not shown"

    async def test_choices_are_shown_in_order(self, rig: Rig) -> None:
        """A message carries as many buttons, with labels as long, as the plugin declares."""
        async with rig.connected() as plugin:
            able = plugin.capabilities
            need(able.choices, "choices")
            label = "é" * (able.choice_label_limit - 2)
            choices = tuple(
                Choice(choice_id=f"{number:02}" + "x" * 62, label=f"{number:02}"[-2:] + label)
                for number in range(min(able.choices, 99))
            )
            await rig.taken(plugin, rig.message(choices=choices), "a message with every button")
            shown = await only_shown(rig)
        assert shown.choices == tuple(choice.label for choice in choices), f"people see {shown.choices}"

    async def test_every_declared_kind_of_file_is_sent(self, rig: Rig) -> None:
        """A file of each declared kind arrives whole."""
        async with rig.connected() as plugin:
            able = plugin.capabilities
            need(able.media, "media")
            for kind in able.media:
                content = f"the content of a {kind}".encode() * 100
                name, mime_type = FILE_NAMES[kind]
                media = await rig.host.media.keep(
                    rig.harness.chat, content, kind=kind, file_name=name, mime_type=mime_type
                )
                caption = "a caption" if able.caption_limit >= len("a caption") else ""
                await rig.taken(plugin, rig.message(text=caption, media=media), f"a {kind}")
                shown = (await rig.harness.shown(rig.harness.chat))[-1]
                assert shown.file == content, f"a {kind} did not arrive whole"

    async def test_a_file_is_sent_again_by_reference(self, rig: Rig) -> None:
        """A file that came from here is sent on whole, though the bot does not hold it."""
        async with rig.connected() as plugin:
            need(plugin.capabilities.references, "references")
            said = rig.said(file=b"the content of a file" * 100)
            (source,) = (await received(rig, said, Delivery.WITH_FILE)).attachments
            assert isinstance(source, Attachment), "the file is not on the platform"
            media = MediaFile(
                kind=source.kind, media_id="", file_name="a", mime_type="a/b", size_bytes=0, source=source
            )
            await rig.taken(plugin, rig.message(text="", media=media), "a file by reference")
            shown = await only_shown(rig)
        assert shown.file == said.file, "people do not see the file"

    async def test_a_place_is_shown(self, rig: Rig) -> None:
        """A place arrives as a place, exactly where it was."""
        async with rig.connected() as plugin:
            need(plugin.capabilities.locations, "locations")
            place = Location(latitude=48.85837, longitude=2.294481)
            await rig.taken(plugin, rig.message(text="", location=place), "a place")
            shown = await only_shown(rig)
        assert shown.location == place, f"people see the place {shown.location}"

    async def test_a_contact_card_is_shown(self, rig: Rig) -> None:
        """A contact card arrives as one, with name and number."""
        async with rig.connected() as plugin:
            need(plugin.capabilities.shared_contacts, "shared contacts")
            card = SharedContact(name="Bob Example", phone="+33612345678")
            await rig.taken(plugin, rig.message(text="", shared_contact=card), "a contact card")
            shown = await only_shown(rig)
        assert shown.shared_contact == card, f"people see the card {shown.shared_contact}"

    async def test_a_quote_is_shown(self, rig: Rig) -> None:
        """A message that answers another, theirs or ours, is shown so."""
        async with rig.connected() as plugin:
            need(plugin.capabilities.quotes, "quotes")
            heard = await received(rig, rig.said())
            ours = await rig.taken(plugin, rig.message(reply_to=heard.message_id))
            await rig.taken(plugin, rig.message(reply_to=ours.platform_id))
            quotes = [post.reply_to for post in await rig.harness.shown(rig.harness.chat)]
        assert quotes == [heard.message_id, ours.platform_id], f"the quotes shown are {quotes}"

    async def test_a_message_stays_in_its_chat_and_thread(self, rig: Rig) -> None:
        """A message is shown in the thread it was sent to, and nowhere else."""
        async with rig.connected() as plugin:
            need(plugin.capabilities.threads, "threads")
            group = rig.need_group()
            thread_id = await rig.within(plugin.open_thread(group, title="Ann", key="ann"), "open_thread")
            await rig.taken(plugin, rig.message(group.thread(thread_id)))
            shown = await rig.harness.shown(group)
            elsewhere = await rig.harness.shown(rig.harness.chat)
        assert [post.thread_id for post in shown] == [thread_id], "the message is not in its thread"
        assert not elsewhere, "the message is in another chat too"

    async def test_posts_to_threads_are_taken_together(self, rig: Rig) -> None:
        """As many posts as the plugin declares may be under way in one group, each to its own thread."""
        async with rig.connected() as plugin:
            group = rig.need_group()
            at_once = min(plugin.abilities(group).posts_at_once, 8)
            need(at_once > 1, "posts at once")
            threads = [
                await rig.within(
                    plugin.open_thread(group, title=f"C{number}", key=f"c{number}"), "open_thread"
                )
                for number in range(at_once)
            ]
            posts = [rig.message(group.thread(thread), text=f"to {thread}") for thread in threads]
            await asyncio.gather(*(rig.taken(plugin, post) for post in posts))
            shown = {post.thread_id: post.text for post in await rig.harness.shown(group)}
        assert shown == {thread: f"to {thread}" for thread in threads}, f"the threads show {shown}"

    async def test_chats_do_not_wait_for_each_other(self, rig: Rig) -> None:
        """A chat that the platform is slow with holds up no other chat."""
        rig.need_failure(Failure.SLOW)
        async with rig.connected() as plugin:
            rig.harness.hold(rig.harness.chat)
            slow = asyncio.create_task(rig.taken(plugin, rig.message()))
            # A task, so that the held send has its turn first.
            other = asyncio.create_task(rig.taken(plugin, rig.message(rig.harness.other_chat)))
            try:
                ended, _ = await asyncio.wait(
                    {slow, other},
                    timeout=rig.harness.patience.total_seconds(),
                    return_when=asyncio.FIRST_COMPLETED,
                )
            finally:
                rig.harness.release(rig.harness.chat)
                outcomes = await rig.within(asyncio.gather(slow, other, return_exceptions=True), "both sends")
            assert ended == {other}, "a send to another chat waited for the held one"
            assert not any(isinstance(outcome, BaseException) for outcome in outcomes), (
                f"it ended: {outcomes}"
            )
