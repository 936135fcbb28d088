"""A lane: what goes to one chat, one thing at a time and in order, with the pauses it has to make."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.api import ChatRef, Plugin, RateLimited
from bot.delivery.breadth import Breadth
from bot.delivery.channel import Channel
from bot.delivery.entries import Entry
from bot.delivery.queue import LaneQueue
from bot.delivery.rest import Rest
from bot.delivery.surroundings import Surroundings
from bot.faults import describe
from bot.model import OutboxItem

logger = logging.getLogger(__name__)


class Sender(Protocol):
    """What sends the entries of a lane."""

    async def attempt(self, entry: Entry, lane: "Lane", plugin: Plugin, /) -> Rest | None:
        """Try to send an entry; None when it is over."""
        ...

    async def give_up(self, entry: Entry, lane: "Lane", plugin: Plugin, /) -> None:
        """Say that an entry did not arrive, or may have: our own side fails it each time."""
        ...


class Lane:
    """One destination chat.

    It has a task only while it has something to send, or pauses; without a plugin it has none. What goes to
    threads of a team chat may be under way together, one thing of a contact at a time.

    Args:
        chat: the destination, without a thread.
        channel: its channel.
        is_group: it is a team chat, which platforms let us post to at a limited rate.
        sender: sends its entries.
        around: clock, sleep, limits.
        next_place: the order of arrival.
        start: runs the lane's task.
        spawn: runs an attempt beside others.
        nap: runs what only waits, and ends with the process.
        ended: told when the lane's task ends.

    Attributes:
        queue: what waits.
        task: the task, while there is one.
        under_way: the attempts that are made beside each other.
        was_paused: it has a backlog from a pause, whatever its length.
        is_stopping: it ends after what is in flight.
    """

    def __init__(
        self,
        chat: ChatRef,
        channel: Channel,
        *,
        is_group: bool,
        sender: Sender,
        around: Surroundings,
        next_place: Callable[[], int],
        start: Callable[["Lane"], None],
        spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
        nap: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
        ended: Callable[["Lane"], None],
    ) -> None:
        self.chat = chat
        self.channel = channel
        self.is_group = is_group
        self.queue = LaneQueue()
        self.task: asyncio.Task[None] | None = None
        self.under_way: set[asyncio.Task[None]] = set()
        self.was_paused = False
        self.is_stopping = False
        self._sender = sender
        self._around = around
        self._next_place = next_place
        self._start = start
        self._spawn = spawn
        self._nap = nap
        self._ended = ended
        self._paused_until: datetime | None = None
        self._has_permit = False
        self._breadth = Breadth()
        self._resting: set[asyncio.Task[Any] | None] = set()
        self._is_awaited = asyncio.Event()

    @property
    def resting(self) -> set[asyncio.Task[None]]:
        """Those of its tasks that wait, and have nothing in flight themselves."""
        tasks = self.under_way if self.task is None else self.under_way | {self.task}
        return {task for task in tasks if task in self._resting}

    @property
    def is_ready(self) -> bool:
        """Whether it could send something now or after a pause."""
        return self.channel.plugin is not None and not self.is_stopping and self.queue.is_ready

    async def run(self) -> None:
        """Send what waits, until nothing does or the channel is not connected."""
        try:
            while self.is_ready or self.under_way:
                await self._step()
        except Exception as error:  # noqa: BLE001  # a fault of one lane must not end the others
            logger.error("%s: the lane broke off: %s", self.chat.channel, describe(error))  # noqa: TRY400  # no text
            pause = self._around.limits.backoff.pause(1, self._around.chance)
            self._paused_until = self._around.clock() + pause
        finally:
            self.task = None
            self._ended(self)

    async def admit(self, entry: Entry) -> None:
        """Return when one more call may be made for an entry.

        Raises:
            RateLimited: not now, since one of those beside it was told to wait.
        """
        if entry.has_permit:
            entry.has_permit = False
        else:
            await self._permit()
        if (pause := self._pause()) > timedelta():
            self._has_permit = True  # nothing was called
            raise RateLimited("the platform asked for a pause", retry_after=pause)

    async def _permit(self) -> None:
        if self.channel.pacing is not None:
            await self._rest(self.channel.pacing.admit(self.chat, is_group=self.is_group))

    def wake(self) -> None:
        """Look again at what could be sent: there is something new, or another plugin is connected."""
        self._is_awaited.set()

    def offer(self, record_id: str, item: OutboxItem) -> None:
        """Let an item wait; one that is here already is looked at again."""
        known = self.queue.find(record_id, item.number)
        if known is None:
            self.queue.push(Entry.of(record_id, item, self._next_place()))
        elif not self.queue.is_waiting(known):
            known.is_offered_again = True
        self.wake()

    def replace(self, entry: Entry, *, first: Sequence[OutboxItem], then: Sequence[OutboxItem]) -> None:
        """Put items in the place of the entry that is being sent: `first`, then `then`."""
        for items, place in ((first, entry.order.place - 1), (then, entry.order.place)):
            for item in items:
                found = self.queue.find(entry.record_id, item.number)
                if found is None or found is entry:
                    found = Entry.of(entry.record_id, item, place)
                    self.queue.push(found)
                else:
                    self.queue.move(found, place)
                found.losses = entry.losses

    async def _step(self) -> None:
        if (pause := self._pause()) > timedelta():
            self.was_paused = True
            await self._rest(self._around.sleep(pause.total_seconds()))
            return
        if not self.is_ready or len(self.under_way) >= (width := self._width()):
            self._is_awaited.clear()
            await self._rest(self._is_awaited.wait())
            return
        # The permit comes before the choice: what arrives in the meantime may be more urgent, or merged.
        if not self._has_permit:
            await self._permit()
        self._has_permit = True
        plugin = self.channel.plugin
        if plugin is None or self._pause() > timedelta():
            return
        if (entry := self.queue.pop()) is None:
            return
        self._has_permit, entry.has_permit = False, True
        if width == 1:
            await self._make(entry, plugin)
        else:
            self._make_beside(entry, plugin)

    def _width(self) -> int:
        """How many attempts may be under way."""
        plugin = self.channel.plugin
        if plugin is None or not self.is_group:
            return 1
        try:
            self._breadth.most = plugin.abilities(self.chat).posts_at_once
        except Exception as error:  # noqa: BLE001  # the attempt meets the same fault, and waits after it
            logger.error("%s: abilities failed: %s", self.chat.channel, describe(error))  # noqa: TRY400  # no text
            return 1
        return int(self._breadth)

    def _make_beside(self, entry: Entry, plugin: Plugin) -> None:
        """Make an attempt while others are made; what else is for the entry's contact waits for it."""
        self.queue.block(entry.record_id)
        task = self._spawn(self._beside(entry, plugin))
        self.under_way.add(task)
        task.add_done_callback(self._is_over)

    def _is_over(self, task: asyncio.Task[None]) -> None:
        self.under_way.discard(task)
        self._is_awaited.set()

    async def _beside(self, entry: Entry, plugin: Plugin) -> None:
        is_held = False
        try:
            is_held = await self._make(entry, plugin)
        except Exception as error:  # noqa: BLE001  # a fault of one attempt must not end the others
            logger.error("%s: an attempt broke off: %s", self.chat.channel, describe(error))  # noqa: TRY400  # no text
        finally:
            if not is_held:
                self.queue.unblock(entry.record_id)

    async def _make(self, entry: Entry, plugin: Plugin) -> bool:
        """Make an attempt; whether its record's entries wait now."""
        try:
            rest = await self._sender.attempt(entry, self, plugin)
        except Exception as error:  # noqa: BLE001  # our own side failed: it waits, and the reason is logged
            rest = await self._contain(entry, error, plugin)
        if entry.has_permit:
            # Nothing was called: what comes next need not wait for another.
            entry.has_permit, self._has_permit = False, True
        return self._after(entry, rest)

    def _pause(self) -> timedelta:
        """How long the lane still has to wait."""
        ends = [end for end in (self._paused_until, self.channel.paused_until) if end is not None]
        return max(ends) - self._around.clock() if ends else timedelta()

    async def _rest(self, waiting: Awaitable[object]) -> None:
        task = asyncio.current_task()
        self._resting.add(task)
        try:
            await waiting
        finally:
            self._resting.discard(task)

    async def _contain(self, entry: Entry, error: Exception, plugin: Plugin) -> Rest | None:
        """Wait after a failure of our own side; what fails each time is given up, so that people know."""
        entry.faults += 1
        if entry.faults == 1:
            logger.error("%s: item %s.%s: %s", self.chat.channel, *entry.key, describe(error))
        backoff = self._around.limits.backoff
        if isinstance(error, OSError):
            # The disk refuses, and is mended some day; the item is as good as before.
            return Rest(until=self._around.clock() + backoff.pause(1, self._around.chance))
        if not backoff.is_over(entry.faults):
            until = self._around.clock() + backoff.pause(entry.faults, self._around.chance)
            return Rest(until=until, is_own=True)
        try:
            await self._sender.give_up(entry, self, plugin)
        except Exception as last:  # noqa: BLE001  # the record itself takes nothing; the next start tries again
            what = "%s: item %s.%s is left in the outbox: %s"
            logger.error(what, self.chat.channel, *entry.key, describe(last))  # noqa: TRY400  # no text
        return None

    def _after(self, entry: Entry, rest: Rest | None) -> bool:
        """Do what comes of an attempt; whether its record's entries wait now."""
        if rest is None:
            self._breadth.widen()
            self._settle(entry)
            return False
        if rest.is_limit:
            self._breadth.narrow()
        self.queue.push(entry)
        if rest.files is not None:
            self.queue.block(entry.record_id)
            rest.files.add_done_callback(lambda _: self._unblock(entry.record_id))
            return True
        if rest.until is not None and rest.is_own and self.is_group:
            self.queue.block(entry.record_id)
            self._nap(self._unblock_at(entry.record_id, rest.until))
            return True
        if rest.until is not None and rest.is_whole_channel:
            self.channel.paused_until = max(rest.until, self.channel.paused_until or rest.until)
        elif rest.until is not None:
            self._paused_until = max(rest.until, self._paused_until or rest.until)
        return False

    def _settle(self, entry: Entry) -> None:
        self.queue.settle(entry)
        if entry.is_offered_again:
            for number in entry.numbers:
                if self.queue.find(entry.record_id, number) is None:
                    self.queue.push(entry.again(number, self._next_place()))
        if not self.queue.waiting:
            self.was_paused = False

    async def _unblock_at(self, record_id: str, until: datetime) -> None:
        await self._around.sleep((until - self._around.clock()).total_seconds())
        self._unblock(record_id)

    def _unblock(self, record_id: str) -> None:
        self.queue.unblock(record_id)
        self.wake()
        if self.task is None and self.is_ready:
            self._start(self)
