"""Messages, posts and first cards: what must arrive, and must not arrive twice unmarked."""

from contextlib import suppress
from datetime import datetime
from functools import partial

from bot.api import (
    ChatGone,
    ChatMoved,
    ConfigurationError,
    ConnectionFailed,
    DeliveryReceipt,
    DeliveryRejected,
    OutgoingMessage,
    Plugin,
    PluginError,
    PostStyle,
    RateLimited,
    ReceiptState,
    ThreadGone,
    Unsupported,
    WindowShut,
)
from bot.delivery.calls import Calls
from bot.delivery.merging import merge
from bot.delivery.names import part_name
from bot.delivery.render import Renderer
from bot.delivery.rest import Rest
from bot.delivery.rooms import Rooms, heading_of, thread_of
from bot.delivery.settling import Settling, Work
from bot.delivery.surroundings import Surroundings
from bot.delivery.windows import ReplyWindow, reply_window
from bot.delivery.wording import Words
from bot.model import Action, Record, Urgency

_NOT_SENT = (
    RateLimited,
    ConnectionFailed,
    ConfigurationError,
    DeliveryRejected,
    ThreadGone,
    ChatGone,
    ChatMoved,
    Unsupported,
    WindowShut,
)
"""What says for certain that a message did not arrive."""


async def _receipt(plugin: Plugin, part: OutgoingMessage) -> DeliveryReceipt:
    """Send, and hold the plugin to its type: what came back without a receipt may have been sent."""
    receipt: object = await plugin.send(part)
    if not isinstance(receipt, DeliveryReceipt):
        raise TypeError("send returned no receipt")
    return receipt


