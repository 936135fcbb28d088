"""Counting conversations one by one; pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from bot.matching import normalise
from bot.model import INBOX, Status, one_line
from bot.reports.figures import Figures, Group, Spread, Unrecognised
from bot.reports.sights import Sight

SOON = timedelta(minutes=10)
"""A conversation that is passed on this soon after routing went to the wrong team."""
MOST_TEXTS = 500
"""How many different texts that were not recognised are kept, the most frequent ones."""

OpenTime = Callable[[str, datetime, datetime], timedelta]
"""How much of the time between two moments a team, by its key, was open."""


@dataclass(slots=True)
class _Count:
    """A group that is still being counted."""

    conversations: int = 0
    recognised: int = 0
    failed: int = 0
    fell_back: int = 0
    faqs: int = 0
    open: int = 0
    waiting: int = 0
    oldest_wait: float = 0.0
    transferred: int = 0
    misrouted: int = 0
    failed_sends: int = 0
    sends: int = 0
    paid_sends: int = 0
    first: list[float] = field(default_factory=list)
    first_open: list[float] = field(default_factory=list)
    responses: list[float] = field(default_factory=list)
    ratings: list[int] = field(default_factory=list)

    def begun(self, sight: Sight, first: tuple[float, float] | None) -> None:
        self.conversations += 1
        self.recognised += bool(sight.answer)
        self.failed += bool(sight.unrecognised)
        self.fell_back += sight.fell_back
        self.faqs += bool(sight.faqs)
        self.failed_sends += sight.failed_sends
        self.sends += sight.sends
        self.paid_sends += sight.paid_sends
        self.responses += sight.waits
        if first is not None:
            self.first.append(first[0])
            self.first_open.append(first[1])
        if sight.rating:
            self.ratings.append(sight.rating)

    def passed_on(self, *, is_soon: bool) -> None:
        self.transferred += 1
        self.misrouted += is_soon

    def is_live(self, sight: Sight, now: datetime) -> None:
        self.open += sight.status is Status.OPEN
        if sight.waiting_since is not None:
            self.waiting += 1
            self.oldest_wait = max(self.oldest_wait, (now - sight.waiting_since).total_seconds())

    def group(self) -> Group:
        return Group(
            conversations=self.conversations,
            recognised=self.recognised,
            failed=self.failed,
            fell_back=self.fell_back,
            faqs=self.faqs,
            first=spread(self.first),
            first_open=spread(self.first_open),
            responses=spread(self.responses),
            open=self.open,
            waiting=self.waiting,
            oldest_wait=self.oldest_wait,
            transferred=self.transferred,
            misrouted=self.misrouted,
            ratings=len(self.ratings),
            rating=sum(self.ratings) / len(self.ratings) if self.ratings else 0.0,
            failed_sends=self.failed_sends,
            sends=self.sends,
            paid_sends=self.paid_sends,
        )


def spread(seconds: Sequence[float]) -> Spread:
    """How long things took; between two of them, in proportion."""
    if not seconds:
        return Spread()
    ordered = sorted(seconds)

    def at(part: float) -> float:
        place = part * (len(ordered) - 1)
        below = int(place)
        above = min(below + 1, len(ordered) - 1)
        return ordered[below] + (ordered[above] - ordered[below]) * (place - below)

    return Spread(count=len(ordered), median=at(0.5), ninetieth=at(0.9))


@dataclass(slots=True)
class Tally:
    """What counts conversations one by one.

    Attributes:
        since: where the period begins.
        until: where it ends; a conversation that begins then is not in it.
        now: the time, for what is open now.
        zone: whose days are counted.
        open_time: counts opening hours.
        team: only this team's conversations; empty: all.
    """

    since: datetime
    until: datetime
    now: datetime
    zone: tzinfo
    open_time: OpenTime
    team: str = ""
    _total: _Count = field(default_factory=_Count)
    _teams: dict[str, _Count] = field(default_factory=lambda: defaultdict(_Count))
    _channels: dict[str, _Count] = field(default_factory=lambda: defaultdict(_Count))
    _answers: dict[str, _Count] = field(default_factory=lambda: defaultdict(_Count))
    _days: dict[str, _Count] = field(default_factory=lambda: defaultdict(_Count))
    _texts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, channel: str, sight: Sight) -> None:
        """Count one conversation."""
        is_in = self.since <= sight.started_at < self.until
        is_live = sight.status is not Status.CLOSED
        if not (is_in or is_live):
            return
        routed = sight.first_team or sight.team
        if self.team in {"", sight.team}:
            groups = [self._total, self._teams[sight.team], self._channels[channel]]
            if is_live:
                live = [*groups, self._answers[sight.answer]] if sight.answer else groups
                for each in live:
                    each.is_live(sight, self.now)
            if is_in:
                self._begun(sight, groups)
        if is_in and sight.transfers and self.team in {"", routed}:
            is_soon = _is_soon(sight)
            self._total.passed_on(is_soon=is_soon)
            self._teams[routed].passed_on(is_soon=is_soon)
            self._channels[channel].passed_on(is_soon=is_soon)
            if sight.answer:
                self._answers[sight.answer].passed_on(is_soon=is_soon and not sight.fell_back)

    def _begun(self, sight: Sight, groups: list[_Count]) -> None:
        groups.append(self._days[sight.started_at.astimezone(self.zone).date().isoformat()])
        if sight.answer:
            groups.append(self._answers[sight.answer])
        first = self._first(sight)
        for each in groups:
            each.begun(sight, first)
        team = "" if sight.team == INBOX else sight.team
        for text in sight.unrecognised:
            if plain := one_line(text):
                self._texts[plain, team] += 1

    def _first(self, sight: Sight) -> tuple[float, float] | None:
        """Seconds to the first human reply, by the wall and in opening hours; None: there was none."""
        if sight.opened_at is None or sight.answered_at is None or sight.answered_at < sight.opened_at:
            return None
        wall = (sight.answered_at - sight.opened_at).total_seconds()
        return wall, self.open_time(sight.team, sight.opened_at, sight.answered_at).total_seconds()

    def figures(self, *, unreadable: int = 0) -> Figures:
        """What was counted, the largest groups first, and the days in order."""
        return Figures(
            since=self.since,
            until=self.until,
            total=self._total.group(),
            teams=_by_size(self._teams),
            channels=_by_size(self._channels),
            answers=_by_size(self._answers),
            days={day: self._days[day].group() for day in sorted(self._days)},
            texts=texts_of(self._texts),
            unreadable=unreadable,
        )


def _is_soon(sight: Sight) -> bool:
    if sight.passed_at is None or sight.opened_at is None:
        return False
    return sight.passed_at - sight.opened_at <= SOON


def _by_size(counts: Mapping[str, _Count]) -> dict[str, Group]:
    groups = [(key, count.group()) for key, count in counts.items()]
    groups.sort(key=lambda pair: (-pair[1].conversations, -pair[1].waiting, pair[0]))
    return dict(groups)


def texts_of(counts: Mapping[tuple[str, str], int]) -> list[Unrecognised]:
    """Texts that are written alike as one, with the team that most of them led to.

    Args:
        counts: how often each pair of a text and a team occurred.
    """
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    teams: dict[str, Counter[str]] = defaultdict(Counter)
    for (text, team), count in counts.items():
        form = normalise(text) or text
        spellings[form][text] += count
        if team:
            teams[form][team] += count
    found = [
        Unrecognised(
            text=_most(spelled),
            team=_most(teams[form]) if form in teams else "",
            count=spelled.total(),
        )
        for form, spelled in spellings.items()
    ]
    found.sort(key=lambda each: (-each.count, each.text))
    return found[:MOST_TEXTS]


def _most(counts: Counter[str]) -> str:
    return min(counts, key=lambda each: (-counts[each], each))
