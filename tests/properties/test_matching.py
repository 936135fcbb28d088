"""What holds for every text and every configuration, against references that compare with each entry."""

import itertools
import unicodedata
from collections.abc import Sequence

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.matching import Matcher, Option, Stage, Verdict, normalise

# A busy machine is no failure.
_unhurried = settings(deadline=None)

_SHORT_WORDS = st.text(alphabet="abcdé", min_size=1, max_size=4)
_LONG_WORDS = st.text(alphabet="abcdé", min_size=5, max_size=12)
_WORDS = st.one_of(_SHORT_WORDS, _LONG_WORDS, _LONG_WORDS)
_ENTRIES = st.lists(_WORDS, min_size=1, max_size=3).map(" ".join)
_PUNCTUATION = st.text(alphabet=" .,;:!?-'’«»()/", min_size=1, max_size=3)


@st.composite
def _options(draw: st.DrawFn, entries: st.SearchStrategy[str] = _ENTRIES) -> tuple[Option, ...]:
    """Some options, of which several may lead to the same target."""
    lists = draw(st.lists(st.lists(entries, min_size=1, max_size=4), min_size=1, max_size=5))
    return tuple(
        Option(
            index=index,
            label="",
            number=None,
            entries=tuple(written),
            target=draw(st.sampled_from("xyz")),
            line=index,
        )
        for index, written in enumerate(lists)
    )


@st.composite
def _cases(draw: st.DrawFn) -> tuple[tuple[Option, ...], str]:
    """Options, and a text of their words, of mistyped ones and of others."""
    options = draw(_options())
    known = [entry for option in options for entry in option.entries]
    words = draw(st.lists(st.one_of(st.sampled_from(known).flatmap(_mistyped), _SHORT_WORDS), max_size=4))
    return options, draw(st.sampled_from([" ", "-"])).join(words)


def _mistyped(entry: str) -> st.SearchStrategy[str]:
    """An entry with up to two letters changed, lost, added or swapped, or spaces added."""

    @st.composite
    def edited(draw: st.DrawFn) -> str:
        letters = list(entry)
        for _ in range(draw(st.integers(0, 2))):
            place = draw(st.integers(0, len(letters)))
            match draw(st.sampled_from(["lose", "add", "change", "swap", "space"])):
                case "lose":
                    del letters[place : place + 1]
                case "add":
                    letters.insert(place, draw(st.sampled_from("abcd")))
                case "change":
                    letters[place : place + 1] = draw(st.sampled_from("abcd"))
                case "swap":
                    letters[place : place + 2] = reversed(letters[place : place + 2])
                case _:
                    letters.insert(place, " ")
        return "".join(letters)

    return edited()


def _distance(one: str, other: str) -> int:
    """The number of edits between two words: the textbook's table of optimal string alignment."""
    table = [[row + column for column in range(len(other) + 1)] for row in range(len(one) + 1)]
    for row, column in itertools.product(range(1, len(one) + 1), range(1, len(other) + 1)):
        same = one[row - 1] == other[column - 1]
        table[row][column] = min(
            table[row - 1][column] + 1,
            table[row][column - 1] + 1,
            table[row - 1][column - 1] + (not same),
        )
        if row > 1 and column > 1 and one[row - 1] == other[column - 2] and one[row - 2] == other[column - 1]:
            table[row][column] = min(table[row][column], table[row - 2][column - 2] + 1)
    return table[-1][-1]


def _edits(entry: list[str], window: list[str]) -> int | None:
    """How many edits turn a window of the text into an entry; None: more than are tolerated."""
    letters = len("".join(entry))
    tolerated = 0 if letters < 5 else 1 if letters < 9 else 2
    possible = []
    if len(entry) == len(window):
        distances = [_distance(typed, word) for typed, word in zip(window, entry, strict=True)]
        limits = [0 if len(word) < 3 else 1 if len(word) < 9 else 2 for word in entry]
        if all(distance <= limit for distance, limit in zip(distances, limits, strict=True)):
            possible.append(sum(distances))
    if entry != window and len(window) <= 3 and "".join(entry) == "".join(window):
        possible.append(1)
    fewest = min(possible, default=tolerated + 1)
    return fewest if fewest <= tolerated else None


def _reference(options: Sequence[Option], text: str) -> tuple[Stage, set[str]] | None:
    """The stage and the targets of the best entries, by comparing every entry with every window."""
    words = normalise(text).split()
    windows = [(start, end) for start in range(len(words)) for end in range(start + 1, len(words) + 1)]
    entries = [
        (normalise(written).split(), option.target) for option in options for written in option.entries
    ]
    by_stage: dict[Stage, list[tuple[int, str]]] = {Stage.WHOLE: [], Stage.WORDS: [], Stage.FUZZY: []}
    for start, end in windows:
        edits = [(_edits(entry, words[start:end]), entry, target) for entry, target in entries]
        fewest = min((count for count, _, _ in edits if count is not None), default=None)
        for count, entry, target in edits:
            found = (len(" ".join(entry)), target)
            if entry == words:
                by_stage[Stage.WHOLE].append(found)
            if entry == words[start:end]:
                by_stage[Stage.WORDS].append(found)
            if count is not None and count == fewest:
                by_stage[Stage.FUZZY].append(found)
    for stage, found_there in by_stage.items():
        if found_there:
            longest = max(length for length, _ in found_there)
            return stage, {target for length, target in found_there if length == longest}
    return None


