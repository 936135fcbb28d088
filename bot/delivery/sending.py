"""One attempt at one entry of a lane, and what each of the contract's errors means for it."""

from dataclasses import replace

from bot.api import (
    ChatGone,
    ChatMoved,
    ConfigurationError,
    ConnectionFailed,
    DeliveryRejected,
    Plugin,
    PluginError,
    RateLimited,
    ThreadGone,
    Unsupported,
    WindowShut,
)
from bot.delivery.calls import Calls
from bot.delivery.changes import Changes
from bot.delivery.content import Content
from bot.delivery.entries import Entry
from bot.delivery.files import Files, has_missing
from bot.delivery.lane import Lane
from bot.delivery.rest import Rest
from bot.delivery.rooms import Rooms, is_own_thread
from bot.delivery.settling import Settling, Work
from bot.delivery.surroundings import Surroundings
from bot.delivery.wording import Words
from bot.model import Action, ItemState, Ledger, OutboxItem

_OF_THE_THREAD = frozenset(
    {Action.REOPEN_THREAD, Action.CLOSE_THREAD, Action.RENAME_THREAD, Action.THREAD_STATE}
)
_CONTENT = frozenset({Action.SEND, Action.POST, Action.CARD})


class Sending:
    """What sends the entries of lanes.

    Args:
        around: everything it works with.
        files: fetches the files that go along.
    """

    def __init__(
        self,
        around: Surroundings,
        files: Files,
    ) -> None:
        self._around = around
        self._files = files
        self._settling = Settling(around)
        calls = Calls(around)
        self._content = Content(around, calls, Rooms(around, calls, self._settling), self._settling)
        self._changes = Changes(around, calls, self._settling)

    async def attempt(self, entry: Entry, lane: Lane, plugin: Plugin) -> Rest | None:
        """Try to send an entry; None when it is over."""
        around = self._around
        ledger = await around.ledgers.look(entry.record_id)
        items = _current(ledger, entry)
        if ledger is None or not items:
            self._settling.forget_all(entry)
            return None
        item = _first(entry, items)
        if item.not_before is not None and item.not_before > around.clock():
            return Rest(until=item.not_before)
        if item.files and not entry.has_fetched and has_missing(ledger, item.files):
            entry.has_fetched = True
            return Rest(files=self._files.fetch(entry.record_id, item.files))
        work = self._work(entry, lane, plugin, ledger, items)
        try:
            match item.action:
                case Action.SEND | Action.POST:
                    return await self._content.send(work)
                case Action.CARD:
                    return await self._content.card(work)
                case _:
                    await self._changes.make(work)
                    return None
        except PluginError as error:
            return await self._after(work, error)

    async def give_up(self, entry: Entry, lane: Lane, plugin: Plugin) -> None:
        """Say that an entry did not arrive, or may have: our own side fails it each time."""
        ledger = await self._around.ledgers.look(entry.record_id)
        items = _current(ledger, entry)
        if ledger is None or not items:
            self._settling.forget_all(entry)
            return
        work = self._work(entry, lane, plugin, ledger, items)
        if entry.in_doubt or entry.ids:
            await self._settling.uncertain(work)
        else:
            await self._settling.failed(work, self._around.say(Words.TROUBLE))

    def _work(
        self, entry: Entry, lane: Lane, plugin: Plugin, ledger: Ledger, items: list[OutboxItem]
    ) -> Work:
        item = _first(entry, items)
        return Work(
            entry=entry,
            lane=lane,
            plugin=plugin,
            ledger=ledger,
            items=items,
            item=item,
            chat=self._around.address(item.chat),
        )

    async def _after(self, work: Work, error: PluginError) -> Rest | None:
        """What an error means for the items: another attempt, or an end."""
        around, settling = self._around, self._settling
        match error:
            case RateLimited():
                until = around.clock() + error.retry_after
                return Rest(until=until, is_whole_channel=error.whole_channel, is_limit=True)
            case ConnectionFailed() | ConfigurationError():
                around.on_connection_failed(work.lane.channel.name, error, work.plugin)
                return await self._again(work, str(error))
            case ThreadGone():
                await self._thread_gone(work, str(error))
            case WindowShut():
                await settling.window_shut(work, str(error))
            case ChatGone():
                await settling.chat_gone(work, str(error))
            case ChatMoved():
                return await self._chat_moved(work, error)
            case DeliveryRejected() | Unsupported():
                await settling.failed(work, str(error))
            case _ if self._is_unknowable(work):
                await settling.uncertain(work)
            case _:
                rest = await self._again(work, str(error))
                return None if rest is None else replace(rest, is_own=True)
        return None

    async def _again(self, work: Work, reason: str) -> Rest | None:
        """Try again later, unless this was the last time."""
        rest = await self._settling.retry(work, reason)
        if rest is None and work.entry.in_doubt:
            await self._settling.uncertain(work)
        elif rest is None:
            await self._settling.failed(work, reason)
        return rest

    def _is_unknowable(self, work: Work) -> bool:
        """Whether a contact may have a message, on a platform that can neither tell nor take it twice."""
        can = work.capabilities
        return (
            work.item.action is Action.SEND
            and work.entry.in_doubt
            and not can.idempotent
            and not can.findable
        )

    async def _thread_gone(self, work: Work, reason: str) -> None:
        """Have the contact's thread made anew; what stood in another lost thread is of no use any more."""
        if work.item.action not in _CONTENT | _OF_THE_THREAD:
            await self._settling.sent(work, ())
        elif work.entry.losses < self._around.limits.most_losses and is_own_thread(work):
            await self._settling.thread_lost(work)
        elif work.item.action in _CONTENT:
            await self._settling.failed(work, reason)
        else:
            await self._settling.sent(work, ())

    async def _chat_moved(self, work: Work, error: ChatMoved) -> Rest | None:
        """Send the same to where the chat is now."""
        around, entry = self._around, work.entry
        entry.moves += 1
        if entry.moves > around.limits.most_moves:
            await self._settling.failed(work, str(error) or around.say(Words.TROUBLE))
            return None
        await around.on_chat_moved(work.chat.whole, error.new_chat_id)
        return Rest()


def _current(ledger: Ledger | None, entry: Entry) -> list[OutboxItem]:
    """The entry's items that are still to be sent."""
    if ledger is None:
        return []
    found = (ledger.outbox.get(number) for number in entry.numbers)
    return [item for item in found if item is not None and item.state is ItemState.PENDING]


def _first(entry: Entry, items: list[OutboxItem]) -> OutboxItem:
    """The item that an entry is about."""
    return next((item for item in items if item.action is entry.action), items[0])
