"""Why a text was recognised as it was, for `try` and `/why`."""

from dataclasses import dataclass

from bot.matching.values import Match, Option, Stage, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why one option came into question.

    Attributes:
        answer: the option's label, or its target when it has none.
        target: where it leads.
        stage: how it was recognised.
        entry: what recognised it, as written in config.toml.
        line: where the answer stands in config.toml.
    """

    answer: str
    target: str
    stage: Stage
    entry: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a text was recognised as it was; `bot.why` puts it into words.

    Attributes:
        text: what was compared, normalised.
        chosen: the best match, the first in file order when ambiguous; None: not recognised.
        tied: when ambiguous, all that are equally good, `chosen` among them; else empty.
        runner_up: what would have come next, leading elsewhere.
    """

    text: str
    chosen: Reason | None
    tied: tuple[Reason, ...]
    runner_up: Reason | None


def explain(verdict: Verdict) -> Explanation:
    """Give the reasons of a verdict."""
    return Explanation(
        text=verdict.text,
        chosen=_reason(verdict.match) if verdict.match else None,
        tied=tuple(map(_reason, verdict.tied)),
        runner_up=_reason(verdict.runner_up) if verdict.runner_up else None,
    )


def _reason(match: Match) -> Reason:
    option: Option = match.option
    return Reason(
        answer=option.label or option.target,
        target=option.target,
        stage=match.stage,
        entry=match.entry,
        line=option.line,
    )
