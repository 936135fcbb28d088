"""The figures as values: what was counted, by team, channel, answer and day."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct


class Spread(Struct, frozen=True, kw_only=True, gc=False):
    """How long things took, in seconds; all are 0 when there was none.

    Attributes:
        count: how many there were.
        median: half of them took at most this.
        ninetieth: nine of ten took at most this.
    """

    count: int = 0
    median: float = 0.0
    ninetieth: float = 0.0


class Group(Struct, frozen=True, kw_only=True):
    """The figures of some conversations: those that began in the period, and what is open now.

    Attributes:
        conversations: how many began.
        recognised: of those, how many wrote what an answer matched.
        failed: how many wrote what no answer matched, at least once.
        fell_back: where the bot gave up, or the contact was silent.
        faqs: how many were given an answer that assigns nobody.
        first: from the end of routing to the first human reply.
        first_open: the same, counted in the team's opening hours.
        responses: how long the contact waited, for each human reply.
        open: conversations that a team has now, whenever they began.
        waiting: those whose contact waits for us now, the bot's included.
        oldest_wait: the longest of these waits, in seconds.
        transferred: how many were passed on by the team that routing gave them to.
        misrouted: how many of these soon after routing.
        ratings: how many were rated.
        rating: the mean, from 1 to 5; 0 without any.
        failed_sends: replies that did not arrive.
        sends: messages and posts that platforms took.
        paid_sends: those of them that cost money.
    """

    conversations: int = 0
    recognised: int = 0
    failed: int = 0
    fell_back: int = 0
    faqs: int = 0
    first: Spread = Spread()
    first_open: Spread = Spread()
    responses: Spread = Spread()
    open: int = 0
    waiting: int = 0
    oldest_wait: float = 0.0
    transferred: int = 0
    misrouted: int = 0
    ratings: int = 0
    rating: float = 0.0
    failed_sends: int = 0
    sends: int = 0
    paid_sends: int = 0

    def share(self, count: int) -> float:
        """A count as a part of the conversations, from 0 to 1."""
        return count / self.conversations if self.conversations else 0.0

    @property
    def paid_each(self) -> float:
        """Paid messages for each conversation."""
        return self.share(self.paid_sends)


class Unrecognised(Struct, frozen=True, kw_only=True):
    """A text that no answer matched.

    Attributes:
        text: on one line, as it was most often written.
        team: the team that most of its conversations ended with, or empty for nobody but the inbox.
        count: how often it was written.
    """

    text: str
    team: str
    count: int


class Figures(Struct, frozen=True, kw_only=True):
    """Everything that was counted.

    Attributes:
        since: where the period begins.
        until: where it ends.
        total: of all.
        teams: by the team that has, or last had, a conversation; empty for the bot.
        channels: by channel.
        answers: by the answer that matched; those where none did are left out.
        days: by day in the business's time zone, as "2026-03-02"; without what is open now.
        texts: what was not recognised, the most frequent first.
        unreadable: files that could not be read.
    """

    since: datetime
    until: datetime
    total: Group
    teams: Mapping[str, Group]
    channels: Mapping[str, Group]
    answers: Mapping[str, Group]
    days: Mapping[str, Group]
    texts: Sequence[Unrecognised] = ()
    unreadable: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.total.conversations or self.total.open or self.total.waiting)
