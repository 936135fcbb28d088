"""Who writes shows: to colleagues at once, and on the other side as the bot asks for it."""

from bot.api import ChatRef
from tests.plugins.webchat.rig import SUPPORT, Page, Rig


async def watched(rig: Rig) -> tuple[Page, ChatRef]:
    """A member who looks at a contact's thread."""
    thread = SUPPORT.thread(await rig.plugin.open_thread(SUPPORT, title="Camille · webchat", key="k"))
    await rig.plugin.send(rig.message(thread, "bonjour", author="Camille"))
    member = await (await rig.browser()).open_desk("Ann")
    await member.say(type="watch", room="support", thread=thread.thread_id)
    await member.hear("history")
    return member, thread


async def test_contact_who_writes(rig: Rig) -> None:
    """The bot is told that a contact writes."""
    contact, chat = await rig.contact()
    await contact.say(type="typing")
    assert await rig.host.until(lambda host: host.typed == [chat])


async def test_member_who_writes(rig: Rig) -> None:
    """Colleagues see who writes, and the bot is told where."""
    member, thread = await watched(rig)
    await member.say(type="typing", room="support", thread=thread.thread_id)
    assert (await member.hear("typing"))["name"] == "Ann"
    assert await rig.host.until(lambda host: host.typed == [thread])


async def test_the_other_side_writes(rig: Rig) -> None:
    """A thread shows which contact writes; a contact sees that somebody does, and not who."""
    member, thread = await watched(rig)
    await rig.plugin.typing(thread)
    frame = await member.hear("typing")
    assert (frame["room"], frame["thread"], frame["name"]) == ("support", thread.thread_id, "Camille")
    contact, chat = await rig.contact()
    await rig.plugin.typing(chat)
    assert "name" not in await contact.hear("typing")


async def test_stranger_who_writes_shows_nowhere(rig: Rig) -> None:
    """Before the first message nobody is told, and nothing is kept."""
    page = await (await rig.browser()).open_chat()
    before = dict(rig.host.documents.texts)
    await page.say(type="typing")
    assert await page.silent() == []
    assert rig.host.documents.texts == before
    assert rig.host.typed == []
