"""Topics of forums: made slowly and never twice, closed, renamed, and shown by an icon how they stand.

https://core.telegram.org/bots/api#createforumtopic
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import TypeVar
from zlib import crc32

from bot.api import ChatRef, DeliveryRejected, DeliveryUncertain, PluginError, RateLimited, ThreadState
from plugins.telegram.client import Client
from plugins.telegram.errors import Refused
from plugins.telegram.rooms import Rooms, number
from plugins.telegram.timing import Timing

_COLOURS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)
"""The six that the platform allows."""

_ICONS: Mapping[ThreadState, str] = {
    ThreadState.WAITING: "❗‼❓",
    ThreadState.ANSWERED: "✅💬",
    ThreadState.CLOSED: "🏁📁",
}
"""Of the icons that the platform has, the first that it has."""

_NO_FORUM = ("not a forum", "not enough rights", "chat_admin_required", "need administrator rights")
_MOST_KEPT = 10_000
_AT_ONCE = timedelta(milliseconds=100)

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Slow:
    """A rate: a burst, and then one at a time.

    Args:
        burst: how many may come at once.
        every_s: the pause between those after them, in seconds.
        monotonic: a clock in seconds.
    """

    def __init__(self, burst: int, every_s: float, monotonic: Callable[[], float]) -> None:
        self._burst_s = (burst - 1) * every_s
        self._every_s = every_s
        self._monotonic = monotonic
        self._free_at = monotonic()

    def wait_s(self) -> float:
        """Take a place; or, when none is free, the seconds until one is."""
        now = self._monotonic()
        ahead = max(self._free_at - now, 0.0)
        if ahead > self._burst_s:
            return ahead - self._burst_s
        self._free_at = now + ahead + self._every_s
        return 0.0


class Threads:
    """The topics of all team chats.

    Args:
        client: makes calls.
        rooms: what is known of the groups.
        timing: how fast topics may be made.
        monotonic: a clock in seconds.
    """

    def __init__(
        self, client: Client, rooms: Rooms, *, timing: Timing, monotonic: Callable[[], float]
    ) -> None:
        self._client = client
        self._rooms = rooms
        self._pace = Slow(timing.topics_burst, timing.topics_every_s, monotonic)
        self._one_at_a_time = asyncio.Lock()
        # What was asked for and may be there, with its title; what the platform then told of; and what
        # has its contact. A topic that was given is never found again: titles are no names of people.
        self._doubted: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._appeared: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._given: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._shown: OrderedDict[ChatRef, ThreadState] = OrderedDict()
        self._own: OrderedDict[ChatRef, int] = OrderedDict()
        self._icons: Mapping[ThreadState, str] | None = None

    async def open(self, chat: ChatRef, *, title: str, key: str) -> str:
        """Make a topic; one whose making nobody was sure of is looked for first; raises as `Plugin.send`."""
        async with self._one_at_a_time:
            if (chat.chat_id, key) not in self._doubted or not (thread_id := self._found(chat, title)):
                if wait_s := self._pace.wait_s():
                    text = self._client.say("slow_topics")
                    raise RateLimited(text, retry_after=timedelta(seconds=wait_s))
                thread_id = await self._make(chat, title=title, key=key)
            place = self._rooms.now(chat.chat_id)
            self._doubted.pop((chat.chat_id, key), None)
            self._appeared.pop((place, thread_id), None)
            _keep(self._given, (place, thread_id), None)
            return thread_id

    def _found(self, chat: ChatRef, title: str) -> str:
        """The topic of this title that the platform told of and that nobody was given, or empty."""
        place = self._rooms.now(chat.chat_id)
        told = ((topic_id, name) for (where, topic_id), name in self._appeared.items() if where == place)
        return next((topic_id for topic_id, name in told if name == title), "")

    async def _make(self, chat: ChatRef, *, title: str, key: str) -> str:
        try:
            return await self._create(chat, title=title, key=key)
        except Refused as error:
            if not any(words in error.words for words in _NO_FORUM):
                raise
            await self._rooms.no_topics(chat.chat_id, is_forum="not a forum" not in error.words)
            # The group is asked for its abilities anew, and takes the message without a topic.
            raise RateLimited(str(error), retry_after=_AT_ONCE) from error

    async def _create(self, chat: ChatRef, *, title: str, key: str) -> str:
        was_doubted = (chat.chat_id, key) in self._doubted
        # It is in doubt from here on: the platform may tell of the topic before it answers.
        _keep(self._doubted, (chat.chat_id, key), title)
        create = self._client.bot.create_forum_topic(number(chat.chat_id), title, icon_color=_colour(key))
        try:
            topic = await self._client.act(create)
        except DeliveryUncertain:
            raise
        except PluginError:
            # This attempt made none, but one before it may have.
            if not was_doubted:
                del self._doubted[chat.chat_id, key]
            raise
        return str(topic.message_thread_id)

    def appeared(self, chat_id: str, title: str, thread_id: str) -> None:
        """The platform says that the bot has made a topic."""
        topic = (self._rooms.now(chat_id), thread_id)
        if topic not in self._given and title in self._doubted.values():
            _keep(self._appeared, topic, title)

    def note_own(self, chat: ChatRef, thread_id: int | None) -> None:
        """A contact wrote in a thread of their own chat, or outside of one; the next answer goes there."""
        self._own.pop(chat, None)
        if thread_id is not None:
            _keep(self._own, chat, thread_id)

    def forget_own(self, chat: ChatRef) -> None:
        """That thread is not there any more."""
        self._own.pop(chat, None)

    def number_of(self, chat: ChatRef) -> int | None:
        """The topic that a message to `chat` stands in, as the Bot API takes it."""
        if chat.thread_id is None:
            return self._own.get(chat)
        return int(chat.thread_id) if chat.thread_id.isdecimal() else None

    async def close(self, thread: ChatRef) -> None:
        """Close a topic, if it is open."""
        bot, (chat_id, topic_id) = self._client.bot, self._ids(thread)
        await self._change(bot.close_forum_topic(chat_id, topic_id))

    async def reopen(self, thread: ChatRef) -> None:
        """Open a topic, if it is closed."""
        bot, (chat_id, topic_id) = self._client.bot, self._ids(thread)
        await self._change(bot.reopen_forum_topic(chat_id, topic_id))

    async def rename(self, thread: ChatRef, *, title: str) -> None:
        """Give a topic another title."""
        bot, (chat_id, topic_id) = self._client.bot, self._ids(thread)
        await self._change(bot.edit_forum_topic(chat_id, topic_id, name=title))

    async def show_state(self, thread: ChatRef, state: ThreadState) -> None:
        """Give a topic the icon of how it stands, when it has another: each change is a line in the topic."""
        if self._shown.get(thread) is state:
            return
        if self._icons is None:
            stickers = await self._client.ask(self._client.bot.get_forum_topic_icon_stickers())
            there = {
                (sticker.emoji or "").rstrip("\ufe0f"): sticker.custom_emoji_id or "" for sticker in stickers
            }
            self._icons = {
                each: next((there[face] for face in faces if face in there), "")
                for each, faces in _ICONS.items()
            }
        if icon := self._icons[state]:
            bot, (chat_id, topic_id) = self._client.bot, self._ids(thread)
            await self._change(bot.edit_forum_topic(chat_id, topic_id, icon_custom_emoji_id=icon))
        _keep(self._shown, thread, state)

    async def erase(self, thread: ChatRef) -> None:
        """Delete a topic with everything in it; one that is gone already is no error."""
        bot, (chat_id, topic_id) = self._client.bot, self._ids(thread)
        await self._client.act(bot.delete_forum_topic(chat_id, topic_id))

    def _ids(self, thread: ChatRef) -> tuple[int | str, int]:
        if thread.thread_id is None or not thread.thread_id.isdecimal():
            raise DeliveryRejected(self._client.say("no_topic"))
        return number(thread.chat_id), int(thread.thread_id)

    async def _change(self, call: Awaitable[object]) -> None:
        try:
            await self._client.act(call)
        except Refused as error:
            if "not_modified" not in error.words and "not modified" not in error.words:
                raise


def _colour(key: str) -> int:
    """The colour of a contact's topic: the keys of one channel's contacts begin alike."""
    return _COLOURS[crc32(key.rpartition("-")[0].encode()) % len(_COLOURS)]


def _keep(memory: OrderedDict[_Key, _Value], key: _Key, value: _Value) -> None:
    """Remember something as the newest, and of too many forget the oldest."""
    memory[key] = value
    memory.move_to_end(key)
    while len(memory) > _MOST_KEPT:
        memory.popitem(last=False)
