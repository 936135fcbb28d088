"""Plugins that change the wrong thing, or pretend to."""

from collections.abc import AsyncIterator
from dataclasses import replace

from bot.api import Attachment, ChatRef, Mark, Origin, OutgoingMessage, ThreadState
from tests.broken.variant import Broken
from tests.conformance.loopback import BARE
from tests.platforms.loopback import LoopbackPlugin


class Pretending(LoopbackPlugin):
    """Says yes and does nothing."""

    async def edit(self, chat: ChatRef, platform_id: str, message: OutgoingMessage) -> None:
        pass

    async def delete(self, chat: ChatRef, platform_id: str) -> None:
        pass

    async def react(self, chat: ChatRef, platform_id: str, emoji: str) -> None:
        pass

    async def mark(self, chat: ChatRef, platform_id: str, mark: Mark) -> None:
        pass

    async def open_thread(self, chat: ChatRef, *, title: str, key: str) -> str:
        return "t0"

    async def close_thread(self, chat: ChatRef) -> None:
        pass

    async def show_state(self, chat: ChatRef, state: ThreadState) -> None:
        pass


class Announcing(LoopbackPlugin):
    async def show_state(self, chat: ChatRef, state: ThreadState) -> None:
        await self.send(OutgoingMessage(message_id=state, chat=chat, origin=Origin.BOT, text=state.value))


class Shutting(LoopbackPlugin):
    async def show_state(self, chat: ChatRef, state: ThreadState) -> None:
        if state is ThreadState.CLOSED:
            await self.close_thread(chat)


class Repeating(LoopbackPlugin):
    async def show_state(self, chat: ChatRef, state: ThreadState) -> None:
        body = {"chat": chat.chat_id, "thread": chat.thread_id, "state": state.value}
        await self.client.act("show_state", body)


class ButtonKeeping(LoopbackPlugin):
    async def edit(self, chat: ChatRef, platform_id: str, message: OutgoingMessage) -> None:
        await super().edit(chat, platform_id, replace(message, choices=()))


class Pedantic(LoopbackPlugin):
    """Passes on what the platform says of a change that changes nothing."""

    async def edit(self, chat: ChatRef, platform_id: str, message: OutgoingMessage) -> None:
        body = {"chat": chat.chat_id, "post": platform_id, "text": message.text, "choices": []}
        await self.client.act("edit", body)

    async def delete(self, chat: ChatRef, platform_id: str) -> None:
        await self.client.act("delete", {"chat": chat.chat_id, "post": platform_id})

    async def close_thread(self, chat: ChatRef) -> None:
        await self.client.act("close_thread", {"chat": chat.chat_id, "thread": chat.thread_id})


class Clinging(LoopbackPlugin):
    async def react(self, chat: ChatRef, platform_id: str, emoji: str) -> None:
        if emoji:
            await super().react(chat, platform_id, emoji)


class Unsure(LoopbackPlugin):
    async def mark(self, chat: ChatRef, platform_id: str, mark: Mark) -> None:
        await super().mark(chat, platform_id, Mark.FAILED if mark is Mark.UNCERTAIN else mark)


class NameSharing(LoopbackPlugin):
    async def open_thread(self, chat: ChatRef, *, title: str, key: str) -> str:
        return await super().open_thread(chat, title=title, key=title)


class Loud(LoopbackPlugin):
    async def typing(self, chat: ChatRef) -> None:
        await self.send(OutgoingMessage(message_id="dots", chat=chat, origin=Origin.BOT, text="…"))


class Careless(LoopbackPlugin):
    async def download(self, attachment: Attachment) -> AsyncIterator[bytes]:
        url = f"{self.settings.api_url}/api/files/{attachment.remote_id}"
        async with self.host.http.get(url, headers=self.client._headers) as response:
            response.raise_for_status()
            yield await response.read()


class EmptyHanded(LoopbackPlugin):
    async def download(self, attachment: Attachment) -> AsyncIterator[bytes]:
        yield b""


BROKEN = (
    Broken(
        promise="test_every_state_is_shown_without_a_message",
        reason="a state is a message",
        create=Announcing,
    ),
    Broken(
        promise="test_every_state_is_shown_without_a_message", reason="closed the thread", create=Shutting
    ),
    Broken(promise="test_every_state_is_shown_without_a_message", reason="CLOSED raised", create=Repeating),
    Broken(
        promise="test_states_are_unsupported_where_not_declared",
        reason="show_state raised nothing",
        create=Pretending,
        abilities=BARE,
    ),
    Broken(promise="test_edit_replaces_text_and_choices", reason="people read", create=Pretending),
    Broken(promise="test_edit_replaces_text_and_choices", reason="people see", create=ButtonKeeping),
    Broken(
        promise="test_edit_without_a_change_is_no_error", reason="without a change raised", create=Pedantic
    ),
    Broken(
        promise="test_edit_is_unsupported_where_not_declared",
        reason="edit raised nothing",
        create=Pretending,
        abilities=BARE,
    ),
    Broken(promise="test_delete_takes_a_message_back", reason="the chat shows", create=Pretending),
    Broken(promise="test_delete_takes_a_message_back", reason="deleting again raised", create=Pedantic),
    Broken(
        promise="test_delete_is_unsupported_where_not_declared",
        reason="delete raised nothing",
        create=Pretending,
        abilities=BARE,
    ),
    Broken(promise="test_reaction_is_set_and_taken_away", reason="is not shown", create=Pretending),
    Broken(promise="test_reaction_is_set_and_taken_away", reason="is still shown", create=Clinging),
    Broken(
        promise="test_reaction_is_unsupported_where_not_declared",
        reason="react raised nothing",
        create=Pretending,
        abilities=BARE,
    ),
    Broken(promise="test_every_mark_is_shown", reason="UNCERTAIN is not shown", create=Unsure),
    Broken(
        promise="test_mark_is_unsupported_where_not_declared",
        reason="mark raised nothing",
        create=Pretending,
        abilities=BARE,
    ),
    Broken(promise="test_thread_lives_from_open_to_close", reason="shows 0 threads", create=Pretending),
    Broken(promise="test_thread_lives_from_open_to_close", reason="close_thread raised", create=Pedantic),
    Broken(promise="test_threads_are_made_apart", reason="share a thread", create=NameSharing),
    Broken(
        promise="test_threads_are_unsupported_where_not_declared",
        reason="open_thread raised nothing",
        create=Pretending,
        abilities=BARE,
    ),
    Broken(promise="test_typing_shows_no_message", reason="typing sent a message", create=Loud),
    Broken(
        promise="test_lost_file_is_an_error_of_the_contract",
        reason="ClientResponseError, which is no PluginError",
        create=Careless,
    ),
    Broken(promise="test_lost_file_is_an_error_of_the_contract", reason="raised nothing", create=EmptyHanded),
)