class Content:
    """What sends content.

    Args:
        around: journal, records, outcomes.
        calls: makes calls.
        rooms: finds threads.
        settling: writes outcomes.
    """

    def __init__(self, around: Surroundings, calls: Calls, rooms: Rooms, settling: Settling) -> None:
        self._around = around
        self._calls = calls
        self._rooms = rooms
        self._settling = settling
        self._renderer = Renderer(say=around.say, link=around.link)

    async def send(self, work: Work) -> Rest | None:
        """Send, or go on sending, a `SEND` or a `POST`.

        Raises:
            PluginError: what the plugin raised.
        """
        window = self._window(work)
        if window is not None and not window.is_open and not work.item.template:
            await self._settling.held(work, self._reason(window))
            return None
        if (ready_at := self._gathered_at(work)) is not None:
            return Rest(until=ready_at)
        merge(work, backlog=self._around.limits.backlog)
        await self._rooms.enter(work)
        # Where a platform goes by ids, another set of items is another post, and no repeat of this one.
        key = work.name if work.is_merged and work.capabilities.idempotent else ""
        parts = self._renderer.parts(
            work.item,
            work.ledger,
            work.capabilities,
            chat=work.chat,
            key=key,
            heading=heading_of(work, self._around.outcomes),
            is_late=window is not None and window.is_late,
        )
        return await self._send_parts(work, parts)

    async def card(self, work: Work) -> Rest | None:
        """Send the card of a conversation, or bring it up to date.

        Raises:
            PluginError: what the plugin raised.
        """
        if not isinstance(work.ledger, Record):
            await self._settling.failed(work, self._around.say(Words.TROUBLE))
            return None
        thread = thread_of(work.ledger, work.item, work.chat)
        card_id = thread.card_id if thread is not None and thread.card_id else work.item.target
        entry = work.entry
        if card_id and entry.order.urgency < Urgency.CARD:
            # It was decided as a first card, and another has come before it: now it is an edit, and can wait.
            entry.order = entry.order._replace(urgency=Urgency.CARD)
            if work.lane.queue.waiting:
                return Rest()
        await self._rooms.enter(work)
        assert isinstance(work.ledger, Record)
        face = self._around.outcomes.card(work.ledger, work.item)
        card = self._renderer.card(
            work.item, work.ledger, work.capabilities, chat=work.chat, text=face.text, choices=face.choices
        )
        if not card_id:
            return await self._send_parts(work, (card,))
        if work.capabilities.edits:
            await work.lane.admit(work.entry)
            edit = partial(work.plugin.edit, work.chat, card_id, card)
            with suppress(Unsupported):  # the card stays as it was made
                await self._calls.make(work.lane.channel.name, Action.CARD, edit)
        await self._settling.sent(work, (card_id,))
        return None

    async def _send_parts(self, work: Work, parts: tuple[OutgoingMessage, ...]) -> Rest | None:
        entry, is_idempotent = work.entry, work.capabilities.idempotent
        # On an idempotent platform the parts of an earlier process are sent again, to learn their ids.
        number = len(entry.ids) if is_idempotent else max(len(entry.ids), work.item.parts_sent)
        while number < len(parts):
            if work.lane.is_stopping:
                return Rest()
            part = parts[number]
            receipt: DeliveryReceipt | None = None
            # Where a repeat is safe it settles the doubt, which lasts until a repeat succeeds.
            if entry.in_doubt and (entry.sent_as != work.name or not is_idempotent):
                receipt = await self._find(work, part)
                if receipt is None and entry.in_doubt:
                    return await self._doubtful(work)
            if receipt is None:
                receipt = await self._send_or_tell(work, part, number, is_last=number + 1 == len(parts))
            entry.in_doubt = False
            entry.ids.append(receipt.platform_id)
            number += 1
            if number < len(parts):
                await self._settling.part_sent(work, number)
        await self._settling.sent(work, entry.ids)
        return None

    async def _send_or_tell(
        self, work: Work, part: OutgoingMessage, number: int, *, is_last: bool
    ) -> DeliveryReceipt:
        """Send a part; without a file that we do not hold and that the platform has not after all."""
        try:
            return await self._send(work, part, number, is_last=is_last)
        except DeliveryRejected as error:
            if part.media is None or part.media.is_held:
                raise
            part = self._renderer.in_words(part, str(error))
            return await self._send(work, part, number, is_last=is_last)

    async def _send(
        self, work: Work, part: OutgoingMessage, number: int, *, is_last: bool
    ) -> DeliveryReceipt:
        entry, journal = work.entry, self._around.journal
        await work.lane.admit(work.entry)
        if work.item.action is Action.POST:
            self._around.outcomes.shows(work.ledger, work.item.chat)
        # An idempotent platform needs no journal, but to learn after a crash what went out together.
        name = part_name(work.name, number) if work.is_merged or not work.capabilities.idempotent else ""
        entry.sent_as = work.name
        if name:
            if name not in entry.journal_names:
                entry.journal_names.append(name)
            await journal.started(name)
        try:
            receipt = await self._calls.make(
                work.lane.channel.name, work.item.action, partial(_receipt, work.plugin, part), outcome="sent"
            )
            if receipt.state is ReceiptState.FAILED:
                raise DeliveryRejected(receipt.reason)
        except _NOT_SENT:
            # This time it was not sent; but it may have been before, where a repeat is safe.
            if name and not entry.in_doubt:
                self._settling.forget(entry, name)
            raise
        except PluginError:
            entry.in_doubt = True
            raise
        place = [part.chat.channel, part.chat.chat_id, part.chat.thread_id]
        note = {"ids": [receipt.platform_id], "chat": place, "is_last": is_last}
        if name:
            await journal.finished(name, note)
        return receipt

    async def _find(self, work: Work, part: OutgoingMessage) -> DeliveryReceipt | None:
        """Ask whether a part arrived; no doubt is left when the platform can tell."""
        entry = work.entry
        if entry.sent_as != work.name or not work.capabilities.findable:
            return None
        await work.lane.admit(work.entry)
        try:
            receipt = await self._calls.make(
                work.lane.channel.name, "find", partial(work.plugin.find_sent, part)
            )
        except Unsupported:
            return None
        entry.in_doubt = False
        return receipt

    async def _doubtful(self, work: Work) -> Rest | None:
        """Send what nobody can tell of once more, marked so, to a team; for a contact the team decides."""
        entry = work.entry
        if work.item.action is Action.SEND or entry.is_repeated:
            await self._settling.uncertain(work)
            return None
        await self._settling.repeat(work)
        entry.is_repeated = True
        entry.in_doubt = False
        return Rest()

    def _gathered_at(self, work: Work) -> datetime | None:
        """Until when a post waits for what its contact writes next: a burst costs one paid message."""
        item = work.item
        is_paid = item.action is Action.POST and work.capabilities.is_paid
        if not is_paid or item.style is not PostStyle.MESSAGE or work.entry.ids or work.entry.in_doubt:
            return None
        ready_at = item.created_at + self._around.limits.gather
        return ready_at if self._around.clock() < ready_at else None

    def _window(self, work: Work) -> ReplyWindow | None:
        """The contact's reply window, for a message to them; None: it goes to a team chat."""
        item, around = work.item, self._around
        is_for_contact = isinstance(work.ledger, Record) and work.ledger.contact.chat.whole == item.chat.whole
        if item.action is not Action.SEND or not is_for_contact or not isinstance(work.ledger, Record):
            return None
        last_inbound_at = work.ledger.contact.last_inbound_at
        return reply_window(
            work.capabilities, last_inbound_at=last_inbound_at, origin=item.origin, now=around.clock()
        )

    def _reason(self, window: ReplyWindow) -> str:
        """Why a window is shut."""
        if window.until is None:
            return self._around.say(Words.NEVER_WROTE)
        return self._around.say(Words.WINDOW_SHUT, since=f"{window.until:%Y-%m-%d %H:%M} UTC")
