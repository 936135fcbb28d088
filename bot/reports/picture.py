"""The figures as a picture: one PNG, as wide as a phone's screen, with type that reads on one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from itertools import islice
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Canvas
from matplotlib.font_manager import FontProperties, findfont, get_font

from bot.reports.figures import Figures, Group
from bot.reports.job import CountJob
from bot.reports.words import NOTHING, Words, both, duration, last_moment

WIDTH = 1080
"""Pixels; what a phone shows without scaling down."""
MOST_BARS = 8
"""How many teams or answers have a bar of their own."""
MOST_DAYS = 45
"""Beyond so many days, bars stand for weeks."""

_DPI = 100
_INK, _GREY, _RULE = "#1f2933", "#616e7c", "#d9dee4"
_BLUE, _PALE, _GREEN, _AMBER, _RED = "#2563a8", "#a9c6e8", "#2f8f5b", "#c98a1b", "#c0392b"
_SMALL, _BODY, _HEADING, _LARGE = 19, 21, 24, 40
"""Sizes in points; at this resolution a point is 1.4 pixels."""
_BAR = 66


@dataclass(frozen=True, slots=True)
class _Panel:
    """One part of the picture: how high it is, in pixels, and what draws it."""

    height: int
    draw: Any


def drawn(figures: Figures, job: CountJob) -> bytes:
    """Draw a PNG; only for figures that are not empty."""
    words = Words.of(job)
    panels = [panel for panel in _panels(figures, words) if panel is not None]
    height = sum(panel.height for panel in panels)
    canvas = Canvas(figsize=(WIDTH / _DPI, height / _DPI), dpi=_DPI, facecolor="white")
    FigureCanvasAgg(canvas)
    top = height
    for panel in panels:
        top -= panel.height
        axes = canvas.add_axes((0, top / height, 1, panel.height / height))
        axes.set_axis_off()
        axes.set_xlim(0, WIDTH)
        axes.set_ylim(panel.height, 0)
        panel.draw(axes)
    file = BytesIO()
    canvas.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()


def _panels(figures: Figures, words: Words) -> list[_Panel | None]:
    say = words.say
    return [
        _head(figures.total, words),
        _days(figures, words),
        _first_answers(figures, words),
        _routing(figures.total, words),
        _transfers(figures.answers, words, say("figures.drawn_transferred")),
    ]


def _head(total: Group, words: Words) -> _Panel:
    """The title, and the four figures that are asked for first."""
    say = words.say
    cells = [
        (f"{total.conversations}", say("figures.drawn_new"), _BLUE),
        (
            duration(total.first.median) if total.first.count else NOTHING,
            say("figures.drawn_median"),
            _INK,
        ),
        (f"{total.waiting}", say("figures.drawn_waiting"), _RED if total.waiting else _INK),
        (words.decimal(total.rating) if total.ratings else NOTHING, say("figures.drawn_rating"), _INK),
    ]

    def draw(axes: Axes) -> None:
        axes.text(50, 62, _shown(_cut(words.title, 34)), size=30, weight="bold", color=_INK, va="center")
        axes.text(50, 118, words.period, size=_BODY, color=_GREY, va="center")
        for place, (value, name, colour) in enumerate(cells):
            x = 50 + place * 252
            size = _LARGE if len(value) < 6 else _LARGE * 5 / len(value)
            axes.text(x, 220, value, size=size, weight="bold", color=colour, va="center")
            axes.text(x, 280, name, size=_SMALL, color=_GREY, va="center")
        axes.plot((50, WIDTH - 50), (322, 322), color=_RULE, linewidth=2)

    return _Panel(340, draw)


def _days(figures: Figures, words: Words) -> _Panel | None:
    """New conversations by day, or by week."""
    title, bars = _by_time(figures, words)
    if len(bars) < 2:
        return None
    most = max(count for _, count in bars) or 1
    width = (WIDTH - 100) / len(bars)
    every = -(-len(bars) * 96 // (WIDTH - 100))

    def draw(axes: Axes) -> None:
        heading = f"{title} · {words.say('figures.drawn_new')}"
        axes.text(50, 40, heading, size=_HEADING, weight="bold", color=_INK, va="center")
        for place, (name, count) in enumerate(bars):
            x, height = 50 + (place + 0.5) * width, 190 * count / most
            axes.bar(x, -height, width=width * 0.72, bottom=310, color=_BLUE)
            if every == 1:
                axes.text(x, 310 - height - 22, f"{count}", size=_SMALL, color=_INK, ha="center", va="center")
            if place % every == 0:
                for line, part in enumerate(name.split()):
                    y = 334 + line * 28
                    axes.text(x, y, part, size=_SMALL - 2, color=_GREY, ha="center", va="center")
        if every > 1:
            axes.text(WIDTH - 50, 40, f"≤ {most}", size=_BODY, color=_GREY, ha="right", va="center")

    return _Panel(400, draw)


def _by_time(figures: Figures, words: Words) -> tuple[str, list[tuple[str, int]]]:
    """What the bars are of; what each is called, and how many began then, days when nothing did included."""
    if not figures.days:
        return "", []
    first, last = (date.fromisoformat(day) for day in (min(figures.days), max(figures.days)))
    zone_first = figures.since.astimezone(words.zone).date()
    zone_last = last_moment(words.job).astimezone(words.zone).date()
    first, last = min(first, zone_first), max(last, zone_last)
    if (last - first).days >= MOST_DAYS and len(figures.days) < MOST_DAYS:
        first = date.fromisoformat(min(figures.days))
    counts = {date.fromisoformat(day): group.conversations for day, group in figures.days.items()}
    days = [first + timedelta(days=each) for each in range((last - first).days + 1)]
    if len(days) <= MOST_DAYS:
        return words.say("figures.by_day"), [(words.day(day), counts.get(day, 0)) for day in days]
    weeks: dict[date, int] = {}
    for day in days:
        monday = day - timedelta(days=day.weekday())
        weeks[monday] = weeks.get(monday, 0) + counts.get(day, 0)
    return words.say("figures.by_week"), [(f"{monday:%d/%m}", count) for monday, count in weeks.items()]


def _first_answers(figures: Figures, words: Words) -> _Panel | None:
    """How long the first answer took, by team; of one team, by channel."""
    groups = figures.channels if words.job.team else figures.teams
    names = {} if words.job.team else words.names(figures.teams)
    rows = [
        (names.get(key, key), group.first.median, both(group.first))
        for key, group in groups.items()
        if group.first.count
    ]
    return _bars(words.say("figures.drawn_first"), rows, _BLUE, words)


def _routing(total: Group, words: Words) -> _Panel | None:
    """What became of what contacts wrote."""
    if not total.conversations:
        return None
    say = words.say
    rows = [
        (say("figures.drawn_recognised"), total.recognised, _GREEN),
        (say("figures.drawn_faq"), total.faqs, _BLUE),
        (say("figures.drawn_failed"), total.failed, _AMBER),
        (say("figures.drawn_fell_back"), total.fell_back, _RED),
    ]
    shares = [
        (name, total.share(count), f"{words.percent(total.share(count))} · {count}")
        for name, count, _ in rows
    ]
    return _bars(
        say("figures.drawn_routing"), shares, _GREEN, words, colours=[each[2] for each in rows], most=1.0
    )


def _transfers(answers: Mapping[str, Group], words: Words, title: str) -> _Panel | None:
    """Which answers led to the wrong team: those that were passed on, the quick ones darker."""
    passed = sorted(
        ((key, group) for key, group in answers.items() if group.transferred),
        key=lambda pair: (-pair[1].misrouted, -pair[1].transferred, pair[0]),
    )
    if not passed:
        return None
    rows = [
        # Of one team, those it has and those it passed on are not the same ones.
        (
            key,
            float(group.transferred),
            f"{group.transferred}" if words.job.team else f"{group.transferred} / {group.conversations}",
        )
        for key, group in passed
    ]
    darker = [float(group.misrouted) for _, group in passed]
    note = words.say("figures.drawn_soon")
    return _bars(title, rows, _PALE, words, darker=darker, note=note)


def _bars(
    title: str,
    rows: Sequence[tuple[str, float, str]],
    colour: str,
    words: Words,
    *,
    colours: Sequence[str] = (),
    darker: Sequence[float] = (),
    note: str = "",
    most: float = 0.0,
) -> _Panel | None:
    """Bars to the right, each with its name above it and its value behind it.

    Args:
        title: stands above them.
        rows: name, length, and the value as it is written.
        colour: of the bars.
        words: the language.
        colours: of each bar, where they differ.
        darker: how much of each bar is darker.
        note: what the darker part means.
        most: the length that fills the width; 0: the longest one's.
    """
    if not rows:
        return None
    listed = list(islice(rows, MOST_BARS))
    longest = most or max(length for _, length, _ in listed) or 1.0
    room = WIDTH - 100 - 270

    def draw(axes: Axes) -> None:
        axes.text(50, 40, _cut(title, 52), size=_HEADING, weight="bold", color=_INK, va="center")
        if note:
            axes.bar(62, -24, width=24, bottom=100, color=_BLUE)
            axes.text(88, 88, note, size=_SMALL, color=_GREY, va="center")
        for place, (name, length, value) in enumerate(listed):
            y = offset + place * (_BAR + 14)
            tone = colours[place] if colours else colour
            axes.text(50, y, _shown(_cut(name, 48)), size=_BODY, color=_INK, va="center")
            axes.barh(y + 36, max(room * length / longest, 4), height=28, left=50, color=tone)
            if darker:
                axes.barh(y + 36, room * darker[place] / longest, height=28, left=50, color=_BLUE)
            end = 50 + max(room * length / longest, 4) + 16
            axes.text(end, y + 36, value, size=_BODY, color=_INK, va="center")
        if len(rows) > MOST_BARS:
            rest = words.say("figures.more", count=len(rows) - MOST_BARS)
            y = offset + len(listed) * (_BAR + 14)
            axes.text(50, y, rest, size=_SMALL, color=_GREY, va="center")

    offset = 140 if note else 96
    return _Panel(offset + len(listed) * (_BAR + 14) + (46 if len(rows) > MOST_BARS else 6), draw)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _shown(text: str) -> str:
    """A name without the characters that the font has not, such as emoji; and without formulas."""
    font = get_font(findfont(FontProperties()))
    known = "".join(each for each in text if font.get_char_index(ord(each)))
    return " ".join(known.split()).replace("$", r"\$") or NOTHING
