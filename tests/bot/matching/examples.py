"""Small builders for options."""

from bot.matching import Matcher, Option


def option(
    target: str, *entries: str, index: int = 0, label: str = "", number: int | None = None, line: int = 0
) -> Option:
    """An option; its line is made up from its index when none is given."""
    return Option(
        index=index,
        label=label,
        number=number,
        entries=entries,
        target=target,
        line=line or 10 + 10 * index,
    )


def matcher(answers: dict[str, list[str]], *, fuzzy: bool = True, language: str = "fr") -> Matcher:
    """A matcher of one option a target, in the order given."""
    options = [
        option(target, *entries, index=index) for index, (target, entries) in enumerate(answers.items())
    ]
    return Matcher(options, fuzzy=fuzzy, language=language)


def target_of(subject: Matcher, text: str) -> str | None:
    """Where a text leads."""
    match = subject.match(text).match
    return match.option.target if match else None
