"""Menus: the generated one that stays empty, and numbers in a hand-written one that lead nowhere."""

import re
from collections.abc import Iterator

from bot.config import Report, Routing, Severity
from bot.config.problems import KeyPath, named
from bot.config.text_lints import line_of
from bot.matching import Matcher, normalise

_MENU = "{menu}"
_ITEM = re.compile(
    r"[\s*_•>-]*(?:([0-9]{1,2})(?:\s*[.):=–—-]+(?:[\s*_]|$)|[.)](?=[^\W\d]))|([①-⑳🔟]|[0-9]\ufe0f?\u20e3))"
)
_CALL = re.compile(
    r"\b(?:tapez|répondez|envoyez|type|press|reply|send|escriba|pulse|envíe|digiti|prema|invii"
    r"|digite|envie|prima|drücken|schreiben|tippen|senden)(?: sie| with| par| le| con| com)? ([0-9]{1,2})\b",
    re.IGNORECASE,
)


def lint_menus(routing: Routing, matcher: Matcher, report: Report) -> None:
    """Report what is wrong with the menus of the texts that open a conversation.

    Args:
        routing: with the welcome and the answers.
        matcher: recognises the same answers.
        report: takes the problems.
    """
    path: KeyPath = ("routing", "welcome")
    answers: KeyPath = ("routing", "answers")
    # Where an answer could not be read, its number is not known; and a default is nobody's mistake.
    if report.is_broken(answers) or path not in report.positions.lines:
        return
    has_menu = any(not answer.label.is_empty for answer in routing.answers)
    for text in routing.welcome.all():
        if _MENU in text:
            if not has_menu:
                what, advice = (
                    "{menu} is empty, since no answer has a label",
                    'write label = "…" in the answers',
                )
                line = line_of(report.positions, path, text, _MENU)
                report.lint(path, what, advice, severity=Severity.WARNING, line=line)
            continue
        for number, row in _numbers(text):
            if matcher.match(number).match is None:
                what = f"the welcome offers {named(number)}, and no answer has this number"
                advice = f'write when = ["{number}", …] in an answer, or {_MENU} for the list'
                line = line_of(report.positions, path, text, row)
                report.lint(path, what, advice, severity=Severity.WARNING, line=line)


def _numbers(text: str) -> Iterator[tuple[str, str]]:
    """The numbers that a text seems to offer, each with its row."""
    for row in text.splitlines():
        offered = [found[1] for found in _CALL.finditer(row)]
        if found := _ITEM.match(row):
            offered.insert(0, normalise(found[1] or found[2]))
        yield from ((number, row) for number in offered)
