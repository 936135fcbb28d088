"""The figures that something is wanted of, as an SVG that is read on a phone, by day and by night."""

from collections.abc import Iterable
from html import escape
from itertools import groupby

from tests.bench import Figure, number

_WIDTH = 480
_MARGIN = 20
_BAR = _WIDTH - 2 * _MARGIN
_WANTED_AT = 0.6
"""Where on a bar's line the wanted value lies; the longest bar is as long as the line."""
_ROW = 62
_HEADING = 44
_TOP = 84
_FOOT = 44

_TITLES = {
    "endtoend": "From webhook to team chat",
    "figures": "The figures of a month",
    "matching": "Recognising an answer",
    "meta": "Messenger",
    "start": "Starting",
    "store": "Writing beside many contacts",
    "telegram": "Telegram",
    "turns": "Deciding and writing",
    "whatsapp": "WhatsApp",
}

_STYLE = """\
text { font: 15px system-ui, sans-serif; fill: var(--ink) }
.title { font-size: 22px; font-weight: 600 }
.heading { font-size: 16px; font-weight: 600 }
.faint { fill: var(--faint); font-size: 13px }
.value { font-weight: 600; text-anchor: end }
.paper { fill: var(--paper) }
.line { fill: var(--line) }
.met { fill: var(--met) }
.missed { fill: var(--missed) }
.wanted { stroke: var(--ink); stroke-width: 2 }
:root {
  --paper: #ffffff; --ink: #1c2024; --faint: #5b636b; --line: #e9ecef;
  --met: #0b7a75; --missed: #c2410c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15181b; --ink: #eceff1; --faint: #a3abb3; --line: #2a3036;
    --met: #3cbfb4; --missed: #f08a4b;
  }
}
"""


def picture(rows: Iterable[tuple[str, Figure]], *, subtitle: str) -> str:
    """Draw figures: each as a bar beside the mark of what is wanted.

    Args:
        rows: the section of each, and the figure; those that nothing is wanted of are left out.
        subtitle: where they were taken.
    """
    drawn: list[str] = []
    y = _TOP
    wanted = [(section, figure) for section, figure in rows if figure.wanted]
    for section, group in groupby(wanted, key=lambda row: row[0]):
        drawn.append(_text(_MARGIN, y + 16, _TITLES.get(section, section), "heading"))
        y += _HEADING
        for _, figure in group:
            drawn += _row(figure, y)
            y += _ROW
    height = y + _FOOT
    size = f'viewBox="0 0 {_WIDTH} {height}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="What a message costs">',
            f"<style>\n{_STYLE}</style>",
            f'<rect class="paper" width="{_WIDTH}" height="{height}"/>',
            _text(_MARGIN, 38, "What a message costs", "title"),
            _text(_MARGIN, 60, subtitle, "faint"),
            *drawn,
            _text(_MARGIN, height - 20, "The upright line is what is wanted.", "faint"),
            "</svg>\n",
        ]
    )


def _row(figure: Figure, y: int) -> list[str]:
    assert figure.wanted is not None
    length = min(figure.value / figure.wanted * _WANTED_AT, 1.0) * _BAR
    mark = _MARGIN + _WANTED_AT * _BAR
    sign = "at most" if figure.at_least is None else "at least"
    verdict = f"{sign} {number(figure.wanted)}{'' if figure.is_met else ' is missed'}"
    kind = "met" if figure.is_met else "missed"
    place = f'x="{_MARGIN}" y="{y + 8}" height="12" rx="3"'
    return [
        _text(_MARGIN, y, figure.name, ""),
        _text(_WIDTH - _MARGIN, y, f"{number(figure.value)} {figure.unit}".strip(), "value"),
        f'<rect class="line" {place} width="{_BAR}"/>',
        f'<rect class="{kind}" {place} width="{length:.1f}"/>',
        f'<line class="wanted" x1="{mark:.1f}" x2="{mark:.1f}" y1="{y + 4}" y2="{y + 24}"/>',
        f'<text class="faint" x="{mark:.1f}" y="{y + 36}" text-anchor="middle">{escape(verdict)}</text>',
    ]


def _text(x: int, y: int, text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x}" y="{y}">{escape(text)}</text>'
