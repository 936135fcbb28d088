"""A contact, and a conversation with them; frozen values, changed by making new ones."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from bot.api import ChatRef, ThreadState
from bot.model.names import plain_name

INBOX = "inbox"
"""The key of the general team; config.toml keeps it in a table of its own."""

LIST = "@list"
"""The channel in the address of a room that is a list of members; no table of config.toml has this name."""


def list_room(team: str) -> ChatRef:
    """The room of a team that answers as a list of members, as if it were one chat."""
    return ChatRef(LIST, team)


class Status(StrEnum):
    """Who has a conversation: the bot (pending), a team (open), nobody any more (closed)."""

    PENDING = "pending"
    OPEN = "open"
    CLOSED = "closed"


class Timer(StrEnum):
    """What comes due in a conversation that people have, or have closed.

    Attributes:
        REMIND: remind the team that the contact waits.
        ESCALATE: pass the conversation to another team.
        SNOOZE: show it again.
        CLOSE: close it, as a member asked.
        AUTO_CLOSE: close it, because nobody has written for long.
        CLOSING: say the closing message.
        RATING: take no rating any more.
        WINDOW: warn that the reply window is about to shut.
    """

    REMIND = "remind"
    ESCALATE = "escalate"
    SNOOZE = "snooze"
    CLOSE = "close"
    AUTO_CLOSE = "auto_close"
    CLOSING = "closing"
    RATING = "rating"
    WINDOW = "window"


WAITS_KEPT = 50
TEXTS_KEPT = 5
TEXT_KEPT = 200


class Thread(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The contact's place in one team chat; kept and reopened.

    Attributes:
        chat: the team chat, without a thread.
        thread_id: the platform's id, or empty where the room has no threads, or it is not made yet.
        card_id: the platform's id of the card, or empty.
        is_closed: whether we closed it.
        posts: the platform's ids of the latest posts that carry no line of the transcript; without threads
            they are how a member says whom they mean.
        state: how it stands, as it is shown from outside; None where nothing is shown.
    """

    chat: ChatRef
    thread_id: str = ""
    card_id: str = ""
    is_closed: bool = False
    posts: tuple[str, ...] = ()
    state: ThreadState | None = None


