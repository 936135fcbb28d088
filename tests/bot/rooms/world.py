"""Contacts, rooms of three kinds, and the people in them, around the real core."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, cast

from bot.api import (
    ButtonPressed,
    Capabilities,
    ChatRef,
    Event,
    Host,
    IncomingMessage,
    Reception,
    Sender,
)
from bot.config import Settings
from bot.core import Core, Disk, Watchers
from bot.model import Conversation, Record, record_id_of
from tests.bot.building import START, settings_of
from tests.bot.rooms.platform import Chats, MemoryPlugin, Shown

TEAMS = """
business = "Dupont"
language = "en"
[channels.shop]
enabled = true
[channels.forum]
enabled = true
[channels.group]
enabled = true
[channels.phone]
enabled = true
[inbox]
chat = "forum:inbox"
[teams.support]
name = "Support"
chat = "forum:support"
[teams.sales]
name = "Sales"
chat = "group:sales"
[teams.field]
name = "Field"
members = ["phone:bob", "phone:eve", "phone:joe"]
[teams.night]
name = "Night"
members = ["phone:joe"]
"""
ANSWERS = """
[[routing.answers]]
label = "Support"
when = ["support"]
team = "support"
[[routing.answers]]
label = "Sales"
when = ["sales"]
team = "sales"
[[routing.answers]]
label = "Field"
when = ["field"]
team = "field"
"""
CANNED = """
[canned]
hello = "Hello from {team}"
"""

MARY, ZOE = ChatRef("shop", "mary"), ChatRef("shop", "zoe")
SUPPORT, INBOX_CHAT = ChatRef("forum", "support"), ChatRef("forum", "inbox")
SALES = ChatRef("group", "sales")
BOB, EVE, JOE = (ChatRef("phone", name) for name in ("bob", "eve", "joe"))
SECOND = timedelta(seconds=1)

PRIVATE = Capabilities(text_limit=4096, reply_window=timedelta(hours=24))
PHONE = Capabilities(text_limit=1600, quotes=True, reply_window=timedelta(hours=24), wake_template="wake")
FORUM = Capabilities(
    text_limit=4096, group_chats=True, threads=True, edits=True, marks=True, choices=20, quotes=True
)
GROUP = Capabilities(text_limit=4096, group_chats=True, edits=True, marks=True, choices=20, quotes=True)


class World:
    """The running bot, and everything that people see of it.

    Attributes:
        now: the time; each event comes a second after the one before.
        chats: what stands in the chats, by channel.
        core: the bot.
    """

    def __init__(self, core: Core, chats: dict[str, Chats]) -> None:
        self.core = core
        self.chats = chats
        self._numbers = 0

    now: datetime = START

    async def says(self, text: str = "", chat: ChatRef = MARY, **fields: Any) -> IncomingMessage:
        """A contact writes."""
        event = self.message(chat, text, **fields)
        await self.happens(event)
        return event

    async def writes(
        self,
        text: str,
        chat: ChatRef,
        *,
        by: str = "",
        to: Shown | IncomingMessage | None = None,
        **fields: Any,
    ) -> IncomingMessage:
        """A member writes in a room, or as one of a list; `to` is what they quote."""
        reply_to = "" if to is None else to.platform_id if isinstance(to, Shown) else to.message_id
        event = self.message(chat, text, sender=person(by or chat.chat_id), reply_to=reply_to, **fields)
        await self.happens(event)
        return event

    async def presses(
        self, choice_id: str, chat: ChatRef, *, by: str = "", on: Shown | None = None, **who: Any
    ) -> str:
        """A member presses a button; what they are told at once."""
        event = ButtonPressed(
            event_id=self._new_id(),
            chat=chat,
            sender=person(by or chat.chat_id, **who),
            sent_at=self.now,
            choice_id=choice_id,
            message_id=on.platform_id if on else "",
        )
        return (await self.happens(event)).notice

    async def happens(self, event: Event) -> Reception:
        """An event comes in, and what it leads to is delivered."""
        self.now += SECOND
        reception = await self.core.receiver.receive(event)
        await self.settle()
        return reception

    async def settle(self) -> None:
        """Return when nothing is left to be sent now."""
        async with asyncio.timeout(10):
            while True:
                await self.core.intake.drain()
                if not self.core.delivery.waiting():
                    break
                await asyncio.sleep(0.001)

    def message(self, chat: ChatRef, text: str, **fields: Any) -> IncomingMessage:
        """A message, as it comes in."""
        event_id = self._new_id()
        known = {"sender": person(chat.chat_id), "message_id": f"m{event_id}", "event_id": event_id, **fields}
        return IncomingMessage(chat=chat, sent_at=self.now, text=text, **known)

    def shown(self, chat: ChatRef) -> list[Shown]:
        """Our messages that stand in a chat, or in one thread of it."""
        return [each for each in self.chats[chat.channel].in_chat(chat) if not each.is_deleted]

    def texts(self, chat: ChatRef) -> list[str]:
        """What they say."""
        return [each.text for each in self.shown(chat)]

    def last(self, chat: ChatRef) -> Shown:
        """The last of them."""
        return self.shown(chat)[-1]

    async def conversation(self, about: ChatRef = MARY) -> Conversation:
        """A contact's current conversation."""
        current = (await self.record(about)).current
        assert current is not None
        return current

    async def record(self, about: ChatRef = MARY) -> Record:
        """What is held on a contact."""
        found = await self.core.intake.look(record_id_of(about))
        assert isinstance(found, Record)
        return found

    async def code(self, about: ChatRef = MARY) -> str:
        """The code of a contact's conversation."""
        return (await self.conversation(about)).code

    async def place(self, room: ChatRef = SUPPORT, about: ChatRef = MARY) -> ChatRef:
        """A contact's thread in a team chat."""
        thread = (await self.record(about)).contact.thread_in(room)
        assert thread is not None
        return room.thread(thread.thread_id)

    async def assigned(self, option: str, chat: ChatRef = MARY) -> str:
        """Let a contact choose a team; the conversation's code."""
        await self.says("Good day", chat)
        await self.says(option, chat)
        return await self.code(chat)

    async def awake(self, *members: ChatRef) -> None:
        """Let members of a list be reachable: they write that they are on duty."""
        for member in members:
            await self.writes("on", member)

    def _new_id(self) -> str:
        self._numbers += 1
        return str(self._numbers)


