"""What became of an outbox item, written into its record: receipts, posts, threads, and word to the team."""

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec.structs import replace

from bot import receipts
from bot.api import ChatRef, DeliveryReceipt, Mark, PostStyle, ReceiptState
from bot.delivery.ports import Face
from bot.desk import card, missed, refused, renewal, states
from bot.desk.fanout import FanOut
from bot.duty import Abilities, Duty
from bot.model import (
    LIST,
    Action,
    Board,
    House,
    ItemState,
    Ledger,
    OutboxItem,
    Post,
    Progress,
    Record,
)
from bot.notices import put, refresh_card, tell
from bot.rulebook import Rulebook
from bot.timing import schedule
from bot.transcript import excerpt

POSTS_KEPT = 50
"""How many posts of its own making a chat without threads can be answered by."""


def _no_link(_thread: ChatRef) -> str:
    return ""


class DeskOutcomes:
    """The desk's view of delivery; every method changes a draft and does no I/O.

    Args:
        rules: config.toml as it is now.
        abilities: what a platform can do in a chat; None while its channel has never been connected.
        duty: what is known of the members of lists.
        thread_link: a link to a thread of a team chat, or empty.
    """

    def __init__(
        self,
        rules: Callable[[], Rulebook],
        abilities: Abilities,
        duty: Duty,
        thread_link: Callable[[ChatRef], str] = _no_link,
    ) -> None:
        self._rules = rules
        self._abilities = abilities
        self._duty = duty
        self._thread_link = thread_link

    def thread_title(self, record: Record) -> str:
        """The title of the contact's thread."""
        return card.title(record)

    def card(self, record: Record, item: OutboxItem) -> Face:
        """The card as the record has it now."""
        return card.card(record, item.conversation, item.chat, self._rules(), self._abilities)

    def heading(self, record: Record, item: OutboxItem) -> str:
        """What stands above a post where the contact has no thread."""
        is_alone = bool(self._rules().lists_of(item.chat))
        return card.heading(record, item.conversation, is_alone=is_alone)

    def shows(self, ledger: Ledger, chat: ChatRef) -> None:
        """Remember what is about to be posted to a member of a list."""
        if self._rules().lists_of(chat):
            self._duty.shows(chat, ledger.record_id)

    def finish(self, ledger: Ledger, now: datetime) -> None:
        """Make a draft ready to be written: lists of members are made one post for each member."""
        if not isinstance(ledger, Record):
            return
        rules = self._rules()
        schedule(ledger, rules, self._abilities, now)
        states.show(ledger, self._abilities, now)
        if rules.has_lists or any(item.chat.channel == LIST for item in ledger.outbox.values()):
            FanOut(record=ledger, rules=rules, duty=self._duty, abilities=self._abilities, now=now).run()

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
            if isinstance(ledger, House) and item.style is PostStyle.BOARD and platform_ids:
                shown = Board(platform_id=platform_ids[0], text=item.text)
                ledger.boards = {**ledger.boards, item.chat.address: shown}
            if not isinstance(ledger, Record):
                continue
            self._count(ledger, item, platform_ids if item is items[0] else ())
            match item.action:
                case Action.SEND:
                    # To a member of a list who is a contact too it is the last they got.
                    self.shows(ledger, item.chat)
                    self._reached(ledger, item, platform_ids, now)
                case Action.POST:
                    if item.template:
                        self._duty.woke(item.chat, now)
                    # A chat that has moved is known by the address that config.toml has.
                    place = item.chat.thread(chat.thread_id)
                    # Later receipts matter where each member is written to alone.
                    sent_as = item.number if self._rules().lists_of(item.chat) else 0
                    posts = tuple(Post(place, platform_id, sent_as) for platform_id in platform_ids)
                    for number in item.messages:
                        line = ledger.messages.get(number)
                        if line is not None:
                            ledger.change_message(number, posts=(*line.posts, *posts))
                    if not item.messages and item.conversation and chat.thread_id is None:
                        _remember(ledger, item.chat, platform_ids)
                case Action.CARD if platform_ids:
                    ledger.change_thread(item.chat, card_id=platform_ids[0])
                case Action.DELETE if item.mark is not None:
                    for number in item.messages:
                        receipts.show(ledger, number, now, item.mark)
                case _:
                    pass

    def _count(self, record: Record, item: OutboxItem, platform_ids: tuple[str, ...]) -> None:
        """Count what a conversation costs; of posts that were merged, the first counts for all."""
        conversation = record.conversations.get(item.conversation)
        if conversation is None or not platform_ids or item.action not in {Action.SEND, Action.POST}:
            return
        able, count = self._abilities(item.chat), len(platform_ids)
        paid = count if able is not None and able.is_paid else 0
        record.change_conversation(
            item.conversation,
            sends=conversation.sends + count,
            paid_sends=conversation.paid_sends + paid,
        )

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
                        mark=Mark.NOTED,
                        messages=(number,),
                    )
        if record.contact.unreachable:
            record.change_contact(unreachable="")
            refresh_card(record, item.conversation, now)

    def failed(self, ledger: Ledger, item: OutboxItem, reason: str, now: datetime) -> None:
        """Tell the team, with a way to send again; a post that fails goes to the inbox."""
        ledger.outbox.pop(item.number, None)
        if isinstance(ledger, House) and item.style is PostStyle.BOARD:
            # It was deleted, or is too old to be edited: the next look makes another.
            ledger.boards = {at: each for at, each in ledger.boards.items() if at != item.chat.address}
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
                for number in item.messages if item.mark is not None else ():
                    receipts.show(ledger, number, now)
            case Action.POST if rules.lists_of(item.chat):
                self._duty.misses(item.chat)
                missed.member(ledger, item, reason, now, rules)
            case Action.POST:
                refused.post_refused(ledger, item, reason, now, rules)
            case Action.CARD:
                refused.card_refused(ledger, item, reason, now, rules)
            case Action.REACT if is_for_contact:
                refused.reaction_refused(ledger, item, now, rules)
            case _:
                pass

    def reported(self, record: Record, receipt: DeliveryReceipt, now: datetime) -> None:
        """Write down what a platform said of a message after it had taken it, or even before it said so."""
        rules = self._rules()
        receipts.reported(record, receipt, now, rules)
        if receipt.state is ReceiptState.FAILED and rules.has_lists:
            missed.late(record, receipt, now, rules, self._duty)

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
            rules = self._rules()
            if item.action is Action.POST and rules.lists_of(item.chat):
                self._duty.misses(item.chat)
                missed.member(ledger, item, reason, now, rules)
            elif item.action in {Action.POST, Action.CARD}:
                refused.chat_gone(ledger, item, reason, now, rules)

    def uncertain(self, ledger: Ledger, item: OutboxItem, now: datetime) -> None:
        """Leave it to a person: it may have arrived."""
        ledger.outbox.pop(item.number, None)
        if not isinstance(ledger, Record):
            return
        if item.action is Action.SEND:
            # Counted until somebody decides, or a late receipt tells.
            ledger.outbox[item.number] = replace(item, state=ItemState.UNCERTAIN)
        rules = self._rules()
        if item.action is Action.POST and rules.lists_of(item.chat):
            self._duty.misses(item.chat)
            missed.member(ledger, item, rules.wording("delivery.no_channel"), now, rules)
        elif item.action is Action.POST:
            refused.post_doubted(ledger, item, now, rules)
        if item.action is not Action.SEND:
            return
        for number in item.messages:
            # A late receipt may still tell.
            ledger.change_message(number, sent_as=item.number)
            receipts.progress(ledger, number, Progress.UNCERTAIN, now)
        name = ledger.contact.display_name
        text = rules.wording("notice.uncertain", name=name, text=excerpt(item.text))
        tell(ledger, item.conversation, text, now, rules, again=item.messages)

    def window_shut(self, ledger: Ledger, item: OutboxItem, reason: str, now: datetime) -> None:
        """Keep what is for the contact; give what was for a member to those who can be reached."""
        if item.action is Action.SEND:
            self.held(ledger, item, reason, now)
        elif isinstance(ledger, Record) and item.action is Action.POST and self._rules().lists_of(item.chat):
            missed.asleep(ledger, item, self._duty)
        else:
            self.failed(ledger, item, reason, now)

    def held(self, ledger: Ledger, item: OutboxItem, reason: str, now: datetime) -> None:
        """Keep it until the contact writes again, and say so once."""
        ledger.outbox[item.number] = replace(item, state=ItemState.HELD, reason=reason)
        if not isinstance(ledger, Record) or item.state is ItemState.HELD:
            return
        for number in item.messages:
            ledger.change_message(number, progress=Progress.HELD, reason=reason)
            receipts.not_answered(ledger, number)
        rules, name = self._rules(), ledger.contact.display_name
        text = rules.wording("notice.held", name=name, reason=_sentence(reason))
        tell(ledger, item.conversation, text, now, rules)

    def thread_opened(self, ledger: Ledger, item: OutboxItem, thread_id: str, now: datetime, /) -> None:
        """Remember the contact's thread, and link to it from the thread that the conversation left for it."""
        if isinstance(ledger, Record):
            renewal.opened(ledger, item, thread_id, now, link_of=self._thread_link)

    def thread_lost(self, ledger: Ledger, item: OutboxItem, now: datetime) -> None:
        """Forget the thread; post the card and the last lines anew, and the item itself behind them."""
        ledger.outbox.pop(item.number, None)
        if isinstance(ledger, Record):
            renewal.lost(ledger, item, now, self._rules())


def _remember(record: Record, chat: ChatRef, platform_ids: tuple[str, ...]) -> None:
    """Remember posts that carry no line, where members say whom they mean by quoting them."""
    thread = record.contact.thread_in(chat)
    known = thread.posts if thread else ()
    record.change_thread(chat, posts=(*known, *platform_ids)[-POSTS_KEPT:])


def _sentence(reason: str) -> str:
    """A reason with an end; plugins give theirs without."""
    return reason if not reason or reason.endswith((".", "!", "?", "…")) else f"{reason}."