def _summary(verdict: Verdict) -> tuple[Stage, set[str]] | None:
    if verdict.match is None:
        return None
    return verdict.match.stage, {match.option.target for match in (verdict.match, *verdict.tied)}


@_unhurried
@given(st.text())
def test_normalising_is_idempotent(text: str) -> None:
    """Normalising what is normal changes nothing."""
    assert normalise(normalise(text)) == normalise(text)


@_unhurried
@given(st.text())
def test_equivalent_texts_are_the_same(text: str) -> None:
    """How Unicode composes a text makes no difference."""
    assert normalise(unicodedata.normalize("NFD", text)) == normalise(unicodedata.normalize("NFC", text))


@_unhurried
@given(_options(st.text(max_size=20)), st.text(), st.booleans(), st.sampled_from(["en", "fr", "de", "xx"]))
def test_any_text_gives_a_verdict(
    options: tuple[Option, ...], text: str, words_only: bool, language: str
) -> None:
    """No text and no entry raises, and the same text always gives the same verdict."""
    verdict = Matcher(options, fuzzy=True, language=language).match(text, words_only=words_only)
    assert Matcher(options, fuzzy=True, language=language).match(text, words_only=words_only) == verdict
    if verdict.tied:
        targets = [match.option.target for match in verdict.tied]
        assert verdict.match == verdict.tied[0]
        assert len(targets) == len(set(targets)) >= 2
        assert len({match.stage for match in verdict.tied}) == 1
    if verdict.runner_up is not None:
        assert verdict.match is not None
        assert verdict.runner_up.stage >= verdict.match.stage
        assert verdict.runner_up.option.target != verdict.match.option.target


@_unhurried
@given(_options(st.text(max_size=20)), st.data())
def test_entries_match_themselves(options: tuple[Option, ...], data: st.DataObject) -> None:
    """A text that is exactly an entry is recognised as a number or as a whole."""
    entry = data.draw(st.sampled_from([entry for option in options for entry in option.entries]))
    assume(normalise(entry))
    match = Matcher(options, fuzzy=True, language="fr").match(entry).match
    assert match is not None
    assert match.stage <= Stage.WHOLE


@_unhurried
@given(_cases())
def test_whole_words_equal_the_reference(case: tuple[tuple[Option, ...], str]) -> None:
    """Without mistakes, an entry is found if and only if its words stand in the text, side by side."""
    options, text = case
    expected = _reference(options, text)
    if expected is not None and expected[0] is Stage.FUZZY:
        expected = None
    assert _summary(Matcher(options, fuzzy=False, language="xx").match(text)) == expected


@_unhurried
@given(_cases())
def test_mistakes_equal_the_reference(case: tuple[tuple[Option, ...], str]) -> None:
    """With mistakes, the index finds exactly what comparing with every entry finds."""
    options, text = case
    assert _summary(Matcher(options, fuzzy=True, language="xx").match(text)) == _reference(options, text)


@_unhurried
@given(_cases(), st.data())
def test_writing_makes_no_difference(case: tuple[tuple[Option, ...], str], data: st.DataObject) -> None:
    """Case, accents and punctuation between words never change the verdict."""
    options, text = case
    rewritten = data.draw(_PUNCTUATION).join(["", *normalise(text).split(), ""])
    accents = data.draw(st.lists(st.sampled_from(["", "", "\u0301", "\u0308", "\u0327"]), min_size=1))
    letters = zip(rewritten, itertools.cycle(accents), strict=False)
    rewritten = "".join(letter + accent if letter.isalpha() else letter for letter, accent in letters)
    rewritten = data.draw(st.sampled_from([str.upper, str.title, str.lower]))(rewritten)
    subject = Matcher(options, fuzzy=True, language="fr")
    assert subject.match(rewritten) == subject.match(text)


@_unhurried
@given(_cases(), st.lists(st.text(alphabet="uvwxyz", min_size=4, max_size=9), min_size=1))
def test_irrelevant_options_make_no_difference(
    case: tuple[tuple[Option, ...], str], others: list[str]
) -> None:
    """An option that has nothing in common with the text never changes what it means."""
    options, text = case
    irrelevant = Option(index=99, label="", number=None, entries=tuple(others), target="other", line=99)
    verdict = Matcher(options, fuzzy=True, language="xx").match(text)
    assert Matcher((irrelevant, *options), fuzzy=True, language="xx").match(text) == verdict
    assert Matcher((*options, irrelevant), fuzzy=True, language="xx").match(text) == verdict


@_unhurried
@given(st.integers(0, 10_000), st.lists(st.one_of(_WORDS, st.integers(0, 10_000).map(str)), min_size=1))
def test_numbers_match_alone_or_not_at_all(number: int, others: list[str]) -> None:
    """A bare number is recognised as the whole text and never within one."""
    option = Option(index=0, label="", number=None, entries=(str(number),), target="x", line=1)
    subject = Matcher([option], fuzzy=True, language="fr")
    match = subject.match(str(number)).match
    assert match is not None
    assert match.stage is Stage.NUMBER
    assert subject.match(f"zz {' '.join(others)} {number}").match is None
    assert subject.match(f"{number} zz {' '.join(others)}").match is None