def person(name: str, **fields: Any) -> Sender:
    """Somebody, by the id of their chat."""
    return Sender(sender_id=name, name=f"{name.capitalize()} Lee", first_name=name.capitalize(), **fields)


@asynccontextmanager
async def opened(
    folder: Path, settings: Settings | None = None, **abilities: Capabilities
) -> AsyncIterator[World]:
    """A world whose records are in `folder`; `abilities` are those of a channel, where they differ."""
    chats = {
        "shop": Chats(PRIVATE, abilities.get("shop", PRIVATE)),
        "forum": Chats(abilities.get("forum", FORUM), PRIVATE, frozenset({"support", "inbox"})),
        "group": Chats(abilities.get("group", GROUP), PRIVATE, frozenset({"sales"})),
        "phone": Chats(PHONE, abilities.get("phone", PHONE)),
    }
    world: World

    def clock() -> datetime:
        return world.now

    core = Core(
        settings or settings_of(CANNED, teams=TEAMS, answers=ANSWERS),
        Disk.at(folder, clock),
        clock=clock,
        watchers=Watchers(
            written=lambda: None,
            turn=lambda *_: None,
            send=lambda *_: None,
            connection_failed=lambda *_: None,
        ),
        random=Random(7),
    )
    world = World(core, chats)
    await core.open()
    try:
        async with asyncio.TaskGroup() as tasks:
            await core.start(tasks)
            for channel, each in chats.items():
                plugin = MemoryPlugin(cast("Host", None))
                plugin.chats = each
                core.attach(channel, plugin)
            yield world
            await world.settle()
            await core.stop(timedelta(seconds=1))
    finally:
        await core.close()
