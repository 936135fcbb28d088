"""Answers that do nothing, that nothing chooses, or that get into each other's way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.config import Report, Routing, Severity
from bot.config.models import Answer
from bot.config.problems import KeyPath, named
from bot.matching import Option, normalise


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """A text that an answer is recognised by; `words` is the same, normalised."""

    path: KeyPath
    text: str
    words: str
    option: Option
    is_label: bool

    @property
    def is_number(self) -> bool:
        return self.words.isdecimal()


def lint_answers(routing: Routing, options: Sequence[Option], report: Report) -> None:
    """Report what is wrong with the answers, each for itself and beside the others.

    Args:
        routing: with the answers.
        options: made of the same answers, in the same order.
        report: takes the problems.
    """
    first: dict[str, _Claim] = {}
    for option, answer in zip(options, routing.answers, strict=True):
        path: KeyPath = ("routing", "answers", option.index)
        _lint_alone(path, answer, report)
        claims = list(_claims(path, answer, option))
        for claim in claims:
            earlier = first.setdefault(claim.words, claim)
            if not claim.words:
                what = f"{named(claim.text)} has no letter and no digit, so nobody can write it"
                report.lint(claim.path, what, "write a word, or delete it", severity=Severity.WARNING)
            elif earlier.option.index != option.index:
                _lint_pair(earlier, claim, routing, report)
        if (
            claims
            and not option.label
            and all(_loses(claim, first[claim.words], routing) for claim in claims)
        ):
            what = "nothing leads to this answer: earlier ones have all its entries"
            report.lint(path, what, "give it an entry of its own, or delete it", severity=Severity.WARNING)


def _lint_alone(path: KeyPath, answer: Answer, report: Report) -> None:
    if answer.team is None and answer.reply.is_empty:
        report.lint(path, "the answer does nothing", "write team = a team, or reply = a text, or both")
    if not answer.when and answer.label.is_empty:
        report.lint(path, "nothing can lead to this answer", 'write when = ["…"], or label = "…"')


def _lint_pair(earlier: _Claim, claim: _Claim, routing: Routing, report: Report) -> None:
    where = f"the answer on line {earlier.option.line}"
    if claim.is_label and earlier.is_label:
        report.lint(claim.path, f"{where} has the label {named(claim.text)} too", "give each its own label")
    elif claim.is_number:
        report.lint(claim.path, f"{where} has the number {claim.words} too", "give each its own number")
    else:
        what = f"{where} has {named(earlier.text)} too"
        if earlier.option.target == claim.option.target:
            instead = "delete it here, both lead to the same"
        elif routing.on_ambiguous == "ask":
            instead = "delete it in one of the two, or contacts are asked which they mean"
        else:
            instead = "delete it in one of the two, since the first is chosen"
        report.lint(claim.path, what, instead, severity=Severity.WARNING)


def _claims(path: KeyPath, answer: Answer, option: Option) -> Iterator[_Claim]:
    texts = [((*path, "when", index), entry, False) for index, entry in enumerate(answer.when)]
    texts += [((*path, "label"), label, True) for label in answer.label.all()]
    for where, text, is_label in texts:
        yield _Claim(path=where, text=text, words=normalise(text), option=option, is_label=is_label)


def _loses(claim: _Claim, earlier: _Claim, routing: Routing) -> bool:
    if earlier.option.index == claim.option.index:
        return not claim.words
    # Two targets that are equally good are both offered when contacts are asked.
    return routing.on_ambiguous == "first" or earlier.option.target == claim.option.target
