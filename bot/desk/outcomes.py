"""What became of an outbox item, written into its record: receipts, posts, threads, and word to the team."""

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec.structs import replace

from bot.api import Capabilities, ChatRef, DeliveryReceipt, PostStyle
from bot.delivery.ports import Face
from bot.desk import card, receipts, refused
from bot.desk.notices import put, refresh_card, tell
from bot.model import (
    Action,
    Direction,
    ItemState,
    Ledger,
    Message,
    OutboxItem,
    Post,
    Progress,
    Record,
    Thread,
)
from bot.rulebook import Rulebook
from bot.transcript import excerpt

_LOST_WITH_THE_THREAD = frozenset(
    {
        Action.EDIT,
        Action.DELETE,
        Action.MARK,
        Action.REACT,
        Action.CLOSE_THREAD,
        Action.REOPEN_THREAD,
        Action.RENAME_THREAD,
    }
)


def _no_link(_thread: ChatRef) -> str:
    return ""


class DeskOutcomes:
    """The desk's view of delivery; every method changes a draft and does no I/O.

    Args:
        rules: config.toml as it is now.
        capabilities: what a channel can do, or None while it is not connected.
        thread_link: a link to a thread of a team chat, or empty.
    """

    def __init__(
        self,
        rules: Callable[[], Rulebook],
        capabilities: Callable[[str], Capabilities | None],
        thread_link: Callable[[ChatRef], str] = _no_link,
    ) -> None:
        self._rules = rules
        self._capabilities = capabilities
        self._thread_link = thread_link

    def thread_title(self, record: Record) -> str:
        """The title of the contact's thread."""
        return card.title(record)

    def card(self, record: Record, item: OutboxItem) -> Face:
        """The card as the record has it now."""
        return card.card(record, item.conversation, item.chat, self._rules(), self._capabilities)

    def sent(
        self,
        ledger: Ledger,
        items: Sequence[OutboxItem],
        chat: ChatRef,
        platform_ids: tuple[str, ...],
        now: datetime,
    ) -> None:
        """Link what was sent to its transcript lines, and mark the member's own posts."""
        for item in items:
            ledger.outbox.pop(item.number, None)
            if not isinstance(ledger, Record):
                continue
            match item.action:
                case Action.SEND:
                    self._reached(ledger, item, platform_ids, now)
                case Action.POST:
                    # A chat that has moved is known by the address that config.toml has.
                    place = item.chat.thread(chat.thread_id)
                    posts = tuple(Post(place, platform_id) for platform_id in platform_ids)
                    for number in item.messages:
                        line = ledger.messages.get(number)
                        if line is not None:
                            ledger.change_message(number, posts=(*line.posts, *posts))
                case Action.CARD if platform_ids:
                    ledger.change_thread(item.chat, card_id=platform_ids[0])
                case _:
                    pass

    def _reached(
        self, record: Record, item: OutboxItem, platform_ids: tuple[str, ...], now: datetime
    ) -> None:
        """A message is on its way to the contact, who can be reached."""
        for number in item.messages:
            line = record.messages.get(number)
            if line is None:
                continue
            ids = (*line.platform_ids, *platform_ids)
            record.change_message(number, platform_ids=ids, sent_as=item.number)
            receipts.progress(record, number, Progress.SENT, now)
            if line.is_deleted:
                # Its author took it back while it was being sent.
                for platform_id in platform_ids:
                    put(
                        record,
                        Action.DELETE,
                        item.chat,
                        now,
                        conversation=item.conversation,
                        target=platform_id,
                        messages=(number,),
                    )
        if record.contact.unreachable:
            record.change_contact(unreachable="")
            refresh_card(record, item.conversation, now)

    def failed(self, ledger: Ledger, item: OutboxItem, reason: str, now: datetime) -> None:
        """Tell the team, with a way to send again; a post that fails goes to the inbox."""
        ledger.outbox.pop(item.number, None)
        if not isinstance(ledger, Record):
            return
        rules, name = self._rules(), ledger.contact.display_name
        is_for_contact = item.chat == ledger.contact.chat.whole
        match item.action:
            case Action.SEND:
                for number in item.messages:
                    receipts.progress(ledger, number, Progress.FAILED, now, reason)
                text = rules.wording("notice.failed", name=name, reason=reason)
                tell(ledger, item.conversation, text, now, rules, again=item.messages)
            case Action.EDIT if is_for_contact:
                text = rules.wording("notice.edit_unsupported", name=name)
                tell(ledger, item.conversation, text, now, rules)
            case Action.DELETE if is_for_contact:
                text = rules.wording("notice.delete_unsupported", name=name)
                tell(ledger, item.conversation, text, now, rules)
            case Action.POST:
                refused.post_refused(ledger, item, reason, now, rules)
            case Action.CARD:
                refused.card_refused(ledger, item, reason, now, rules)
            case _:
                pass

    def reported(self, record: Record, receipt: DeliveryReceipt, now: datetime) -> None:
        """Write down what a platform said of a message after it had taken it, or even before it said so."""
        receipts.reported(record, receipt, now, self._rules())

    def chat_gone(self, ledger: Ledger, item: OutboxItem, reason: str, now: datetime) -> None:
        """Remember a contact who cannot be reached; take a team's conversation to the inbox."""
        if not isinstance(ledger, Record):
            ledger.outbox.pop(item.number, None)
        elif item.chat == ledger.contact.chat.whole:
            if ledger.contact.unreachable != reason:
                ledger.change_contact(unreachable=reason)
                refresh_card(ledger, item.conversation, now)
            self.failed(ledger, item, reason, now)
        else:
            ledger.outbox.pop(item.number, None)
            if item.action in {Action.POST, Action.CARD}:
                refused.chat_gone(ledger, item, reason, now, self._rules())

    def uncertain(self, ledger: Ledger, item: OutboxItem, now: datetime) -> None:
        """Leave it to a person: it may have arrived."""
        ledger.outbox.pop(item.number, None)
        if not isinstance(ledger, Record):
            return
        if item.action is Action.POST:
            refused.post_doubted(ledger, item, now, self._rules())
        if item.action is not Action.SEND:
            return
        for number in item.messages:
            # A late receipt may still tell.
            ledger.change_message(number, sent_as=item.number)
            receipts.progress(ledger, number, Progress.UNCERTAIN, now)
        rules, name = self._rules(), ledger.contact.display_name
        text = rules.wording("notice.uncertain", name=name, text=excerpt(item.text))
        tell(ledger, item.conversation, text, now, rules, again=item.messages)

    def held(self, ledger: Ledger, item: OutboxItem, reason: str, now: datetime) -> None:
        """Keep it until the contact writes again, and say so once."""
        ledger.outbox[item.number] = replace(item, state=ItemState.HELD, reason=reason)
        if not isinstance(ledger, Record) or item.state is ItemState.HELD:
            return
        for number in item.messages:
            ledger.change_message(number, progress=Progress.HELD, reason=reason)
        rules, name = self._rules(), ledger.contact.display_name
        text = rules.wording("notice.held", name=name, reason=reason)
        tell(ledger, item.conversation, text, now, rules)

    def thread_opened(self, ledger: Ledger, item: OutboxItem, thread_id: str, now: datetime, /) -> None:
        """Remember the contact's thread, and link to it from the thread that the conversation left for it."""
        if isinstance(ledger, Record):
            thread = ledger.change_thread(item.chat, thread_id=thread_id, card_id="", is_closed=False)
            conversation = ledger.conversations.get(item.conversation)
            if conversation is not None and conversation.room == item.chat:
                self._link(ledger, item.conversation, thread, now)

    def _link(self, record: Record, number: int, thread: Thread, now: datetime) -> None:
        link = self._thread_link(thread.chat.thread(thread.thread_id))
        passed_on = record.newest(
            lambda line: line.conversation == number and line.direction is Direction.EVENT
        )
        if not link or passed_on is None:
            return
        text = f"{passed_on.text} {link}"
        for item in list(record.outbox.values()):
            is_it = item.style is PostStyle.NOTICE and passed_on.number in item.messages
            if item.action is Action.POST and is_it and item.chat != thread.chat:
                record.outbox[item.number] = replace(item, text=text)
        for post in _elsewhere(passed_on, thread.chat):
            put(
                record,
                Action.EDIT,
                post.chat,
                now,
                conversation=number,
                text=text,
                style=PostStyle.NOTICE,
                target=post.platform_id,
                thread_id=post.chat.thread_id or "",
            )

    def thread_lost(self, ledger: Ledger, item: OutboxItem, now: datetime) -> None:
        """Forget the thread; post the card and the last lines anew, and the item itself behind them."""
        ledger.outbox.pop(item.number, None)
        if not isinstance(ledger, Record):
            return
        ledger.change_thread(item.chat, thread_id="", card_id="", is_closed=False)
        conversation = ledger.conversations.get(item.conversation)
        if conversation is None or item.action in _LOST_WITH_THE_THREAD:
            return
        if conversation.room != item.chat:
            # What was still to be said where the conversation is not is worth a new thread only when it is
            # words that stand nowhere else: the inbox has them because the team's chat refused them.
            is_worth_it = item.action is Action.POST and item.style is PostStyle.MESSAGE
            room = conversation.room
            if is_worth_it and not (room is not None and refused.stands_in(ledger, item, room)):
                _behind(ledger, item)
            return
        waiting = _waiting_after(ledger, item)
        refresh_card(ledger, item.conversation, now)
        refused.post_last_lines(ledger, item, now, self._rules(), silent=True)
        behind = [item] if item.action is Action.POST else []
        for each in (*behind, *waiting):
            _behind(ledger, each)


def _behind(record: Record, item: OutboxItem) -> None:
    """Put an item behind what was added, also after a restart, which goes by the numbers."""
    record.outbox.pop(item.number, None)
    number = record.take_number()
    record.outbox[number] = replace(item, number=number, quotes=0, thread_id="", parts_sent=0)


def _waiting_after(record: Record, item: OutboxItem) -> list[OutboxItem]:
    """The posts that were to follow an item into the contact's thread, in their order."""
    return [
        other
        for number, other in sorted(record.outbox.items())
        if number > item.number
        and other.action is Action.POST
        and other.chat == item.chat
        and other.conversation == item.conversation
        and other.state is ItemState.PENDING
        and not other.thread_id
    ]


def _elsewhere(line: Message, chat: ChatRef) -> tuple[Post, ...]:
    return tuple(post for post in line.posts if post.chat.whole != chat)
