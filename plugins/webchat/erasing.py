"""Forgetting somebody: their logs, and what a general section told the team about them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.api import ChatRef
from plugins.webchat.channel import DESK_AUDIENCE, Channel, contact_document, place, visitor
from plugins.webchat.history import Log
from plugins.webchat.posts import Post, Side

# One letter is nobody's name; two may be.
_SHORTEST_NAME = 2
# Shorter lines ("2", "bonjour") are anybody's, and stand in posts that tell of nobody.
_SHORTEST_LINE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """The words by which a post is known to tell of somebody.

    Attributes:
        names: what they were called; each counts as a whole word only.
        lines: what they wrote, line by line.
    """

    names: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()

    @classmethod
    def of(cls, *, names: Iterable[str], texts: Iterable[str]) -> "Traces":
        """The traces of somebody with these names who wrote these texts."""
        lines = (line.strip() for text in texts for line in text.splitlines())
        return cls(
            names=frozenset(name for name in names if len(name) >= _SHORTEST_NAME),
            lines=frozenset(line for line in lines if len(line) >= _SHORTEST_LINE),
        )

    def __or__(self, other: "Traces") -> "Traces":
        return Traces(names=self.names | other.names, lines=self.lines | other.lines)

    def are_in(self, text: str) -> bool:
        """Whether `text` tells of them."""
        return any(line in text for line in self.lines) or any(
            re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in self.names
        )


class Erasing:
    """The removal of chats and threads from the channel, open or not."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def erase(self, chats: Sequence[ChatRef]) -> None:
        """Remove the logs of these chats and threads, and what else is kept on them.

        Raises:
            OSError: the disk refuses; what is left is removed by another call.
        """
        traces = Traces()
        for chat in chats:
            is_room = self._channel.is_room(chat)
            traces |= await (self._traces_in_thread(chat) if is_room else self._traces_in_chat(chat))
        for team in self._channel.host.team_chats():
            await self._take_back(team.chat, traces)
        for chat in chats:
            await self._erase(chat)
        self._channel.hub.push(DESK_AUDIENCE, await self._channel.rooms_frame())

    async def _erase(self, chat: ChatRef) -> None:
        channel = self._channel
        async with channel.history.turn(chat) as log:
            await log.erase()
            if channel.is_room(chat):
                await channel.rooms.forget(chat.chat_id, chat.thread_id or "")
            else:
                await channel.host.documents.delete(contact_document(chat.chat_id))
        channel.hub.push(channel.audience(chat), {"type": "erased", **place(chat)})

    async def _traces_in_chat(self, chat: ChatRef) -> Traces:
        """What a contact of this channel was called, at any time, and what they wrote."""
        made_up = visitor(chat.chat_id, self._channel.host.language)
        names = {await self._channel.contact_name(chat.chat_id) or "", made_up, chat.chat_id}
        async with self._channel.history.turn(chat) as log:
            own = [post for post in await _posts(log) if post.side is Side.PAGE]
        return Traces.of(names=names | {post.author for post in own}, texts=[post.text for post in own])

    async def _traces_in_thread(self, chat: ChatRef) -> Traces:
        """What the contact of a thread was called, and wrote, on whatever platform."""
        thread = await self._channel.rooms.find(chat.chat_id, chat.thread_id or "")
        async with self._channel.history.turn(chat) as log:
            posts = await _posts(log)
        # The bot posts there for colleagues too; the thread is called after the contact.
        title = "" if thread is None else thread.title
        own = [post for post in posts if post.side is Side.BOT and post.author and post.author in title]
        return Traces.of(names={post.author for post in own}, texts=[post.text for post in own])

    async def _take_back(self, room: ChatRef, traces: Traces) -> None:
        """Take back what the bot said in a general section about somebody who is to be forgotten."""
        async with self._channel.history.turn(room) as log:
            posts = await _posts(log)
            telling = [
                post.taken_back() for post in posts if post.side is Side.BOT and traces.are_in(post.text)
            ]
            if not telling:
                return
            await log.replace(telling)
            for post in telling:
                self._channel.changed(room, post)
            # The list of rooms shows how the last post begins.
            gone = {post.post_id for post in telling}
            left = [post for post in posts if post.post_id not in gone and not post.is_deleted]
            if left:
                last = left[-1]
                await self._channel.rooms.retell(room.chat_id, at_ms=last.at_ms, excerpt=last.excerpt)
            else:
                await self._channel.rooms.forget(room.chat_id, "")


async def _posts(log: Log) -> list[Post]:
    return [post async for page in log.pages() for post in page]
