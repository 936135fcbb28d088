"""Says why a text was recognised as it was, for `try` and `/why`."""

from dataclasses import dataclass
from typing import Final

from bot.matching.values import Match, Option, Stage, Verdict

_HOW: Final = {
    Stage.BUTTON: "its button was pressed",
    Stage.NUMBER: "the whole text is its number",
    Stage.WHOLE: "the whole text is this entry",
    Stage.WORDS: "the entry stands in the text as whole words",
    Stage.FUZZY: "the entry stands in the text with typing mistakes",
}


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

    def __str__(self) -> str:
        where = f"config.toml:{self.line}"
        return f"{self.answer} ({where}) by {self.entry!r}, stage {self.stage.value}: {_HOW[self.stage]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a text was recognised as it was; its text is one English paragraph.

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

    @property
    def is_ambiguous(self) -> bool:
        """Whether several targets are equally good."""
        return bool(self.tied)

    def __str__(self) -> str:
        if self.chosen is None:
            return f"No entry matches {self.text!r}." if self.text else "There are no words to match."
        best = f"Ambiguous: {'; '.join(map(str, self.tied))}." if self.tied else f"{self.chosen}."
        return best if self.runner_up is None else f"{best} Next would be {self.runner_up}."


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
