"""A send that may have arrived is looked for in Twilio's list before anything is sent again."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.api import DeliveryUncertain, MediaKind, OutgoingMessage, Unsupported
from tests.conformance.host import MemoryDocuments
from tests.plugins.whatsapp.rig import ANN_CHAT, BOB_CHAT, OURS, Rig, listening, running
from tests.simulators.twilio_contents import text_template
from tests.simulators.twilio_messages import Content
from tests.simulators.twilio_troubles import Trouble

REMINDER = "HX" + "b" * 32


async def doubtful(rig: Rig, message: OutgoingMessage, trouble: Trouble) -> None:
    """Send a message whose answer is lost."""
    rig.platform.fail_next(trouble)
    with pytest.raises(DeliveryUncertain):
        await rig.plugin.send(message)


@pytest.mark.parametrize("trouble", [Trouble.DROP, Trouble.GARBAGE, Trouble.EMPTY])
async def test_item_16_message_that_arrived(rig: Rig, trouble: Trouble) -> None:
    """A message whose answer was lost is found by recipient, time and words, and not sent again."""
    message = rig.message("Hello  Bob \r\n")
    await doubtful(rig, message, trouble)
    (shown,) = rig.platform.book.shown("whatsapp:+33687654321")
    found = await rig.plugin.find_sent(message)
    assert found is not None
    assert (found.message_id, found.platform_id) == (message.message_id, shown.sid)


@pytest.mark.parametrize("trouble", [Trouble.HANG, Trouble.SERVER_ERROR])
async def test_item_16_message_that_did_not_arrive(rig: Rig, trouble: Trouble) -> None:
    """A message that Twilio does not list did not arrive, though one with the same words did before."""
    await rig.sent(rig.message("Hello"))
    rig.clock.advance(timedelta(seconds=30))
    message = rig.message("Hello")
    await doubtful(rig, message, trouble)
    assert await rig.plugin.find_sent(message) is None
    # What it was taken for then can be sent, and be looked for, again.
    sent = await rig.sent(message)
    found = await rig.plugin.find_sent(message)
    assert found is not None
    assert found.platform_id == sent.sid


async def test_item_16_same_words_to_another(rig: Rig) -> None:
    """The same words to another contact, from another number, or from the contact, are another message."""
    await rig.sent(rig.message("Hello", chat=ANN_CHAT))
    await rig.hear("Hello")
    message = rig.message("Hello")
    await doubtful(rig, message, Trouble.SERVER_ERROR)
    rig.platform.book.hear("whatsapp:+33687654321", OURS, "Hello")
    assert await rig.plugin.find_sent(message) is None


async def test_item_16_file(rig: Rig) -> None:
    """A file is not taken for a text with the same words, nor the other way round."""
    media = await rig.host.media.keep(
        BOB_CHAT, b"x", kind=MediaKind.PHOTO, file_name="a.jpg", mime_type="image/jpeg"
    )
    photo, text = rig.message("Hello", media=media), rig.message("Hello")
    await doubtful(rig, photo, Trouble.DROP)
    await doubtful(rig, text, Trouble.SERVER_ERROR)
    assert await rig.plugin.find_sent(text) is None
    assert await rig.plugin.find_sent(photo) is not None


async def test_callback_settles_a_doubt(rig: Rig) -> None:
    """A callback that carries our id says that the message arrived, without asking for any list."""
    message = rig.message("Hello")
    await doubtful(rig, message, Trouble.DROP)
    (shown,) = rig.platform.book.shown("whatsapp:+33687654321")
    await rig.platform.hooks.tell(shown, "queued")
    rig.platform.fail_lists(Trouble.SERVER_ERROR)
    found = await rig.plugin.find_sent(message)
    assert found is not None
    assert found.platform_id == shown.sid


async def test_doubt_outlives_the_connection(tmp_path: Path) -> None:
    """What was known of a doubt, and of earlier messages with the same words, is known after a restart."""
    documents = MemoryDocuments()
    async with running(tmp_path, documents=documents) as rig:
        await rig.sent(rig.message("Hello"))
        message = rig.message("Hello")
        await doubtful(rig, message, Trouble.SERVER_ERROR)
        written = documents.texts["sent"]
        async with running(tmp_path, documents=documents, platform=rig.platform) as again:
            assert await again.plugin.find_sent(message) is None
    assert "Hello" not in written


async def test_doubt_after_a_kill(tmp_path: Path) -> None:
    """After a kill one message like it is it; of several nobody can tell, and none is sent again unasked."""
    async with running(tmp_path) as rig:
        message = rig.message("Hello")
        sent = await rig.sent(message)
        async with running(tmp_path, platform=rig.platform) as again:
            found = await again.plugin.find_sent(message)
            assert found is not None
            assert found.platform_id == sent.sid
        await rig.sent(rig.message("Hello"))
        async with running(tmp_path, platform=rig.platform) as again:
            with pytest.raises(Unsupported):
                await again.plugin.find_sent(message)


async def test_template_after_a_kill(tmp_path: Path) -> None:
    """A template's words are Twilio's own, so after a kill nobody can tell it from another message."""
    contents = {REMINDER: Content(types=text_template("Hello {{1}}"), is_approved=True)}
    templates = {"reminder": REMINDER}
    async with running(tmp_path, contents=contents, templates=templates) as rig:
        message = rig.message("reminder", template="reminder", values=("Bob",))
        await doubtful(rig, message, Trouble.DROP)
        async with running(tmp_path, platform=rig.platform, templates=templates) as again:
            with pytest.raises(Unsupported):
                await again.plugin.find_sent(message)
        assert await rig.plugin.find_sent(message) is not None


async def test_full_disk_does_not_stop_sends(rig: Rig) -> None:
    """While nothing can be written, messages are sent, and what is remembered is written later."""
    rig.host.documents.error = OSError("no space left on device")
    async with listening(rig):
        await rig.sent(rig.message("Hello"))
        await rig.pauses.end()
        rig.host.documents.error = None
        await rig.pauses.end()
    assert "record.1" in rig.host.documents.texts["sent"]
