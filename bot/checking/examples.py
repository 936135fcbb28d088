"""Running the routing examples: what a contact might write, and where it must lead."""

from bot.config import Report, Routing, Settings
from bot.config.models import Example
from bot.config.problems import KeyPath, listed, named, suggestion
from bot.matching import Match, Matcher, Verdict

NOT_RECOGNISED = "error"


def run_examples(settings: Settings, matcher: Matcher, report: Report) -> None:
    """Report each example that leads elsewhere than it says.

    Args:
        settings: with the examples, the answers and the teams.
        matcher: recognises the same answers.
        report: takes the problems.
    """
    # Where an answer could not be read, every example may fail for that alone.
    if report.is_broken(("routing", "answers")):
        return
    routing = settings.routing
    labels = [label for answer in routing.answers for label in answer.label.all()]
    known = (*settings.teams, *labels, NOT_RECOGNISED)
    for index, example in enumerate(routing.examples):
        path: KeyPath = ("routing", "examples", index)
        if not (example.text.strip() and example.expect) or report.is_broken(("teams", example.expect)):
            continue
        if example.expect not in known:
            what = f'{named(example.expect)} is no team, no label, and not "{NOT_RECOGNISED}"'
            report.lint((*path, "expect"), what, suggestion(example.expect, known) or "write one of them")
            continue
        verdict = matcher.match(example.text)
        if not _is_expected(verdict, example, routing):
            what = (
                f"{named(example.text)}: expected {named(example.expect)}, got {_outcome(verdict, routing)}"
            )
            report.lint(path, what, "change `when` of the answer, or what the example expects")


def _is_expected(verdict: Verdict, example: Example, routing: Routing) -> bool:
    if verdict.match is None:
        return example.expect == NOT_RECOGNISED
    if _is_asked(verdict, routing):
        return False
    answer = routing.answers[verdict.match.option.index]
    return example.expect == answer.team or example.expect in answer.label.all()


def _outcome(verdict: Verdict, routing: Routing) -> str:
    if verdict.match is None:
        return f"{named(NOT_RECOGNISED)}, since no entry matches"
    if _is_asked(verdict, routing):
        return f"a question between {listed((_target(match, routing) for match in verdict.tied), last='and')}"
    option = verdict.match.option
    target = named(_target(verdict.match, routing))
    return f"{target} through the entry {named(verdict.match.entry)} (line {option.line})"


def _target(match: Match, routing: Routing) -> str:
    return routing.answers[match.option.index].team or match.option.label or match.entry


def _is_asked(verdict: Verdict, routing: Routing) -> bool:
    return bool(verdict.tied) and routing.on_ambiguous == "ask"
