"""Promises about what a plugin may do to messages and threads that exist: it works, or is Unsupported."""

from collections.abc import Awaitable

from bot.api import (
    Attachment,
    ChatRef,
    Choice,
    DeliveryRejected,
    Mark,
    MediaKind,
    Plugin,
    PluginError,
    ThreadState,
    Unsupported,
)
from tests.conformance.harness import ShownThread
from tests.conformance.observing import only_shown, received
from tests.conformance.rig import Rig, fail, need, need_not


class ChangingPromises:
    """What cards, marks and rooms count on."""

    async def test_edit_replaces_text_and_choices(self, rig: Rig) -> None:
        """An edited message shows the new text and buttons, under the same id."""
        async with rig.connected() as plugin:
            need(plugin.capabilities.edits, "edits")
            able = plugin.capabilities
            old = (Choice(choice_id="old", label="Old"),) if able.choices else ()
            new = (Choice(choice_id="new", label="New"),) if able.choices else ()
            receipt = await rig.taken(plugin, rig.message(text="Before", choices=old))
            await done(
                rig,
                plugin.edit(rig.harness.chat, receipt.platform_id, rig.message(text="After", choices=new)),
                "edit",
            )
            shown = await only_shown(rig)
        assert shown.platform_id == receipt.platform_id, "the edited message is another one"
        assert shown.text == "After", f"people read {shown.text!r}"
        assert shown.choices == tuple(choice.label for choice in new), f"people see {shown.choices}"

    async def test_edit_without_a_change_is_no_error(self, rig: Rig) -> None:
        """An edit to what is shown already changes nothing and raises nothing."""
        async with rig.connected() as plugin:
            need(plugin.capabilities.edits, "edits")
            message = rig.message()
            receipt = await rig.taken(plugin, message)
            await done(
                rig, plugin.edit(message.chat, receipt.platform_id, message), "an edit without a change"
            )

    async def test_edit_is_unsupported_where_not_declared(self, rig: Rig) -> None:
        """A platform that cannot edit says so."""
        async with rig.connected() as plugin:
            need_not(plugin.capabilities.edits, "edits")
            post = (await rig.taken(plugin, rig.message())).platform_id
            await unsupported(rig, plugin.edit(rig.harness.chat, post, rig.message(text="After")), "edit")

    async def test_delete_takes_a_message_back(self, rig: Rig) -> None:
        """A deleted message is shown no more, and deleting it again is no error."""
        async with rig.connected() as plugin:
            need(plugin.capabilities.deletes, "deletes")
            chat = rig.harness.chat
            first = await rig.taken(plugin, rig.message())
            second = await rig.taken(plugin, rig.message())
            await done(rig, plugin.delete(chat, first.platform_id), "delete")
            left = [post.platform_id for post in await rig.harness.shown(chat)]
            assert left == [second.platform_id], f"the chat shows {left}"
            await done(rig, plugin.delete(chat, first.platform_id), "deleting again")

    async def test_delete_is_unsupported_where_not_declared(self, rig: Rig) -> None:
        """A platform that cannot delete says so."""
        async with rig.connected() as plugin:
            need_not(plugin.capabilities.deletes, "deletes")
            post = (await rig.taken(plugin, rig.message())).platform_id
            await unsupported(rig, plugin.delete(rig.harness.chat, post), "delete")

    async def test_reaction_is_set_and_taken_away(self, rig: Rig) -> None:
        """A reaction on somebody's message is shown, and an empty one takes it away."""
        async with rig.connected() as plugin:
            need(plugin.capabilities.reactions, "reactions")
            heard = await received(rig, rig.said())
            await done(rig, plugin.react(heard.chat, heard.message_id, "👍"), "react")
            shown = await rig.harness.shown_on(heard.chat, heard.message_id)
            assert shown.reaction == "👍", "the reaction is not shown"
            await done(rig, plugin.react(heard.chat, heard.message_id, ""), "react with nothing")
            shown = await rig.harness.shown_on(heard.chat, heard.message_id)
            assert not shown.reaction, "the reaction is still shown"

    async def test_reaction_is_unsupported_where_not_declared(self, rig: Rig) -> None:
        """A platform without reactions says so."""
        async with rig.connected() as plugin:
            need_not(plugin.capabilities.reactions, "reactions")
            post = (await rig.taken(plugin, rig.message())).platform_id
            await unsupported(rig, plugin.react(rig.harness.chat, post, "👍"), "react")

    async def test_every_mark_is_shown(self, rig: Rig) -> None:
        """Each mark on a member's message is shown in place of the one before it."""
        async with rig.connected() as plugin:
            need(plugin.capabilities.marks, "marks")
            heard = await received(rig, rig.said(chat=rig.harness.group))
            for mark in Mark:
                await done(rig, plugin.mark(heard.chat, heard.message_id, mark), f"mark {mark.name}")
                shown = await rig.harness.shown_on(heard.chat, heard.message_id)
                assert shown.mark is mark, f"{mark.name} is not shown"

    async def test_mark_is_unsupported_where_not_declared(self, rig: Rig) -> None:
        """A platform without marks says so."""
        async with rig.connected() as plugin:
            need_not(plugin.capabilities.marks, "marks")
            post = (await rig.taken(plugin, rig.message())).platform_id
            await unsupported(rig, plugin.mark(rig.harness.chat, post, Mark.SENT), "mark")

    async def test_thread_lives_from_open_to_close(self, rig: Rig) -> None:
        """A thread is made, closed, opened again and renamed, and doing any of it twice is no error."""
        async with rig.connected() as plugin:
            need(plugin.capabilities.threads, "threads")
            group = rig.need_group()
            thread = group.thread(await opened(rig, plugin, group, "Ann"))
            assert (await shown_thread(rig, thread)).is_open, "a new thread is not open"
            for _ in range(2):
                await done(rig, plugin.close_thread(thread), "close_thread")
                assert not (await shown_thread(rig, thread)).is_open, "the thread is still open"
            for _ in range(2):
                await done(rig, plugin.reopen_thread(thread), "reopen_thread")
                assert (await shown_thread(rig, thread)).is_open, "the thread is still closed"
            for _ in range(2):
                await done(rig, plugin.rename_thread(thread, title="Ann B."), "rename_thread")
                assert (await shown_thread(rig, thread)).title == "Ann B.", "the thread has its old title"

    async def test_threads_are_made_apart(self, rig: Rig) -> None:
        """Threads of different keys are different threads, also with one title, and titles may be long."""
        async with rig.connected() as plugin:
            need(plugin.capabilities.threads, "threads")
            group = rig.need_group()
            title = "é" * 128
            first = await opened(rig, plugin, group, title, key="first")
            second = await opened(rig, plugin, group, title, key="second")
            assert first != second, "two contacts share a thread"
            assert (await shown_thread(rig, group.thread(second))).title == title, "the title was changed"

    async def test_threads_are_unsupported_where_not_declared(self, rig: Rig) -> None:
        """A platform without threads says so."""
        async with rig.connected() as plugin:
            need_not(plugin.capabilities.threads, "threads")
            chat = rig.harness.group or rig.harness.chat
            await unsupported(rig, plugin.open_thread(chat, title="Ann", key="ann"), "open_thread")

    async def test_every_state_is_shown_without_a_message(self, rig: Rig) -> None:
        """How a thread stands is shown from outside: no message stands there for it, even twice."""
        async with rig.connected() as plugin:
            need(plugin.capabilities.thread_states, "thread states")
            group = rig.need_group()
            thread = group.thread(await opened(rig, plugin, group, "Ann"))
            for state in (*ThreadState, ThreadState.CLOSED):
                await done(rig, plugin.show_state(thread, state), f"show_state {state.name}")
            assert (await shown_thread(rig, thread)).is_open, "showing a state closed the thread"
            assert not await rig.harness.shown(group), "a state is a message"

    async def test_states_are_unsupported_where_not_declared(self, rig: Rig) -> None:
        """A platform that cannot show how a thread stands says so."""
        async with rig.connected() as plugin:
            need_not(plugin.capabilities.thread_states, "thread states")
            chat = (rig.harness.group or rig.harness.chat).thread("t1")
            await unsupported(rig, plugin.show_state(chat, ThreadState.WAITING), "show_state")

    async def test_typing_shows_no_message(self, rig: Rig) -> None:
        """Showing that somebody writes works if declared, is harmless if not, and is no message."""
        async with rig.connected() as plugin:
            try:
                await rig.within(plugin.typing(rig.harness.chat), "typing")
            except Unsupported:
                assert not plugin.capabilities.typing, "typing is declared, and Unsupported"
            assert not await rig.harness.shown(rig.harness.chat), "typing sent a message"

    async def test_lost_file_is_an_error_of_the_contract(self, rig: Rig) -> None:
        """A file that the platform does not have is DeliveryRejected or Unsupported, not a crash."""
        async with rig.connected() as plugin:
            error = await rig.error_of(_lost_file(plugin), "download of a file that does not exist")
        assert isinstance(error, DeliveryRejected | Unsupported), f"download raised {error!r}"


