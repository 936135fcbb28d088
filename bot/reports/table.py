"""The figures as a table for a terminal: one row for each team, channel, answer and day."""

from collections.abc import Callable, Mapping, Sequence

from bot.reports.figures import Figures, Group
from bot.reports.job import CountJob
from bot.reports.text import summary
from bot.reports.words import NOTHING, Words, both, duration

_COLUMNS: tuple[tuple[str, Callable[[Group, Words], str]], ...] = (
    ("figures.column_new", lambda group, _: f"{group.conversations}"),
    ("figures.column_recognised", lambda group, words: words.percent(group.share(group.recognised))),
    ("figures.column_faq", lambda group, words: words.percent(group.share(group.faqs))),
    ("figures.column_failed", lambda group, words: words.percent(group.share(group.failed))),
    ("figures.column_fell_back", lambda group, words: words.percent(group.share(group.fell_back))),
    ("figures.column_first", lambda group, _: both(group.first)),
    ("figures.column_first_open", lambda group, _: both(group.first_open)),
    ("figures.column_responses", lambda group, _: both(group.responses)),
    ("figures.column_open", lambda group, _: f"{group.open}"),
    ("figures.column_waiting", lambda group, _: f"{group.waiting}"),
    ("figures.column_oldest", lambda group, _: duration(group.oldest_wait) if group.waiting else NOTHING),
    ("figures.column_transferred", lambda group, _: f"{group.transferred}"),
    ("figures.column_misrouted", lambda group, _: f"{group.misrouted}"),
    ("figures.column_rating", lambda group, words: words.decimal(group.rating) if group.ratings else NOTHING),
    ("figures.column_undelivered", lambda group, _: f"{group.failed_sends}"),
    ("figures.column_sends", lambda group, _: f"{group.sends}"),
    ("figures.column_paid", lambda group, _: f"{group.paid_sends}"),
    ("figures.column_paid_each", lambda group, words: words.decimal(group.paid_each)),
)


def table(figures: Figures, job: CountJob) -> str:
    """Everything, in the language of the job."""
    words = Words.of(job)
    say = words.say
    title = say("figures.title", name=words.title, period=words.period)
    if figures.is_empty:
        return f"{title}\n{say('figures.empty')}"
    parts = [
        "\n".join((title, *summary(figures.total, words))),
        _rows("figures.by_team", figures.teams, words.names(figures.teams), words),
        _rows("figures.by_channel", figures.channels, {}, words),
        _rows("figures.by_answer", figures.answers, {}, words),
        _rows("figures.by_day", figures.days, {day: words.day(day) for day in figures.days}, words),
        say("figures.unreadable", count=figures.unreadable) if figures.unreadable else "",
    ]
    return "\n\n".join(filter(None, parts))


def _rows(key: str, groups: Mapping[str, Group], names: Mapping[str, str], words: Words) -> str:
    if not groups:
        return ""
    columns = [
        [words.say(column), *cells]
        for column, value in _COLUMNS
        # A column of noughts would only make the others harder to find.
        if _says_something(cells := [value(group, words) for group in groups.values()])
    ]
    first = [words.say(key), *(names.get(name, name) for name in groups)]
    return aligned(list(zip(first, *columns, strict=True)))


def _says_something(cells: Sequence[str]) -> bool:
    return any(not set(cell).isdisjoint("123456789") for cell in cells)


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows under each other: the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
