"""What people do in a chat or thread: the bot is told first, then it is logged, shown and acknowledged."""

from dataclasses import dataclass, replace
from typing import Any

from bot.api import (
    ButtonPressed,
    ChatRef,
    Event,
    IncomingMessage,
    MediaFile,
    MessageDeleted,
    MessageEdited,
    Reception,
    Sender,
)
from plugins.webchat.channel import Channel, place
from plugins.webchat.frames import (
    TEXT_LIMIT,
    DeleteFrame,
    EditFrame,
    FrameRefused,
    MessageFrame,
    PressFrame,
    SharedFrame,
)
from plugins.webchat.history import Log
from plugins.webchat.posts import Post, Side, view
from plugins.webchat.sessions import NotOurs
from plugins.webchat.text import clean_text

_MOST_UNLOGGED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Somebody who acts on a page.

    Attributes:
        sender: as the bot knows them.
        key_prefix: goes before the client's ids, so that they are unique in a chat of several people.
    """

    sender: Sender
    key_prefix: str = ""


class Writing:
    """The one way from a page's frame to the bot.

    Every step of one chat is done in the turn of its log. So a post that the bot answers with cannot
    overtake the message it answers, and a frame that comes twice at once is acted on once.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        # When the bot took what the disk then refused to log, by the post's key.
        self._unlogged: dict[str, int] = {}

    async def act(self, chat: ChatRef, author: Author, frame: SharedFrame) -> dict[str, Any]:
        """Do what a frame says.

        Args:
            chat: where; the caller has checked that `author` may write there.
            author: who.
            frame: what.

        Returns:
            The acknowledgement, a frame for the page.

        Raises:
            FrameRefused: it was not done; `may_retry` when it was only not kept.
        """
        async with self._channel.history.turn(chat) as log:
            post, reception = await self._do(log, chat, author, frame)
        return {
            "type": "ack",
            "client_id": frame.client_id,
            **place(chat),
            "post": view(post),
            "notice": reception.notice,
        }

    async def _do(
        self, log: Log, chat: ChatRef, author: Author, frame: SharedFrame
    ) -> tuple[Post, Reception]:
        match frame:
            case MessageFrame():
                return await self._message(log, chat, author, frame)
            case PressFrame():
                return await self._press(log, chat, author, frame)
            case EditFrame():
                return await self._edit(log, chat, author, frame)
            case DeleteFrame():
                return await self._delete(log, chat, author, frame)

    async def _message(
        self, log: Log, chat: ChatRef, author: Author, frame: MessageFrame
    ) -> tuple[Post, Reception]:
        key = author.key_prefix + frame.client_id
        if (repeated := await log.find_repeat(key)) is not None:
            return repeated, Reception(is_new=False)
        text = _checked_text(frame.text)
        media = self._upload(chat, frame.upload)
        if not text and media is None:
            raise FrameRefused("empty", "There is nothing in this message.")
        quoted = await log.find(frame.reply_to) if frame.reply_to else None
        if frame.reply_to and quoted is None:
            # Where a reply goes can depend on what it quotes, so it is never guessed.
            raise FrameRefused("gone", "The message that this one answers is gone.")
        sent_at = self._channel.clock()
        post = Post(
            post_id=await log.new_id(key),
            at_ms=round(sent_at.timestamp() * 1000),
            side=Side.PAGE,
            text=text,
            author=author.sender.name,
            author_id=author.sender.sender_id,
            media=media,
            quote=None if quoted is None else quoted.as_quote(),
        )
        reception = await self._receive(
            IncomingMessage(
                event_id=key,
                chat=chat,
                sender=author.sender,
                sent_at=sent_at,
                text=text,
                message_id=post.post_id,
                reply_to=quoted.post_id if quoted is not None else "",
                attachments=(media,) if media is not None else (),
            )
        )
        try:
            post = await self._log(log, post, is_new=reception.is_new)
        except OSError as error:
            raise _not_kept() from error
        await self._channel.posted(chat, post)
        return post, reception

    async def _log(self, log: Log, post: Post, *, is_new: bool) -> Post:
        """Add a message that the bot has: behind all others, unless the answer may stand there already."""
        taken_ms = self._unlogged.pop(post.key, post.at_ms if is_new else self._channel.began_ms)
        try:
            if is_new:
                await log.append(post)
                return post
            # The last process took it and ended before it stood here, or the disk refused it.
            return await log.insert(post, since_ms=taken_ms)
        except OSError:
            if len(self._unlogged) < _MOST_UNLOGGED:
                self._unlogged[post.key] = taken_ms
            raise

    async def _press(
        self, log: Log, chat: ChatRef, author: Author, frame: PressFrame
    ) -> tuple[Post, Reception]:
        post = await _existing(log, frame.message_id)
        if all(choice.choice_id != frame.choice_id for choice in post.choices):
            raise FrameRefused("gone", "This button is not offered any more.")
        reception = await self._receive(
            ButtonPressed(
                event_id=author.key_prefix + frame.client_id,
                chat=chat,
                sender=author.sender,
                sent_at=self._channel.clock(),
                choice_id=frame.choice_id,
                message_id=post.post_id,
            )
        )
        # A contact sees which answer they gave; in a room the bot redraws its cards itself.
        if not self._channel.is_room(chat):
            post = await self._replaced(log, chat, replace(post, chosen=frame.choice_id))
        return post, reception

    async def _edit(
        self, log: Log, chat: ChatRef, author: Author, frame: EditFrame
    ) -> tuple[Post, Reception]:
        post = _own(await _existing(log, frame.message_id), author)
        text = _checked_text(frame.text)
        if not text:
            raise FrameRefused("empty", "There is nothing in this message.")
        reception = await self._receive(
            MessageEdited(
                event_id=author.key_prefix + frame.client_id,
                chat=chat,
                sender=author.sender,
                sent_at=self._channel.clock(),
                message_id=post.post_id,
                text=text,
            )
        )
        if reception.is_refused:
            # The contact has the old words, so the room shows them too.
            return post, reception
        return await self._replaced(log, chat, replace(post, text=text, is_edited=True)), reception

    async def _delete(
        self, log: Log, chat: ChatRef, author: Author, frame: DeleteFrame
    ) -> tuple[Post, Reception]:
        post = _own(await _existing(log, frame.message_id), author)
        reception = await self._receive(
            MessageDeleted(
                event_id=author.key_prefix + frame.client_id,
                chat=chat,
                sender=author.sender,
                sent_at=self._channel.clock(),
                message_id=post.post_id,
            )
        )
        return await self._replaced(log, chat, post.taken_back()), reception

    def _upload(self, chat: ChatRef, reference: str) -> MediaFile | None:
        if not reference:
            return None
        try:
            return self._channel.sessions.open_upload(chat, reference)
        except NotOurs as error:
            raise FrameRefused("gone", "This file was not uploaded here.") from error

    async def _receive(self, event: Event) -> Reception:
        try:
            return await self._channel.host.receive(event)
        except OSError as error:
            raise _not_kept() from error

    async def _replaced(self, log: Log, chat: ChatRef, post: Post) -> Post:
        try:
            await log.replace([post])
        except OSError as error:
            raise _not_kept() from error
        self._channel.changed(chat, post)
        return post


def _not_kept() -> FrameRefused:
    return FrameRefused("not_kept", "This could not be kept yet. It will be sent again.", may_retry=True)


def _checked_text(text: str) -> str:
    text = clean_text(text)
    if len(text) > TEXT_LIMIT:
        raise FrameRefused("too_long", f"The text is too long: at most {TEXT_LIMIT} characters.")
    return text


async def _existing(log: Log, post_id: str) -> Post:
    post = await log.find(post_id)
    if post is None or post.is_deleted:
        raise FrameRefused("gone", "This message is gone.")
    return post


def _own(post: Post, author: Author) -> Post:
    if post.author_id != author.sender.sender_id:
        raise FrameRefused("not_yours", "Only who wrote a message can change it.")
    return post
