"""What was not understood, as lines for config.toml: each text below the team that it ended with."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence

from bot.matching import normalise
from bot.reports.figures import Unrecognised
from bot.wording import Wording

MOST_ENTRIES = 15
"""How many texts are listed for each team."""


def suggestions(
    texts: Sequence[Unrecognised],
    *,
    say: Wording,
    teams: Collection[str],
    is_known: Callable[[str], bool],
) -> str:
    """Answers to paste at the end of config.toml, the most frequent texts first; empty for none.

    Args:
        texts: what was not recognised.
        say: the words of remarks.
        teams: the teams that config.toml has; what ended elsewhere is a remark.
        is_known: whether an answer of today's config.toml recognises a text, so that it need not be pasted.
    """
    by_team: dict[str, list[Unrecognised]] = defaultdict(list)
    for each in texts:
        if _is_entry(each.text) and not is_known(each.text):
            by_team[each.team if each.team in teams else ""].append(each)
    nobody = by_team.pop("", [])
    blocks = [_answer(team, found, say) for team, found in by_team.items()]
    if nobody:
        rows = [f"# {_string(each.text)}  # {each.count}" for each in nobody[:MOST_ENTRIES]]
        blocks.append("\n".join((f"# {say('figures.nobody')}:", *rows, *_more(nobody, say))))
    return "\n\n".join(blocks)


def _is_entry(text: str) -> bool:
    """Whether a text may be an entry of `when`; a number would become an option of the menu."""
    return any(character.isalpha() for character in normalise(text))


def _answer(team: str, texts: Sequence[Unrecognised], say: Wording) -> str:
    rows = [f"    {_string(each.text)},  # {each.count}" for each in texts[:MOST_ENTRIES]]
    more = [f"    {line}" for line in _more(texts, say)]
    return "\n".join(("[[routing.answers]]", f"team = {_string(team)}", "when = [", *rows, *more, "]"))


def _more(texts: Sequence[Unrecognised], say: Wording) -> list[str]:
    rest = len(texts) - MOST_ENTRIES
    return [f"# {say('figures.entries_more', count=rest)}"] if rest > 0 else []


def _string(text: str) -> str:
    """A string as TOML writes it; of a text on one line, which has no control character, as JSON does."""
    return json.dumps(text, ensure_ascii=False)
