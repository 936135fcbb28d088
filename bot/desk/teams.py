"""Which team a member means: by key, by name, by its beginning, or with a typing mistake."""

from collections.abc import Mapping

from rapidfuzz.distance import OSA

from bot.matching import normalise
from bot.model import INBOX
from bot.rulebook import Rulebook

_LONGEST = 12
"""The most words that the name of a team is looked for in; what stands behind is a note."""
_SHORTEST_BEGINNING = 3
"""How much of a name must be written at least."""


def find_team(rules: Rulebook, arguments: str) -> tuple[str, str]:
    """The team that the arguments begin with, and the rest of them.

    A guess must leave no doubt: what could be two teams is none.

    Returns:
        The team's key, or "" for none; and what stands behind it, as it was written.
    """
    beginnings, names = _beginnings(arguments), _names(rules)
    first = next(iter(arguments.split(maxsplit=1)), "")
    for written, note in reversed(beginnings):
        if written in names:
            is_key = first in rules.settings.teams and normalise(first) == written
            return first if is_key else names[written], note
    for written, note in beginnings:
        found = _guess(written, names)
        if found:
            return found, note
    return "", ""


def _names(rules: Rulebook) -> Mapping[str, str]:
    """The key of each team by what it may be called, normalised."""
    names = {normalise(INBOX): INBOX, normalise(rules.wording("room.inbox")): INBOX}
    for key, team in rules.settings.teams.items():
        for name in team.name.all():
            names[normalise(name)] = key
    names.update({normalise(key): key for key in rules.settings.teams})
    return {name: key for name, key in names.items() if name}


def _beginnings(arguments: str) -> list[tuple[str, str]]:
    """The first words, normalised, each time one more; with what stands behind."""
    found: list[tuple[str, str]] = []
    words, rest = "", arguments.strip()
    while rest and len(found) < _LONGEST:
        first, *behind = rest.split(maxsplit=1)
        words, rest = f"{words} {first[:100]}", "".join(behind)
        found.append((normalise(words), rest.strip()))
    return found


def _guess(written: str, names: Mapping[str, str]) -> str:
    """The one team whose name begins with what was written, or is written nearly like it."""
    if len(written) < _SHORTEST_BEGINNING:
        return ""
    begun = {key for name, key in names.items() if name.startswith(written)}
    if begun:
        return begun.pop() if len(begun) == 1 else ""
    mistakes = 0 if len(written) < 5 else 1 if len(written) < 9 else 2
    close = {key for name, key in names.items() if OSA.distance(name, written) <= mistakes}
    return close.pop() if len(close) == 1 else ""
