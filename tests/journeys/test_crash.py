"""The process is killed in the middle of many conversations, and started again."""

import asyncio
from dataclasses import dataclass, field

from bot.api import ChatRef
from bot.model import record_id_of
from bot.store import DataFolder
from bot.store.files import RecordFiles
from tests.journeys.people import Contact, Gone, Member, People, people
from tests.journeys.process import Place, running

CONTACTS = 50
MESSAGES = 12
KILLED_AFTER = CONTACTS * MESSAGES // 3


@dataclass(slots=True, kw_only=True)
class Writer:
    """A contact who writes one message after another.

    Attributes:
        contact: who.
        texts: what they write, in order.
        kept: how many of them were acknowledged.
    """

    contact: Contact
    texts: list[str]
    kept: int = 0
    kept_before: list[str] = field(default_factory=list)

    async def write(self, acknowledged: asyncio.Semaphore) -> None:
        """Write until all is acknowledged, or the server is gone; go on with what was not acknowledged."""
        try:
            while self.kept < len(self.texts):
                # The same message has the same id however often it is sent, as on the page.
                await self.contact.write(self.texts[self.kept], client_id=f"message-{self.kept:03}")
                self.kept += 1
                acknowledged.release()
        except (Gone, ConnectionError):
            self.kept_before = self.texts[: self.kept]


async def assigned(crowd: People, number: int) -> Writer:
    """A contact whose conversation the sales team has."""
    contact = await crowd.contact(f"Contact {number:02}")
    await contact.write("bonjour")
    await contact.reads("Bienvenue")
    await contact.write("2")
    await contact.reads("Merci !")
    return Writer(contact=contact, texts=[f"mot {number:02}-{word:02}" for word in range(MESSAGES)])


async def shown(member: Member, writer: Writer) -> list[str]:
    """What the room shows of a contact's words, when the last of them is there."""
    thread = await member.thread("ventes", writer.contact.screen.name)
    await thread.shows(writer.texts[-1])
    return [line for text in thread.texts for line in text.splitlines() if line.startswith("mot ")]


def recorded(place: Place, writer: Writer) -> list[str]:
    """What the record holds of a contact's words, archive included."""
    chat = ChatRef.parse(writer.contact.address)
    held = RecordFiles(DataFolder(place.data)).export(record_id_of(chat))
    assert held is not None
    assert held["unreadable"] == []
    texts = [message.get("text", "") for message in held["messages"] if message["direction"] == "in"]
    return [text for text in texts if text.startswith("mot ")]


async def test_killed_while_fifty_contacts_write(place: Place) -> None:
    """What was acknowledged before a kill -9 is in the record and in the room, once and in order."""
    async with running(place) as first, people(first.url) as crowd:
        writers = list(await asyncio.gather(*(assigned(crowd, number) for number in range(CONTACTS))))
        acknowledged = asyncio.Semaphore(0)
        async with asyncio.TaskGroup() as tasks:
            for writer in writers:
                tasks.create_task(writer.write(acknowledged))
            for _ in range(KILLED_AFTER):
                await acknowledged.acquire()
            first.kill()
        await first.wait()
        assert any(writer.kept < MESSAGES for writer in writers)
        for writer in writers:
            written = recorded(place, writer)
            assert written[: writer.kept] == writer.kept_before
            # What was on its way at the moment may be there as well.
            assert written == writer.texts[: len(written)]
            assert len(written) <= writer.kept + 1

        async with running(place) as second, people(second.url) as colleagues:
            await asyncio.gather(*(writer.contact.return_to(second.url) for writer in writers))
            async with asyncio.TaskGroup() as tasks:
                for writer in writers:
                    tasks.create_task(writer.write(acknowledged))
            member = await colleagues.member()
            for writer in writers:
                assert await shown(member, writer) == writer.texts
            assert await second.stop() == 0
            assert not [line for line in second.log if " ERROR " in line]
        for writer in writers:
            assert recorded(place, writer) == writer.texts