class Contact(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Somebody who wrote to one of our accounts.

    Attributes:
        chat: their chat; the identity of the record.
        name: as the platform last showed it; may be empty.
        first_name: may be empty.
        username: may be empty.
        phone: may be empty.
        language: two letters, or empty.
        created_at: when they first wrote.
        last_inbound_at: when they last wrote; reply windows count from here.
        is_blocked: a member blocked them.
        aliases: other ids that their platform knows, or knew, their chat by.
        unreachable: why the platform takes nothing for them, or empty.
        threads: their place in each team chat they have been in.
        seen: ids of the latest events, ours and the team's, against redelivery.
        minute_at: the start of the minute that `minute_count` counts.
        minute_count: messages in that minute.
        hour_at: the start of the hour that `bot_count` counts.
        bot_count: the bot's own messages in that hour.
        muted_until: until when the bot is quiet after it met another bot.
    """

    chat: ChatRef
    name: str = ""
    first_name: str = ""
    username: str = ""
    phone: str = ""
    language: str = ""
    created_at: datetime
    last_inbound_at: datetime | None = None
    is_blocked: bool = False
    aliases: tuple[str, ...] = ()
    unreachable: str = ""
    threads: tuple[Thread, ...] = ()
    seen: tuple[str, ...] = ()
    minute_at: datetime | None = None
    minute_count: int = 0
    hour_at: datetime | None = None
    bot_count: int = 0
    muted_until: datetime | None = None

    @property
    def display_name(self) -> str:
        """What to call them in a team chat, on one line that cannot pass for a line of ours."""
        for name in (self.name, self.username, self.phone, self.chat.chat_id):
            if name and (shown := plain_name(name)):
                return shown
        return self.chat.chat_id

    def thread_in(self, chat: ChatRef) -> Thread | None:
        """Their place in the team chat `chat`."""
        whole = chat.whole
        return next((thread for thread in self.threads if thread.chat == whole), None)


class Conversation(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One case, from the contact's first message to closing.

    Attributes:
        number: unique in the record, ascending; the highest is the current one.
        code: what people call it, as in K7.
        status: who has it.
        started_at: the contact's first message.
        team: the team that has it, `INBOX`, or empty while the bot has it.
        room: the team chat its thread is in, or None while it has none.
        opened_at: when a team got it.
        closed_at: when it was last closed.
        closed_by: who closed it.
        welcomed_at: when the welcome was sent.
        failures: texts in a row that no answer matched.
        answer: the label of the answer that matched, or its first entry.
        why: how it was matched, in words.
        tags: sorted.
        claimed_by: the sender id of the member who has it, or empty.
        claimed_name: their name.
        claimed_in: the chat that they are reached in, when the room is a list of members.
        watchers: the chats of members who asked to read along, when the room is a list of members.
        waiting_since: since when the contact waits for us; None while we wait for them.
        human_at: the last human reply.
        unsettled: messages of the burst that is still coming.
        settle_at: when the burst counts as over.
        menu_due_at: when silence after the menu becomes a fallback.
        is_quiet: the bot has given up, or been told to; it says nothing more here.
        is_hinted: the media hint was sent.
        is_early: part of the burst was written before the welcome had left; it is no wrong answer.
        is_transferring: the card shows the teams to pass it to.
        transfers: how often it was passed on.
        passed_from: the team it was passed on by, until a person of the new team answers.
        first_team: the team that routing gave it to, or empty.
        passed_at: when it was first passed on.
        answered_at: the first human reply after a team got it.
        waits: how long the contact waited for each human reply, in seconds; the latest `WAITS_KEPT`.
        faqs: how often an answer without a team was given.
        unrecognised: what no answer matched, the latest `TEXTS_KEPT`, each cut to `TEXT_KEPT` characters.
        fell_back: the bot gave up, or the contact was silent.
        sends: messages and posts that platforms took for it.
        paid_sends: those of them that cost money.
        failed_sends: replies that did not arrive.
        rating: from 1 to 5; 0 while there is none.
        rating_comment: what they said of it.
        timers: what is to happen, and when.
        waited_since: since when the contact had waited for the last human reply.
        timed_since: the wait that the team is reminded of.
        timed_team: the team that is reminded.
        timed_from: from when its reminders are counted.
        reminded: how often it was, in this wait.
        away_until: until when the team is away, as the contact was told.
        warned_at: the contact's last message that a warning of the shutting window was about.
        close_by: who asked that it be closed later.
        reason: why it was closed, if somebody said.
        rating_asked_at: when the contact was asked for a rating.
    """

    number: int
    code: str
    status: Status = Status.PENDING
    started_at: datetime
    team: str = ""
    room: ChatRef | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str = ""
    welcomed_at: datetime | None = None
    failures: int = 0
    answer: str = ""
    why: str = ""
    tags: tuple[str, ...] = ()
    claimed_by: str = ""
    claimed_name: str = ""
    claimed_in: ChatRef | None = None
    watchers: tuple[ChatRef, ...] = ()
    waiting_since: datetime | None = None
    human_at: datetime | None = None
    unsettled: tuple[int, ...] = ()
    settle_at: datetime | None = None
    menu_due_at: datetime | None = None
    is_quiet: bool = False
    is_hinted: bool = False
    is_early: bool = False
    is_transferring: bool = False
    transfers: int = 0
    passed_from: str = ""
    first_team: str = ""
    passed_at: datetime | None = None
    answered_at: datetime | None = None
    waits: tuple[int, ...] = ()
    faqs: int = 0
    unrecognised: tuple[str, ...] = ()
    fell_back: bool = False
    sends: int = 0
    paid_sends: int = 0
    failed_sends: int = 0
    rating: int = 0
    rating_comment: str = ""
    timers: dict[Timer, datetime] = {}
    waited_since: datetime | None = None
    timed_since: datetime | None = None
    timed_team: str = ""
    timed_from: datetime | None = None
    reminded: int = 0
    away_until: datetime | None = None
    warned_at: datetime | None = None
    close_by: str = ""
    reason: str = ""
    rating_asked_at: datetime | None = None

    @property
    def due_at(self) -> datetime | None:
        """When a timer of this conversation next comes due."""
        times = list(self.timers.values())
        if self.status is Status.PENDING:
            times += [at for at in (self.settle_at, self.menu_due_at) if at is not None]
        return min(times) if times else None
