"""The figures as a post: short lines that read on a phone, without columns."""

from collections.abc import Iterator, Mapping
from itertools import islice

from bot.reports.figures import Figures, Group
from bot.reports.job import CountJob
from bot.reports.words import Words, both, duration

MOST_ROWS = 12
"""How many teams, channels, answers or days are listed one by one."""


def post(figures: Figures, job: CountJob) -> str:
    """The whole post, in the language of the job."""
    words = Words.of(job)
    say = words.say
    title = say("figures.title", name=words.title, period=words.period)
    if figures.is_empty:
        return f"{title}\n{say('figures.empty')}"
    sections = [
        "\n".join((title, *summary(figures.total, words))),
        _section("figures.by_team", figures.teams, words, names=words.names(figures.teams))
        if len(figures.teams) > 1
        else "",
        _section("figures.by_channel", figures.channels, words) if len(figures.channels) > 1 else "",
        _answers(figures.answers, words),
        _days(figures.days, words),
        say("figures.unreadable", count=figures.unreadable) if figures.unreadable else "",
    ]
    return "\n\n".join(filter(None, sections))


def summary(group: Group, words: Words) -> Iterator[str]:
    """The figures of one group, a line each; lines of what never happened are left out."""
    say, percent = words.say, words.percent
    yield say("figures.new", count=group.conversations)
    if group.conversations:
        yield say(
            "figures.shares",
            recognised=percent(group.share(group.recognised)),
            faq=percent(group.share(group.faqs)),
            failed=percent(group.share(group.failed)),
            fell_back=percent(group.share(group.fell_back)),
        )
    if group.first.count:
        times = {"median": duration(group.first.median), "ninetieth": duration(group.first.ninetieth)}
        yield say("figures.first", **times)
        if group.first_open != group.first:
            yield say("figures.first_open", times=both(group.first_open))
    if group.responses.count:
        yield say("figures.responses", count=group.responses.count, times=both(group.responses))
    oldest = say("figures.oldest", age=duration(group.oldest_wait)) if group.waiting else ""
    yield say("figures.now", open=group.open, waiting=group.waiting, oldest=oldest)
    if group.transferred:
        yield say("figures.transferred", count=group.transferred, soon=group.misrouted)
    if group.ratings:
        yield say("figures.rated", rating=words.decimal(group.rating), count=group.ratings)
    if group.failed_sends:
        yield say("figures.undelivered", count=group.failed_sends)
    if group.sends:
        yield say(
            "figures.cost", sends=group.sends, paid=group.paid_sends, each=words.decimal(group.paid_each)
        )


def _section(
    key: str, groups: Mapping[str, Group], words: Words, *, names: Mapping[str, str] | None = None
) -> str:
    say = words.say
    rows = []
    for name, group in islice(groups.items(), MOST_ROWS):
        parts = [say("figures.row_new", count=group.conversations)]
        if group.first.count:
            parts.append(both(group.first))
        if group.waiting:
            parts.append(say("figures.row_waiting", count=group.waiting))
        if group.ratings:
            parts.append(f"★ {words.decimal(group.rating)}")
        rows.append(f"• {(names or {}).get(name, name)}: {' · '.join(parts)}")
    return "\n".join((say(key), *rows, *_rest(len(groups), words))) if rows else ""


def _answers(groups: Mapping[str, Group], words: Words) -> str:
    say = words.say
    rows = []
    for name, group in islice(groups.items(), MOST_ROWS):
        parts = [say("figures.row_new", count=group.conversations)]
        if group.transferred:
            parts.append(say("figures.transferred", count=group.transferred, soon=group.misrouted))
        rows.append(f"• {name}: {' · '.join(parts)}")
    return "\n".join((say("figures.by_answer"), *rows, *_rest(len(groups), words))) if rows else ""


def _days(groups: Mapping[str, Group], words: Words) -> str:
    if not 1 < len(groups) <= MOST_ROWS:
        return ""
    rows = [f"• {words.day(day)}: {group.conversations}" for day, group in groups.items()]
    return "\n".join((words.say("figures.by_day"), *rows))


def _rest(count: int, words: Words) -> list[str]:
    return [words.say("figures.more", count=count - MOST_ROWS)] if count > MOST_ROWS else []
