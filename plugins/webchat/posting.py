"""What the bot posts and changes: logged once, then shown to the pages that look at it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.api import ChatGone, ChatRef, DeliveryRejected, OutgoingMessage, RateLimited, ThreadGone
from plugins.webchat.channel import Channel
from plugins.webchat.erasing import Erasing
from plugins.webchat.history import Log
from plugins.webchat.posts import Post, from_outgoing
from plugins.webchat.threads import Thread

_DISK_PAUSE = timedelta(seconds=10)


class Posting:
    """The bot's hand in every chat, room and thread of the open channel."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def send(self, message: OutgoingMessage) -> Post:
        """Post a message, or find the post that it became before.

        Raises:
            ChatGone: nobody ever wrote from there, and it is no room.
            ThreadGone: the room has no such thread.
            RateLimited: the disk refuses.
        """
        async with self._channel.history.turn(message.chat) as log:
            await self._require(message.chat, log)
            post = await log.find_repeat(message.message_id)
            if post is None:
                post = await self._append(log, message)
        return post

    async def change(self, chat: ChatRef, post_id: str, change: Callable[[Post], Post]) -> None:
        """Put `change(post)` in the place of a post.

        Raises:
            DeliveryRejected: there is no such post.
            RateLimited: the disk refuses.
        """
        async with self._channel.history.turn(chat) as log:
            post = await log.find(post_id)
            if post is None:
                raise DeliveryRejected("the message is not there any more")
            await self._replace(log, chat, post, change(post))

    async def edit(self, chat: ChatRef, post_id: str, message: OutgoingMessage) -> None:
        """Give a post the text and the buttons of `message`; raises as `change`."""

        def edited(post: Post) -> Post:
            if post.is_deleted:
                raise DeliveryRejected("the message is not there any more")
            return replace(
                post,
                text=message.text,
                choices=message.choices,
                author=message.author,
                style=message.style,
                is_edited=post.is_edited or post.text != message.text,
            )

        await self.change(chat, post_id, edited)

    async def delete(self, chat: ChatRef, post_id: str) -> None:
        """Take a post back, if it is there; raises as `change`."""
        async with self._channel.history.turn(chat) as log:
            post = await log.find(post_id)
            if post is not None:
                await self._replace(log, chat, post, post.taken_back())

    async def open_thread(self, chat: ChatRef, *, title: str, key: str) -> str:
        """Make the thread of `key` in a room, or find it.

        Raises:
            ChatGone: there is no such room.
            RateLimited: the disk refuses.
        """
        if not self._channel.is_room(chat):
            raise ChatGone(f"there is no team room {chat.address}")
        try:
            thread, is_new = await self._channel.rooms.open(
                chat.chat_id, key=key, title=title, now_ms=self._channel.now_ms()
            )
        except OSError as error:
            raise _disk_refused() from error
        if is_new:
            self._channel.thread_changed(chat.chat_id, thread)
        return thread.thread_id

    async def change_thread(self, chat: ChatRef, change: Callable[[Thread], Thread]) -> None:
        """Put `change(thread)` in the place of a thread.

        Raises:
            ThreadGone: there is no such thread.
            RateLimited: the disk refuses.
        """
        try:
            thread = await self._channel.rooms.change(chat.chat_id, chat.thread_id or "", change)
        except OSError as error:
            raise _disk_refused() from error
        if thread is None:
            raise ThreadGone(f"there is no thread {chat.thread_id} in {chat.address}")
        self._channel.thread_changed(chat.chat_id, thread)

    async def erase(self, chats: Sequence[ChatRef]) -> None:
        """Remove the logs of these chats and threads, and what else is kept on them.

        Raises:
            RateLimited: the disk refuses; what is left is removed by another call.
        """
        try:
            await Erasing(self._channel).erase(chats)
        except OSError as error:
            raise _disk_refused() from error

    async def _require(self, chat: ChatRef, log: Log) -> None:
        if not self._channel.is_room(chat):
            if log.is_empty and not await self._channel.is_contact(chat.chat_id):
                raise ChatGone(f"nobody ever wrote from {chat.address}, and it is no team room")
        elif chat.thread_id and await self._channel.rooms.find(chat.chat_id, chat.thread_id) is None:
            raise ThreadGone(f"there is no thread {chat.thread_id} in {chat.address}")

    async def _append(self, log: Log, message: OutgoingMessage) -> Post:
        quoted = await log.find(message.reply_to) if message.reply_to else None
        post = from_outgoing(
            message,
            post_id=await log.new_id(message.message_id),
            at_ms=self._channel.now_ms(),
            quote=None if quoted is None else quoted.as_quote(),
        )
        try:
            await log.append(post)
        except OSError as error:
            raise _disk_refused() from error
        await self._channel.posted(message.chat, post, is_silent=message.silent)
        return post

    async def _replace(self, log: Log, chat: ChatRef, old: Post, new: Post) -> None:
        if new == old:
            return
        try:
            await log.replace([new])
        except OSError as error:
            raise _disk_refused() from error
        self._channel.changed(chat, new)


def _disk_refused() -> RateLimited:
    # Nothing was posted, and waiting may help; it is no fault of the message.
    return RateLimited("the disk refuses to keep the message", retry_after=_DISK_PAUSE)
