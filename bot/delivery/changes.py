"""Changes to what stands in a chat already: edits, deletions, marks, reactions, and a thread's door."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from bot.api import Unsupported
from bot.delivery.calls import Calls
from bot.delivery.render import Renderer
from bot.delivery.rooms import heading_of, known_place, state_of, title_of
from bot.delivery.settling import Settling, Work
from bot.delivery.surroundings import Surroundings
from bot.delivery.wording import Words
from bot.model import Action, Record

TYPING_LASTS = timedelta(seconds=15)
"""Later than this nobody who was about to write still is."""

Call = Callable[[], Awaitable[None]]


class Changes:
    """What makes changes; each may be made twice without harm.

    Args:
        around: the bot's words.
        calls: makes calls.
        settling: writes outcomes.
    """

    def __init__(self, around: Surroundings, calls: Calls, settling: Settling) -> None:
        self._around = around
        self._calls = calls
        self._settling = settling
        self._renderer = Renderer(say=around.say, link=around.link)

    async def make(self, work: Work) -> None:
        """Make one change; what a platform cannot do is done with, or told to the team when it matters.

        Raises:
            PluginError: what the plugin raised.
        """
        work.chat = known_place(work)
        call = self._call(work)
        if call is not None:
            await work.lane.admit(work.entry)
            try:
                await self._calls.make(work.lane.channel.name, work.item.action, call)
            except Unsupported:
                call = None
        if call is None and (missing := self._missing(work)):
            await self._settling.failed(work, missing)
        else:
            await self._settling.sent(work, ())

    def _call(self, work: Work) -> Call | None:
        """What to ask of the plugin; None when there is nothing that it could do."""
        item, plugin, chat, can = work.item, work.plugin, work.chat, work.capabilities
        match item.action:
            case Action.EDIT if can.edits and item.target:
                heading = heading_of(work, self._around.outcomes)
                message = self._renderer.edited(item, work.ledger, can, chat=chat, heading=heading)
                return partial(plugin.edit, chat, item.target, message)
            case Action.DELETE if can.deletes and item.target:
                return partial(plugin.delete, chat, item.target)
            case Action.MARK if can.marks and item.target and item.mark is not None:
                return partial(plugin.mark, chat, item.target, item.mark)
            case Action.REACT if can.reactions and item.target:
                return partial(plugin.react, chat, item.target, item.emoji)
            case Action.CLOSE_THREAD if can.threads and chat.thread_id is not None:
                return partial(plugin.close_thread, chat)
            case Action.REOPEN_THREAD if can.threads and chat.thread_id is not None:
                return partial(plugin.reopen_thread, chat)
            case Action.THREAD_STATE if can.thread_states and chat.thread_id is not None:
                state = state_of(work)
                return None if state is None else partial(plugin.show_state, chat, state)
            case Action.TYPING if can.typing and self._around.clock() - item.created_at < TYPING_LASTS:
                return partial(plugin.typing, chat)
            case Action.RENAME_THREAD if can.threads and chat.thread_id is not None:
                assert isinstance(work.ledger, Record)
                return partial(plugin.rename_thread, chat, title=title_of(work.ledger, self._around.outcomes))
            case _:
                return None

    def _missing(self, work: Work) -> str:
        """Why a change that somebody counts on was not made; empty for the others."""
        match work.item.action:
            case Action.EDIT:
                return self._around.say(Words.NO_EDIT)
            case Action.DELETE:
                return self._around.say(Words.NO_DELETE)
            case Action.REACT if work.item.emoji:
                return self._around.say(Words.NO_REACTION)
            case _:
                return ""
