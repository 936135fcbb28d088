"""Delivery: takes outbox items over when they are written, and sees to it that each is sent once."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from bot.api import ChatRef, MediaFile, Plugin
from bot.delivery.channel import Channel
from bot.delivery.entries import Entry
from bot.delivery.files import Files
from bot.delivery.lane import Lane
from bot.delivery.pacing import Pacing
from bot.delivery.ports import Ledgers, Outcomes
from bot.delivery.recovery import Recovery
from bot.delivery.sending import Sending
from bot.delivery.surroundings import Limits, MediaStore, Observe, SendJournal, Surroundings
from bot.delivery.wording import Say
from bot.model import Action, ItemState, OutboxItem, record_id_of

_GAP = 4
"""Between two places of arrival, so that what a lost thread adds fits in."""


def _observe_nothing(_channel: str, _action: str, _outcome: str, _seconds: float, /) -> None:
    pass


class Delivery:
    """Everything that leaves.

    Args:
        ledgers: the records.
        outcomes: what the outcome of a send means.
        journal: what is being sent.
        media: where files are held.
        clock: the time, in UTC.
        say: the bot's words; `bot.delivery.wording` lists their keys.
        link: a signed link to a file, or empty when platforms cannot reach this server.
        media_limit: the size in bytes of the largest file that is fetched.
        address: where a chat is now: itself, or its new id after it moved.
        thread_owner: the record of the contact whose thread this is, or None.
        on_connection_failed: told the channel, why, and by which plugin, whenever a call could not reach
            the platform.
        on_chat_moved: told a chat's old address and its new id; `address` knows when it returns.
        observe: told the channel, the action, the outcome and the seconds of each call of a plugin.
        limits: figures.
        sleep: waits for some seconds.
        chance: a number from 0 to 1, which spreads the retries.
    """

    def __init__(
        self,
        *,
        ledgers: Ledgers,
        outcomes: Outcomes,
        journal: SendJournal,
        media: MediaStore,
        clock: Callable[[], datetime],
        say: Say,
        link: Callable[[MediaFile], str],
        media_limit: Callable[[], int],
        address: Callable[[ChatRef], ChatRef],
        thread_owner: Callable[[ChatRef], str | None],
        on_connection_failed: Callable[[str, Exception, Plugin], None],
        on_chat_moved: Callable[[ChatRef, str], Awaitable[None]],
        observe: Observe = _observe_nothing,
        limits: Limits | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._around = Surroundings(
            ledgers=ledgers,
            outcomes=outcomes,
            journal=journal,
            media=media,
            clock=clock,
            sleep=sleep,
            chance=chance,
            limits=limits or Limits(),
            say=say,
            link=link,
            media_limit=media_limit,
            address=address,
            thread_owner=thread_owner,
            on_connection_failed=on_connection_failed,
            on_chat_moved=self._chat_moved,
            observe=observe,
        )
        self._on_chat_moved = on_chat_moved
        self.files = Files(self._around, self._plugin_of, self._spawn)
        self._sending = Sending(self._around, self.files)
        self._channels: dict[str, Channel] = {}
        self._lanes: dict[ChatRef, Lane] = {}
        self._places = count(_GAP, _GAP)
        self._tasks: asyncio.TaskGroup | None = None
        self._downloads: set[asyncio.Task[None]] = set()
        self._is_stopping = False
        self._stopped = asyncio.Event()

    def attach(self, channel: str, plugin: Plugin) -> None:
        """Send through `plugin`, which is connected; what waited for the channel goes on."""
        known = self._channel(channel)
        known.plugin = plugin
        known.pacing = Pacing(plugin.capabilities)
        for lane in [lane for lane in self._lanes.values() if lane.channel is known]:
            lane.wake()
            self._start(lane)

    def detach(self, channel: str) -> None:
        """Let everything for the channel wait until another plugin is attached."""
        self._channel(channel).plugin = None

    def offer(self, record_id: str, items: Sequence[OutboxItem]) -> None:
        """Take over items that are written; those that are not to be sent now are left alone."""
        for item in items:
            if item.state is not ItemState.PENDING:
                continue
            lane = self._lane(record_id, item)
            lane.offer(record_id, item)
            if item.files and self._tasks is not None and not self._is_stopping:
                self.files.fetch(record_id, item.files)
            self._start(lane)

    async def recover(self, record_ids: Iterable[str]) -> None:
        """Take over, at start, what the last process left in the outboxes of these records.

        What it had finished is written down now; the rest waits for its channel.

        Raises:
            OSError: the disk refuses.
        """
        left = await self._around.journal.recover()
        recovery = Recovery(self._around, left, next_place=self._next_place, queue=self._resume)
        for record_id in record_ids:
            await recovery.read(record_id)
        for name in recovery.unused:
            self._around.journal.forget(name)

    def waiting(self) -> int:
        """How many items wait to be sent, or are being sent, now."""
        return sum(len(lane.queue) for lane in self._lanes.values())

    async def run(self) -> None:
        """Deliver until stopped or cancelled."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            for lane in list(self._lanes.values()):
                self._start(lane)
            try:
                await self._stopped.wait()
            finally:
                self._is_stopping = True

    async def stop(self, grace: timedelta) -> None:
        """Finish what is in flight, within `grace`; the rest stays in the outbox."""
        self._is_stopping = True
        for download in self._downloads:
            download.cancel()
        in_flight: set[asyncio.Task[None]] = set()
        for lane in self._lanes.values():
            lane.is_stopping = True
            resting = lane.resting
            for task in resting:
                task.cancel()
            in_flight |= lane.under_way - resting
            if lane.task is not None and lane.task not in resting:
                in_flight.add(lane.task)
        if in_flight:
            _, late = await asyncio.wait(in_flight, timeout=grace.total_seconds())
            for task in late:
                task.cancel()
        self._stopped.set()

    def _resume(self, item: OutboxItem, entry: Entry) -> None:
        lane = self._lane(entry.record_id, item)
        if lane.queue.find(entry.record_id, item.number) is None:
            lane.queue.push(entry)
            lane.wake()
            self._start(lane)

    def _lane(self, record_id: str, item: OutboxItem) -> Lane:
        chat = self._around.address(item.chat).whole
        self._move_lane(item.chat.whole, chat)
        lane = self._lanes.get(chat)
        if lane is None:
            lane = self._lanes[chat] = Lane(
                chat,
                self._channel(chat.channel),
                is_group=_is_group(record_id, item),
                sender=self._sending,
                around=self._around,
                next_place=self._next_place,
                start=self._start,
                spawn=self._beside,
                nap=self._spawn,
                ended=self._ended,
            )
        return lane

    async def _chat_moved(self, chat: ChatRef, new_chat_id: str) -> None:
        await self._on_chat_moved(chat, new_chat_id)
        self._move_lane(chat, self._around.address(chat).whole)

    def _move_lane(self, old: ChatRef, new: ChatRef) -> None:
        """Keep one lane, and so one order, for a chat that has a new id."""
        if old != new and new not in self._lanes and (lane := self._lanes.pop(old, None)) is not None:
            lane.chat = new
            self._lanes[new] = lane

    def _start(self, lane: Lane) -> None:
        if self._tasks is not None and lane.task is None and lane.is_ready and not self._is_stopping:
            lane.task = self._tasks.create_task(lane.run())

    def _ended(self, lane: Lane) -> None:
        """Let go of a lane that is empty; one that got something while it ended goes on."""
        if lane.queue.waiting:
            self._start(lane)
        elif self._lanes.get(lane.chat) is lane:
            del self._lanes[lane.chat]

    def _channel(self, name: str) -> Channel:
        channel = self._channels.get(name)
        if channel is None:
            channel = self._channels[name] = Channel(name=name)
        return channel

    def _plugin_of(self, channel: str) -> Plugin | None:
        known = self._channels.get(channel)
        return known.plugin if known is not None else None

    def _beside(self, job: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        assert self._tasks is not None
        return self._tasks.create_task(job)

    def _spawn(self, job: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = self._beside(job)
        self._downloads.add(task)
        task.add_done_callback(self._downloads.discard)
        return task

    def _next_place(self) -> int:
        return next(self._places)


def _is_group(record_id: str, item: OutboxItem) -> bool:
    """Whether an item goes to a team chat, and not to the contact whose record it lies in."""
    match item.action:
        case Action.SEND | Action.TYPING:
            return False
        case Action.EDIT | Action.DELETE | Action.REACT:
            return record_id_of(item.chat.whole) != record_id
        case _:
            return True
