"""Lines for config.toml: valid, and taken by it as they are."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from bot.matching import normalise
from bot.model import one_line
from bot.reports.figures import Unrecognised
from bot.reports.suggestions import MOST_ENTRIES, suggestions
from bot.wording import Wording
from tests.bot.building import ANSWERS, book

SAY = Wording("en")


def written(*texts: Unrecognised, known: str = "") -> str:
    """What is suggested for these, where the teams are support and sales."""
    return suggestions(texts, say=SAY, teams=("support", "sales"), is_known=lambda text: text == known)


def text(words: str, team: str = "support", count: int = 1) -> Unrecognised:
    """A text that was not recognised."""
    return Unrecognised(text=words, team=team, count=count)


def test_by_team() -> None:
    """Texts stand below their team in the order they come in, each with how often it was written."""
    lines = written(text("my boiler leaks", count=9), text("a quote", "sales", 3), text("leaks", count=2))
    assert lines == (
        '[[routing.answers]]\nteam = "support"\nwhen = [\n'
        '    "my boiler leaks",  # 9\n    "leaks",  # 2\n]\n\n'
        '[[routing.answers]]\nteam = "sales"\nwhen = [\n    "a quote",  # 3\n]'
    )


def test_pasted() -> None:
    """What is pasted at the end of config.toml makes the texts known."""
    lines = written(text('say "hello"\\', count=9), text("where is my parcel", "sales"))
    pasted = book(answers=f"{ANSWERS}\n{lines}\n")
    for words, team in (('say "hello"\\', "support"), ("Where is my parcel?", "sales")):
        match = pasted.matcher.match(words).match
        assert match is not None
        assert pasted.answer_of(match.option).team == team


def test_without_a_team() -> None:
    """What no team had, or one that is gone, is a remark, and changes nothing when it is pasted."""
    lines = written(text("hm", ""), text("gone", "closed-team"))
    assert '# "hm"  # 1' in lines
    assert tomllib.loads(lines) == {}


def test_what_is_no_entry() -> None:
    """Numbers, signs, and what config.toml knows by now are not suggested."""
    assert written(text("7"), text("?!"), text("known"), text("06 12 34"), known="known") == ""


def test_many() -> None:
    """Of very many texts the most frequent are listed, and the rest is counted."""
    lines = written(*(text(f"word {number}") for number in range(MOST_ENTRIES + 4)))
    (answer,) = tomllib.loads(lines)["routing"]["answers"]
    assert len(answer["when"]) == MOST_ENTRIES
    assert "and 4 more" in lines


@given(st.lists(st.text(min_size=1, max_size=30), max_size=8))
def test_whatever_was_written(texts: list[str]) -> None:
    """Whatever contacts write, the lines are valid, and hold exactly what was written."""
    plain = [one_line(each) for each in texts]
    expected = [each for each in plain if any(map(str.isalpha, normalise(each)))]
    answers = tomllib.loads(written(*(text(each) for each in plain))).get("routing", {}).get("answers", [])
    assert [each for answer in answers for each in answer["when"]] == expected
