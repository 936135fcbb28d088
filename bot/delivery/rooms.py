"""Where in a chat an item goes: the contact's thread in a team chat, made when there is none."""

import logging
from functools import partial

from msgspec.structs import replace

from bot.api import ChatRef, DeliveryFailed, ThreadState
from bot.delivery.calls import Calls
from bot.delivery.graphemes import shorten
from bot.delivery.ports import Outcomes
from bot.delivery.settling import Settling, Work
from bot.delivery.surroundings import Surroundings
from bot.delivery.wording import Words
from bot.model import Action, Ledger, OutboxItem, Record, Thread

logger = logging.getLogger(__name__)

_TITLE_LIMIT = 128  # characters, as `Plugin.open_thread` says


def thread_of(ledger: Ledger, item: OutboxItem, chat: ChatRef) -> Thread | None:
    """The contact's place in the item's chat, under its old address or its new one.

    Args:
        ledger: the record.
        item: names the chat as it was when the item was decided.
        chat: the chat as it is now.
    """
    if not isinstance(ledger, Record):
        return None
    return ledger.contact.thread_in(item.chat) or ledger.contact.thread_in(chat)


def known_place(work: Work) -> ChatRef:
    """Where the item goes, if its thread is known; else the chat."""
    item, chat = work.item, work.chat
    if item.thread_id:
        return chat.thread(item.thread_id)
    if item.action is Action.SEND or not item.conversation or not work.capabilities.threads:
        return chat
    thread = thread_of(work.ledger, item, chat)
    return chat.thread(thread.thread_id) if thread is not None and thread.thread_id else chat


def is_own_thread(work: Work) -> bool:
    """Whether the item goes to the contact's own thread, which can be made anew."""
    thread = thread_of(work.ledger, work.item, work.chat)
    return thread is not None and bool(thread.thread_id) and thread.thread_id == work.chat.thread_id


def state_of(work: Work) -> ThreadState | None:
    """How the item's thread stands now."""
    thread = thread_of(work.ledger, work.item, work.chat)
    return thread.state if thread is not None else None


def title_of(record: Record, outcomes: Outcomes) -> str:
    """The title of a contact's thread, as long as platforms take."""
    return shorten(outcomes.thread_title(record), _TITLE_LIMIT)


def heading_of(work: Work, outcomes: Outcomes) -> str:
    """What stands above a post in a team chat where each contact has no thread of their own."""
    item, ledger = work.item, work.ledger
    if not isinstance(ledger, Record) or not item.conversation or item.template:
        return ""
    is_for_contact = item.action is not Action.POST and item.chat.whole == ledger.contact.chat.whole
    if is_for_contact or work.capabilities.threads:
        return ""
    return outcomes.heading(ledger, item)


class Rooms:
    """What finds threads, and makes them.

    Args:
        around: outcomes and records.
        calls: makes calls.
        settling: writes down what was made.
    """

    def __init__(self, around: Surroundings, calls: Calls, settling: Settling) -> None:
        self._around = around
        self._calls = calls
        self._settling = settling

    async def enter(self, work: Work) -> None:
        """Set `work.chat` to where a `POST` or `CARD` goes; a thread that is made is on disk at once.

        Raises:
            PluginError: as `Plugin.open_thread`; or the thread that it gave is another contact's.
        """
        item = work.item
        work.chat = known_place(work)
        needs_thread = (
            item.action in {Action.POST, Action.CARD} and item.conversation and work.capabilities.threads
        )
        if not needs_thread or work.chat.thread_id is not None or not isinstance(work.ledger, Record):
            return
        title = title_of(work.ledger, self._around.outcomes)
        await work.lane.admit(work.entry)
        open_thread = partial(work.plugin.open_thread, work.chat, title=title, key=f"{work.entry.record_id}")
        thread_id = await self._calls.make(work.lane.channel.name, "open_thread", open_thread)
        self._require_own(work, item.chat.whole.thread(thread_id))
        await self._settling.thread_opened(work, thread_id)
        work.chat = work.chat.thread(thread_id)
        ledger = await self._around.ledgers.look(work.entry.record_id)
        if ledger is not None:
            work.ledger = ledger
            work.item = replace(ledger.outbox.get(item.number, item), text=item.text)

    def _require_own(self, work: Work, thread: ChatRef) -> None:
        """Refuse a thread that another contact has: what members write there would reach the wrong one."""
        if self._around.thread_owner(thread) in {None, work.entry.record_id}:
            return
        channel = work.lane.channel.name
        logger.error(
            "%s: open_thread gave %s a thread that another contact has", channel, work.entry.record_id
        )
        raise DeliveryFailed(self._around.say(Words.TROUBLE))
