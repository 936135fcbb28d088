"""What must be found without reading files; rebuilt at start, and never trusted over them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from bot.api import ChatRef
from bot.model import Contact, Conversation, ItemState, Ledger, Message, Record, Status, Thread, Timer
from bot.store.changed import changed
from bot.store.codes import Codes
from bot.store.compact import CompactMap
from bot.store.posts import Posts
from bot.store.timers import DueTimes


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveConversation:
    """The current conversation of a contact, while it is not closed.

    Attributes:
        record_id: the contact's record.
        name: what to call the contact.
        channel: the account the contact wrote to.
        number: the conversation's number in the record.
        code: its code.
        status: pending or open.
        team: who has it, or empty.
        room: the team chat it is shown in, or None.
        started_at: the first message.
        waiting_since: since when the contact waits for us, or None.
        claimed_name: the member who has it, or empty.
        snoozed_until: until when it is put aside, or None.
    """

    record_id: str
    name: str
    channel: str
    number: int
    code: str
    status: Status
    team: str
    room: ChatRef | None
    started_at: datetime
    waiting_since: datetime | None
    claimed_name: str
    snoozed_until: datetime | None = None


class Index:
    """The records by thread, post, code and due time, as far as they are needed.

    Closed conversations cost a few dozen bytes each; posts and summaries are held only for the others.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._channels: list[str] = []
        self._known = CompactMap()  # digest of a record id -> place in _channels
        self._named: set[str] = set()  # ids that are no digest
        self._threads = CompactMap()  # digest of a thread -> digest of a record id
        self._aliases = CompactMap()  # digest of another address of a contact -> digest of a record id
        self._live: dict[str, LiveConversation] = {}
        self._posts = Posts()
        self._codes = Codes(clock)
        self._timers = DueTimes()
        self._outboxes: set[str] = set()
        self._undecided: dict[str, tuple[int, int]] = {}

    def __contains__(self, record_id: object) -> bool:
        if not isinstance(record_id, str):
            return False
        digest = _digest_of(record_id)
        if digest is None:
            return record_id in self._named
        channel = self._known.get(digest)
        return channel is not None and self._record_id(channel, digest) == record_id

    def __len__(self) -> int:
        return len(self._known) + len(self._named)

    def record_of_thread(self, chat: ChatRef) -> str | None:
        """The contact whose thread this is, also when all their conversations are closed."""
        digest = self._threads.get(_thread_key(chat, chat.thread_id))
        channel = None if digest is None else self._known.get(digest)
        return None if digest is None or channel is None else self._record_id(channel, digest)

    def record_of_alias(self, chat: ChatRef) -> str | None:
        """The contact who is, or was, known by this other address too."""
        digest = self._aliases.get(_thread_key(chat, ""))
        channel = None if digest is None else self._known.get(digest)
        return None if digest is None or channel is None else self._record_id(channel, digest)

    def record_of_post(self, address: str, platform_id: str) -> str | None:
        """The contact that a post in a team chat is about, while the conversation is not closed.

        Args:
            address: of the team chat, as in `ChatRef.address`.
            platform_id: of the post; a member's own reply counts too.
        """
        return self._posts.record_of(address, platform_id)

    def record_of_code(self, code: str) -> str | None:
        """The contact whose conversation has this code, while it is not closed."""
        return self._codes.record_of(code)

    def code_is_free(self, code: str, now: datetime) -> bool:
        """Whether a new conversation may have this code: nobody has, and nobody had it for 30 days."""
        return self._codes.is_free(code, now)

    def live(self) -> Iterable[LiveConversation]:
        """The current conversations that are not closed, in no order; a copy."""
        return list(self._live.values())

    def waiting(self) -> Iterable[LiveConversation]:
        """Those of them whose contact waits for us."""
        return [each for each in self._live.values() if each.waiting_since is not None]

    def live_of(self, record_id: str) -> LiveConversation | None:
        """The current conversation of one contact, if it is not closed."""
        return self._live.get(record_id)

    def record_ids_with_outbox(self) -> set[str]:
        """The records that have something to send; a copy."""
        return set(self._outboxes)

    def undecided(self) -> tuple[int, int]:
        """How many outbox items are held for their contact, and how many wait for a person's decision."""
        counts = self._undecided.values()
        return sum(held for held, _ in counts), sum(uncertain for _, uncertain in counts)

    def due(self, now: datetime, most: int = 0) -> list[str]:
        """The records with a timer that has come due, longest due first.

        They stay due until their timers change, so one whose turn failed is named again.

        Args:
            now: the time.
            most: name no more than so many; 0: all.
        """
        return self._timers.due(now, most)

    def is_due(self, record_id: str, now: datetime) -> bool:
        """Whether a timer of this record has come due."""
        return self._timers.is_due(record_id, now)

    def put_off(self, record_id: str, until: datetime) -> None:
        """Do not name a record as due until then, unless its timers change before."""
        self._timers.put_off(record_id, until)

    def next_due(self) -> datetime | None:
        """When the next timer comes due, or came due; one of a record that was put off, when that is over."""
        return self._timers.next_due()

    def update(self, old: Ledger | None, new: Ledger) -> None:
        """Take in a record that replaces `old`, or is new.

        Args:
            old: the record as it was last taken in; it may share values with `new`.
            new: messages it lacks are taken for archived, and their posts are still found.
        """
        record_id = new.record_id
        if old is None:
            self._learn(record_id)
        _put(self._outboxes, record_id, wanted=bool(new.outbox))
        self._count_undecided(new)
        self._timers.put(record_id, new.due_at())
        if not isinstance(new, Record):
            return
        before = old if isinstance(old, Record) else None
        conversations = before.conversations if before else {}
        threads = before.contact.threads if before else ()
        self._update_threads(record_id, threads, new.contact.threads)
        if new.contact.aliases and (before is None or before.contact.aliases is not new.contact.aliases):
            self._take_aliases(record_id, new.contact)
        was_live = self._live.get(record_id)
        self._update_conversations(conversations, new)
        if (is_live := self._live.get(record_id)) is None:
            return
        if threads is not new.contact.threads or was_live is None or was_live.number != is_live.number:
            self._posts.take_threads(new)
        is_reopened = any(
            each.status is Status.CLOSED and new.conversations.get(number, each).status is not Status.CLOSED
            for number, each in conversations.items()
        )
        known = before.messages if before and not is_reopened else {}
        self._posts.take(new, changed(known, new.messages))

    def find_archived_posts(self, record: Record, messages: Iterable[Message]) -> None:
        """Take in the posts of a record's archived messages too."""
        self._posts.take(record, messages)

    def forget(self, record_id: str, old: Ledger | None) -> None:
        """Take a record out; the codes of its conversations rest as if they had been closed now.

        Args:
            record_id: the record.
            old: as it was last taken in, or None when its file turned out to be unreadable.
        """
        digest = _digest_of(record_id)
        if digest is not None:
            self._known.pop(digest)
        self._named.discard(record_id)
        self._outboxes.discard(record_id)
        self._undecided.pop(record_id, None)
        self._timers.put(record_id, None)
        self._live.pop(record_id, None)
        self._posts.drop_all(record_id)
        self._codes.drop_all(record_id)
        if isinstance(old, Record):
            self._update_threads(record_id, old.contact.threads, ())
            for alias in old.contact.aliases:
                key = _thread_key(ChatRef(old.contact.chat.channel, alias), "")
                if self._aliases.get(key) == digest:
                    self._aliases.pop(key)

    def _count_undecided(self, ledger: Ledger) -> None:
        states = [item.state for item in ledger.outbox.values() if item.state is not ItemState.PENDING]
        if states:
            held = states.count(ItemState.HELD)
            self._undecided[ledger.record_id] = (held, len(states) - held)
        elif self._undecided:
            self._undecided.pop(ledger.record_id, None)

    def _learn(self, record_id: str) -> None:
        digest = _digest_of(record_id)
        if digest is None:
            self._named.add(record_id)
            return
        channel = record_id[:-17]
        if channel not in self._channels:
            self._channels.append(channel)
        self._known[digest] = self._channels.index(channel)

    def _record_id(self, channel: int, digest: int) -> str:
        return f"{self._channels[channel]}-{digest:016x}"

    def _take_aliases(self, record_id: str, contact: Contact) -> None:
        if (digest := _digest_of(record_id)) is not None:
            for alias in contact.aliases:
                self._aliases[_thread_key(ChatRef(contact.chat.channel, alias), "")] = digest

    def _update_threads(self, record_id: str, old: tuple[Thread, ...], new: tuple[Thread, ...]) -> None:
        if old is new or (digest := _digest_of(record_id)) is None:
            return
        kept = {_thread_key(each.chat, each.thread_id) for each in new if each.thread_id}
        for each in old:
            key = _thread_key(each.chat, each.thread_id)
            # A thread that has passed to another contact is that contact's now.
            if key not in kept and self._threads.get(key) == digest:
                self._threads.pop(key)
        for key in kept:
            self._threads[key] = digest

    def _update_conversations(self, before: Mapping[int, Conversation], record: Record) -> None:
        record_id = record.record_id
        for number, each in record.conversations.items():
            if before.get(number) is each:
                continue
            if each.status is not Status.CLOSED:
                self._codes.use(each.code, record_id, number)
                continue
            self._codes.drop(each.code, record_id, number)
            self._codes.rest(each.code, each.closed_at or each.started_at)
            self._posts.drop(record_id, number)
        for number, each in before.items():
            if number not in record.conversations:
                self._codes.drop(each.code, record_id, number)
                self._posts.drop(record_id, number)
        current = record.current
        if current is None or current.status is Status.CLOSED:
            self._live.pop(record_id, None)
            return
        live = self._live.get(record_id)
        is_same = live is not None and before.get(current.number) is current
        if not (is_same and live is not None and live.name == record.contact.display_name):
            self._live[record_id] = _live_of(record, current)


def _put(names: set[str], name: str, *, wanted: bool) -> None:
    if wanted:
        names.add(name)
    else:
        names.discard(name)


def _live_of(record: Record, current: Conversation) -> LiveConversation:
    return LiveConversation(
        record_id=record.record_id,
        name=record.contact.display_name,
        channel=record.contact.chat.channel,
        number=current.number,
        code=current.code,
        status=current.status,
        team=current.team,
        room=current.room,
        started_at=current.started_at,
        waiting_since=current.waiting_since,
        claimed_name=current.claimed_name,
        snoozed_until=current.timers.get(Timer.SNOOZE),
    )


def _digest_of(record_id: str) -> int | None:
    """The hexadecimal end of a record id as a number; None for an id that has none."""
    try:
        return int(record_id[-16:], 16)
    except ValueError:
        return None


def _thread_key(chat: ChatRef, thread_id: str | None) -> int:
    text = f"{chat.channel}\0{chat.chat_id}\0{thread_id or ''}"
    return int.from_bytes(blake2b(text.encode(errors="replace"), digest_size=8).digest())