async def done(rig: Rig, action: Awaitable[object], what: str) -> None:
    """Await something that must work."""
    try:
        await rig.within(action, what)
    except PluginError as error:
        raise AssertionError(f"{what} raised {error!r}") from error


async def unsupported(rig: Rig, action: Awaitable[object], what: str) -> None:
    """Await something that the plugin says it cannot do."""
    error = await rig.error_of(action, what)
    assert isinstance(error, Unsupported), f"{what} raised {error!r}"


async def opened(rig: Rig, plugin: Plugin, group: ChatRef, title: str, *, key: str = "ann") -> str:
    """The id of a thread that was made just now."""
    thread_id = await rig.within(plugin.open_thread(group, title=title, key=key), "open_thread")
    assert thread_id, "a thread has no id"
    return thread_id


async def _lost_file(plugin: Plugin) -> bytes:
    attachment = Attachment(kind=MediaKind.PHOTO, remote_id="no-such-file")
    return b"".join([piece async for piece in plugin.download(attachment)])


async def shown_thread(rig: Rig, thread: ChatRef) -> ShownThread:
    """A thread as members see it."""
    threads = [seen for seen in await rig.harness.threads(thread.whole) if seen.thread_id == thread.thread_id]
    if len(threads) != 1:
        fail(f"the group shows {len(threads)} threads of this id")
    return threads[0]
